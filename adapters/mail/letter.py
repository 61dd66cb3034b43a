"""A letter to the customer of an order, as a message that mail servers take.

The rule to know: every text of a header is one printable line, so nobody's name or subject can
begin a header of its own.
"""

import hashlib
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import idna
from msgspec import Struct

from adapters.display.lines import one_line
from adapters.mail.mail_policy import POLICY

NAME_LENGTH_MAX = 100
SUBJECT_LENGTH_MAX = 300
KEY_DIGITS = 32


class AddressWrong(ValueError):
    """No mail can go to or come from such an address."""


class Attachment(Struct, frozen=True, kw_only=True):
    """A file that goes with a letter."""

    name: str
    media_type: str
    """Such as `application/pdf`."""
    content: bytes


class Letter(Struct, frozen=True, kw_only=True):
    """What is written, without whom to."""

    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


class Parties(Struct, frozen=True, kw_only=True):
    """Whom a letter is from and to."""

    sender: Address
    reply_to: Address | None
    recipient: Address


def address_of(name: str, email: str) -> Address:
    """Make an address of a person's name and email; raise AddressWrong."""
    local, at, domain = email.rpartition("@")
    display_name = _header_text(name, NAME_LENGTH_MAX)
    try:
        host = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
        if local.isascii():
            return Address(display_name, addr_spec=f"{local}{at}{host}")
        return Address(display_name, username=local, domain=host)
    # What the library raises for odd addresses is not documented: `a@[1` is an AttributeError.
    except (ValueError, IndexError, AttributeError, TypeError, MessageError) as error:
        raise AddressWrong(f"{one_line(email)!r} is not an email address.") from error


def message_of(letter: Letter, parties: Parties, key: str, now: datetime) -> EmailMessage:
    """Write the message; the same key gives the same Message-ID."""
    message = EmailMessage(policy=POLICY)
    message["From"] = parties.sender
    message["To"] = parties.recipient
    if parties.reply_to:
        message["Reply-To"] = parties.reply_to
    message["Subject"] = _header_text(letter.subject, SUBJECT_LENGTH_MAX)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{_digest(key)}@{parties.sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for attachment in letter.attachments:
        kind, _, subtype = attachment.media_type.partition("/")
        message.add_attachment(
            attachment.content, maintype=kind, subtype=subtype, filename=attachment.name
        )
    return message


def _header_text(text: str, length_max: int) -> str:
    # What looks encoded would be decoded once more, and could hide the end of a line.
    return one_line(text.replace("=?", "= ?"), length_max)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:KEY_DIGITS]
