"""A message of the checkout, ready to publish, and its form as a line of JSON.

A line is the CloudEvent itself and nothing else; its subject is derived from `source`, `type` and
`subject`, so that anybody can feed lines of their own. What a line says is judged by the ledger,
never here.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from msgspec import DecodeError, Raw, Struct, ValidationError
from msgspec.json import Decoder, Encoder

from adapters.messaging.contracts import (
    CONFIGURATION_DATA_BY_TYPE,
    ORDER_DATA_BY_TYPE,
    CloudEvent,
    Inbound,
    configuration_subject,
    order_subject,
)

SOURCE_PREFIX = "/checkout/"
DEMO_SHOP = "demo"
"""The shop that a fresh ledger serves from the start."""

_TYPE_BY_DATA = {
    data: name for name, data in (ORDER_DATA_BY_TYPE | CONFIGURATION_DATA_BY_TYPE).items()
}


class Message(Struct, frozen=True, kw_only=True):
    """What is published, when it is due, and the lines of a file that it says something about."""

    subject: str
    id: str
    time: datetime
    body: bytes
    lines: tuple[int, ...] = ()
    """Numbers of the lines it was made of; none where it comes from no file."""

    @property
    def is_about_order(self) -> bool:
        """Whether it is about an order, not about a setting."""
        return self.subject.split(".", 3)[2] == "order"


class Address(Struct, frozen=True):
    """As much of a CloudEvent as its subject needs; the ledger checks the rest."""

    id: str
    source: str
    type: str
    subject: str
    time: datetime


class UnusableLine(Exception):
    """A line is no CloudEvent from which a subject could be derived."""


_ENCODER = Encoder()
_ADDRESSES = Decoder(Address)


def order_message(
    shop: str,
    order_id: UUID,
    data: Inbound,
    *,
    message_id: str,
    time: datetime,
    lines: tuple[int, ...] = (),
) -> Message:
    """Say something about an order."""
    subject = order_subject(shop, order_id, type_of(data))
    body = _ENCODER.encode(_event(shop, str(order_id), data, message_id, time))
    return Message(subject=subject, id=message_id, time=time, body=body, lines=lines)


def setting_message(
    shop: str, setting_id: str, data: Inbound, *, message_id: str, time: datetime
) -> Message:
    """Say something about the setting of an action."""
    subject = configuration_subject(shop, setting_id, type_of(data))
    body = _ENCODER.encode(_event(shop, setting_id, data, message_id, time))
    return Message(subject=subject, id=message_id, time=time, body=body)


def type_of(data: Inbound) -> str:
    """Name the type of a message by its data."""
    return _TYPE_BY_DATA[type(data)]


def write_lines(messages: Iterable[Message], target: BinaryIO) -> int:
    """Write one CloudEvent a line, in the order given; return how many."""
    count = 0
    for message in messages:
        target.write(message.body + b"\n")
        count += 1
    return count


def read_line(line: bytes, number: int) -> Message:
    """Take one line as the message that it is; raise UnusableLine where it has no address."""
    try:
        address = _ADDRESSES.decode(line)
    except (DecodeError, ValidationError, UnicodeDecodeError) as error:
        raise UnusableLine(str(error)) from error
    return Message(
        subject=_subject(address),
        id=address.id,
        time=address.time,
        body=line,
        lines=(number,),
    )


def _event(shop: str, subject: str, data: Inbound, message_id: str, time: datetime) -> CloudEvent:
    return CloudEvent(
        specversion="1.0",
        id=message_id,
        source=f"{SOURCE_PREFIX}{shop}",
        type=type_of(data),
        subject=subject,
        time=time,
        data=Raw(_ENCODER.encode(data)),
    )


def _subject(address: Address) -> str:
    shop = address.source.removeprefix(SOURCE_PREFIX)
    family = "config" if address.type in CONFIGURATION_DATA_BY_TYPE else "order"
    tokens = (shop, address.subject, address.type.replace(".", "-"))
    if shop == address.source or not all(map(_is_token, tokens)):
        raise UnusableLine("source, subject or type is no token of a NATS subject")
    return f"checkout.{shop}.{family}.{address.subject}.{tokens[-1]}"


def _is_token(text: str) -> bool:
    return text.isascii() and text.isprintable() and bool(text) and not set(text) & set(" .*>")
