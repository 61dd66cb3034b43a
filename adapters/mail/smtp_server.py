"""The mail server's address, as `SMTP_URL` names it, and how a connection to it is opened.

The rule to know: a password is never sent over a line without TLS, unless the line does not
leave this machine.
"""

import ssl
from contextlib import ExitStack
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from aiosmtplib import SMTP
from msgspec import Struct

from adapters.mail.smtp_troubles import CannotSend
from adapters.settings import SettingsMissing

DEFAULT_PORTS = {"smtp": 587, "smtps": 465}


class MailServer(Struct, frozen=True, kw_only=True):
    """Where to send emails, and as whom."""

    host: str
    port: int
    is_tls_from_start: bool
    user: str
    password: str

    def __repr__(self) -> str:
        return f"MailServer({self.host}:{self.port})"

    @property
    def is_loopback(self) -> bool:
        """The line does not leave this machine."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def mail_server_of(smtp_url: str) -> MailServer:
    """Read `smtp://…` (STARTTLS where offered) or `smtps://…`; raise SettingsMissing."""
    parts = urlsplit(smtp_url)
    port = _port(parts)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or not port:
        raise SettingsMissing(
            "SMTP_URL must be smtp://user:password@host:587 or smtps://user:password@host:465, "
            "with reserved characters of the password percent-encoded"
        )
    return MailServer(
        host=parts.hostname,
        port=port,
        is_tls_from_start=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


async def open_connection(server: MailServer, tls: ssl.SSLContext) -> SMTP:
    """Connect, encrypt wherever the server can, and sign in if there is a user."""
    smtp = SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.is_tls_from_start,
        start_tls=None,
        tls_context=tls,
        timeout=None,
    )
    with ExitStack() as undo:
        undo.callback(smtp.close)
        await smtp.connect()
        if smtp.is_ehlo_or_helo_needed:
            await smtp.ehlo()
        if server.user:
            _require_secrecy(smtp, server)
            await smtp.login(server.user, server.password)
        undo.pop_all()
    return smtp


def _require_secrecy(smtp: SMTP, server: MailServer) -> None:
    if server.is_loopback or smtp.get_transport_info("sslcontext") is not None:
        return
    raise CannotSend(
        "tls_not_offered", "The mail server offers no TLS, so the password was not sent to it."
    )


def _port(parts: SplitResult) -> int:
    try:
        return parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
    except ValueError:
        return 0
