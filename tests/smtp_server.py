"""A real mail server on loopback that takes messages or gets into trouble, as it is told.

The rule to know: trouble is set per command, `CONNECT` for the greeting and `.` for the answer to
the end of a message; what was accepted is in `delivered`, and nothing else is.
"""

import asyncio
import email
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import default
from enum import Enum, auto
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from msgspec import Struct

SLOW_SECONDS = 1.0
USER, PASSWORD = "ledger", "pass word/é"


class Trouble(Enum):
    """What goes wrong where a reply would come; for a refusal, give the reply's line instead."""

    CUT = auto()
    """The line is cut."""
    HANG = auto()
    GARBAGE = auto()
    """Words that are no SMTP."""
    SLOW = auto()
    """The right reply comes, after `SLOW_SECONDS`."""


class Delivered(Struct, frozen=True, kw_only=True):
    """A message that the server accepted."""

    sender: str
    recipients: list[str]
    raw: bytes
    user: str
    is_encrypted: bool

    @property
    def message(self) -> EmailMessage:
        """The message as a reader sees it."""
        return email.message_from_bytes(self.raw, policy=default)


class MailServer:
    """What `mail_server` yields: tell it what goes wrong, and see what came."""

    def __init__(self, scheme: str) -> None:
        self.scheme = scheme
        self.port = 0
        self.trouble: dict[str, str | Trouble] = {}
        self.delivered: list[Delivered] = []
        self.commands: list[str] = []
        self.passwords: list[bytes] = []
        """As they came, right or wrong."""
        self.sessions: list[_Session] = []
        """One per connection, closed ones too."""

    def url(self, host: str = "localhost", user: str = "") -> str:
        """Name the server's address."""
        return f"{self.scheme}://{user}{host}:{self.port}"

    def cut_lines(self) -> None:
        """Drop every connection."""
        for session in self.sessions:
            session.cut()

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a message in, unless something goes wrong at its end."""
        if await server.is_in_trouble("."):
            return ""
        assert isinstance(envelope.content, bytes)
        assert envelope.mail_from is not None
        self.delivered.append(
            Delivered(
                sender=envelope.mail_from,
                recipients=envelope.rcpt_tos,
                raw=envelope.content,
                user=session.login_data.decode() if session.login_data else "",
                is_encrypted=server.transport.get_extra_info("sslcontext") is not None,
            )
        )
        return f"250 2.0.0 Ok: queued as {len(self.delivered)}"


class _Session(SMTP):
    def __init__(self, mail_server: MailServer, tls: ssl.SSLContext | None) -> None:
        super().__init__(
            mail_server,
            hostname="mail.example.com",
            enable_SMTPUTF8=True,
            tls_context=tls,
            auth_require_tls=False,
            authenticator=self._judge,
            loop=asyncio.get_running_loop(),
        )
        self._mail_server = mail_server
        self.trouble: dict[str, str | Trouble] = {}
        """Of this connection alone."""
        self.is_closed = asyncio.Event()
        mail_server.sessions.append(self)
        for command, method in self._smtp_methods.items():
            self._smtp_methods[command] = partial(self._unless_in_trouble, command, method)

    async def is_in_trouble(self, command: str) -> bool:
        self._mail_server.commands.append(command)
        match (self._mail_server.trouble | self.trouble).get(command):
            case None:
                return False
            case Trouble.CUT:
                self.cut()
            case Trouble.HANG:
                await asyncio.Event().wait()
            case Trouble.SLOW:
                await asyncio.sleep(SLOW_SECONDS)
                return False
            case Trouble.GARBAGE:
                await super().push("what?")
            case reply:
                await super().push(reply)
        return True

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self.is_closed.set()

    def cut(self) -> None:
        if self.transport is not None:
            assert isinstance(self.transport, asyncio.WriteTransport)
            self.transport.abort()

    async def push(self, status: Any) -> None:
        if status and self.transport is not None:
            await super().push(status)

    async def _unless_in_trouble(self, command: str, method: Any, argument: str | None) -> None:
        if not await self.is_in_trouble(command):
            await method(argument)

    async def _handle_client(self) -> None:
        if not await self.is_in_trouble("CONNECT"):
            await super()._handle_client()

    def _judge(
        self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, auth: LoginPassword
    ) -> AuthResult:
        self._mail_server.passwords.append(auth.password)
        is_right = auth == LoginPassword(USER.encode(), PASSWORD.encode())
        return AuthResult(success=is_right, handled=False, auth_data=auth)


@asynccontextmanager
async def mail_server(
    tls: ssl.SSLContext | None = None, *, is_tls_from_start: bool = False
) -> AsyncIterator[MailServer]:
    """Run a mail server on a free port; with a server's TLS context it offers STARTTLS."""
    server = MailServer("smtps" if is_tls_from_start else "smtp")
    listener = await asyncio.get_running_loop().create_server(
        lambda: _Session(server, None if is_tls_from_start else tls),
        "127.0.0.1",
        0,
        ssl=tls if is_tls_from_start else None,
    )
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        server.cut_lines()
        await listener.wait_closed()
