"""The mail sink: takes any message on the loopback address and keeps who, what and its id.

It recognises no repeats, as no mailbox does: the same Message-ID twice is counted as doubled.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from scripts.receivers.book import Book, Effect
from scripts.receivers.dropping import drop
from scripts.receivers.places import Receiver
from scripts.receivers.sources import ASSUMED, Behaviour
from scripts.receivers.trouble import Kind, Trouble, Troubles

RFC = "https://www.rfc-editor.org/rfc/rfc5321"
BEHAVIOURS = (
    Behaviour(Receiver.MAIL, "a message is accepted by the answer to its final dot", RFC),
    Behaviour(Receiver.MAIL, "4xx is for now, 5xx for good", RFC),
    Behaviour(Receiver.MAIL, "refuses only after the final dot", ASSUMED),
)
ACCEPTED = "250 2.0.0 Taken by the sandbox"
ANSWER_BY_KIND = {
    Kind.REFUSE: "550 5.1.1 No such mailbox (sandbox)",
    Kind.TEMPORARY: "451 4.3.0 Try again later (sandbox)",
}


class MailSink:
    """Takes messages, with whatever trouble is switched on; hooks are named by aiosmtpd."""

    def __init__(self, book: Book, troubles: Troubles) -> None:
        self._book = book
        self._troubles = troubles

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Take a message, or not."""
        message = _read(envelope)
        mailbox = envelope.rcpt_tos[0]
        trouble = self._troubles.befall(Receiver.MAIL, mailbox)
        if trouble is None:
            return self._take(message, mailbox)
        return await self._suffer(trouble, server, message, mailbox)

    async def _suffer(
        self, trouble: Trouble, server: SMTP, message: EmailMessage, mailbox: str
    ) -> str:
        if trouble.kind is Kind.SLOW:
            await asyncio.sleep(trouble.seconds)
            return self._take(message, mailbox)
        if trouble.kind is Kind.LOST:
            self._take(message, mailbox)
        else:
            self._note(message, mailbox, Effect.NONE, trouble.kind)
        if trouble.kind in ANSWER_BY_KIND:
            return ANSWER_BY_KIND[trouble.kind]
        if trouble.kind is not Kind.HANG:
            drop(server.transport)
        await asyncio.Event().wait()
        raise AssertionError

    def _take(self, message: EmailMessage, mailbox: str) -> str:
        self._note(message, mailbox, Effect.DONE, message["Subject"] or "")
        return ACCEPTED

    def _note(self, message: EmailMessage, mailbox: str, effect: Effect, words: str) -> None:
        key = str(message["Message-ID"] or "")
        self._book.keep(Receiver.MAIL, key, _text_of(message))
        self._book.note(Receiver.MAIL, mailbox, key, effect, str(words))


@asynccontextmanager
async def serving_mail(sink: MailSink, listening: socket.socket) -> AsyncIterator[None]:
    """Take mail on a listening socket while the block is open."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="sandbox", enable_SMTPUTF8=True, loop=loop), sock=listening
    )
    async with server:
        yield


def _read(envelope: Envelope) -> EmailMessage:
    content = envelope.original_content or b""
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    return str(body.get_content()) if body else ""
