"""Calls to the sandbox as any program would make them: the standard library alone."""

import json
import smtplib
from email.message import EmailMessage
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from scripts.receivers.client import Sandbox
from scripts.receivers.places import Receiver


class Said(NamedTuple):
    """An answer."""

    status: int
    document: Any
    """The body, read as JSON; None without one."""
    retry_after: str | None


def ask(
    url: str,
    method: str = "POST",
    document: object = None,
    *,
    body: bytes = b"",
    seconds_max: float = 10.0,
    **headers: str,
) -> Said:
    """Make one call; `_` in a header's name stands for a dash."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=seconds_max)
    content = body if document is None else json.dumps(document).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, f"{parts.path}?{parts.query}", content, named)
        answer = connection.getresponse()
        read = answer.read()
        return Said(
            answer.status, json.loads(read) if read else None, answer.getheader("Retry-After")
        )
    finally:
        connection.close()


def deliver(sandbox: Sandbox, webhook_id: str, receiver: str = "books", **more: float) -> Said:
    """Post a webhook."""
    url = f"{sandbox.places.url(receiver)}/hooks/{receiver}/orders"
    return ask(url, webhook_id=webhook_id, **more)  # type: ignore[arg-type]  # seconds_max alone


def send_mail(sandbox: Sandbox, message_id: str, to: str = "aino@example.com") -> None:
    """Send a message; raise what smtplib raises."""
    message = EmailMessage()
    message["From"], message["To"] = "shop@example.com", to
    message["Subject"], message["Message-ID"] = "Kiitos!", message_id
    message.set_content("Thank you")
    port = sandbox.places.ports[Receiver.MAIL]
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as server:
        server.send_message(message)
