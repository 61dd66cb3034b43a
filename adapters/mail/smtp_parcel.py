"""One message as it goes over a connection to the mail server, and how far it got.

The rule to know: the library's own way of sending does not tell whether a lost line had been
given the message already, so the last step is taken here.
"""

from email.message import EmailMessage
from email.policy import EmailPolicy

from aiosmtplib import SMTP, SMTPDataError, SMTPServerDisconnected
from msgspec import Struct

from adapters.mail.smtp_troubles import CannotSend

GO_AHEAD = 354
ACCEPTED = 250


class Parcel(Struct, frozen=True, kw_only=True):
    """A message as it goes over the line."""

    message_id: str
    sender: str
    recipient: str
    content: bytes
    encoding: str
    """Of its addresses: `utf-8` where one has signs of other languages before the @."""


class HandOver:
    """The way of one message to the server, over one connection or, after a stale one, another."""

    def __init__(self, parcel: Parcel) -> None:
        self.parcel = parcel
        self.is_done = False
        """The message is written; what became of it, only the server can tell."""

    async def give(self, smtp: SMTP) -> None:
        """Give the message to the server."""
        parcel, options = self.parcel, []
        if parcel.encoding != "ascii":
            _require_utf8(smtp)
            options = ["SMTPUTF8"]
        await smtp.mail(parcel.sender, options=options, encoding=parcel.encoding)
        await smtp.rcpt(parcel.recipient, encoding=parcel.encoding)
        begin = await smtp.execute_command(b"DATA")
        if begin.code != GO_AHEAD:
            raise SMTPDataError(begin.code, begin.message)
        if smtp.protocol is None:
            raise SMTPServerDisconnected("Connection lost")
        smtp.protocol.write(parcel.content)
        self.is_done = True

    async def answer(self, smtp: SMTP) -> str:
        """Wait for the server's words of acceptance."""
        if smtp.protocol is None:
            raise SMTPServerDisconnected("Connection lost")
        end = await smtp.protocol.read_response()
        if end.code != ACCEPTED:
            raise SMTPDataError(end.code, end.message)
        return f"{end.code} {end.message}"


def parcel_of(message: EmailMessage) -> Parcel:
    """Make ready a message that has one `From`, one `To` and a Message-ID."""
    (sender,), (recipient,) = message["From"].addresses, message["To"].addresses
    is_ascii = f"{sender.addr_spec}{recipient.addr_spec}".isascii()
    assert isinstance(message.policy, EmailPolicy)
    policy = message.policy.clone(linesep="\r\n", cte_type="7bit", utf8=not is_ascii)
    lines = message.as_bytes(policy=policy).split(b"\r\n")
    # RFC 5321, 4.5.2: a line that begins with a dot gets another, so that none ends the message.
    stuffed = [b"." + line if line.startswith(b".") else line for line in lines]
    return Parcel(
        message_id=str(message["Message-ID"]),
        sender=sender.addr_spec,
        recipient=recipient.addr_spec,
        content=b"\r\n".join(stuffed).removesuffix(b"\r\n") + b"\r\n.\r\n",
        encoding="ascii" if is_ascii else "utf-8",
    )


def _require_utf8(smtp: SMTP) -> None:
    if not smtp.supports_extension("smtputf8"):
        raise CannotSend(
            "address_not_supported",
            "The mail server takes no address with other than English letters before the @.",
        )
