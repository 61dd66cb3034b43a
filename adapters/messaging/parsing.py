"""From the bytes of one message to a validated value, or a named refusal.

The rule to know: nothing here looks at the ledger. Whether the message fits the facts is the
domain's to say; this is only whether it is one that the contract allows.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec

from adapters.messaging.contracts import (
    BODY_BYTES_MAX,
    CONFIGURATION_DATA_BY_TYPE,
    ORDER_DATA_BY_TYPE,
    CloudEvent,
    Inbound,
)
from adapters.messaging.refusals import (
    BodyTooLarge,
    ImplausibleTime,
    InvalidContent,
    InvalidEnvelope,
    NotJson,
    NulCharacter,
    UnknownType,
    UnknownVersion,
    WrongShop,
    WrongSubject,
    complaint_of,
    quoted,
)
from adapters.postgres.inbox import digest_of
from domain.identifiers import ORDER_CATEGORY, SETTING_CATEGORY, ShopId, StreamName

TIME_MIN = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD_MAX = timedelta(days=1)
"""How far a sender's clock may be ahead of the ledger's."""
SOURCE_PREFIX = "/checkout/"

_TOKEN = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VERSION = re.compile(r"\.v[0-9]+\Z")


class Message(NamedTuple):
    """A message that the contract allows."""

    shop: ShopId
    message_id: str
    digest: bytes
    """Keyed hash of its content, the same however the JSON was laid out."""
    stream: StreamName
    type: str
    topic: str
    """The order's or the setting's id."""
    at: datetime
    data: Inbound


class Kind(NamedTuple):
    """One type of message: what its subject and its data look like."""

    category: str
    token: str
    topic: re.Pattern[str]
    suffix: str
    decoder: msgspec.json.Decoder[Inbound]


def _kinds() -> dict[str, Kind]:
    families = (
        (ORDER_CATEGORY, "order", _UUID, ORDER_DATA_BY_TYPE),
        (SETTING_CATEGORY, "config", _TOKEN, CONFIGURATION_DATA_BY_TYPE),
    )
    return {
        name: Kind(category, token, topic, name.replace(".", "-"), msgspec.json.Decoder(data))
        for category, token, topic, data_by_type in families
        for name, data in data_by_type.items()
    }


_KIND_BY_TYPE = _kinds()
_TYPES_WITHOUT_VERSION = {_VERSION.sub("", name) for name in _KIND_BY_TYPE}
_envelopes = msgspec.json.Decoder(CloudEvent)
_encoder = msgspec.json.Encoder(order="deterministic")


def parse(subject: str, body: bytes, *, now: datetime, digest_key: bytes) -> Message:
    """Validate one message. Raises a `Refusal`.

    `subject` is the publisher's, of five tokens. `now` is the ledger's clock.
    """
    if len(body) > BODY_BYTES_MAX:
        raise BodyTooLarge(f"the body has {len(body)} bytes; {BODY_BYTES_MAX} are allowed")
    envelope = _decode_envelope(body)
    kind = _kind_of(envelope.type)
    shop = _shop_of(subject, envelope, kind)
    at = _time_of(envelope, now)
    data = _decode_data(envelope, kind)
    if b"\\u0000" in body and _has_nul(msgspec.json.decode(body)):
        raise NulCharacter("a string holds the character U+0000")
    content = _encoder.encode((envelope.type, shop, envelope.subject, at, data))
    return Message(
        shop=ShopId(shop),
        message_id=envelope.id,
        digest=digest_of(digest_key, content),
        stream=StreamName(f"{kind.category}/{shop}/{envelope.subject}"),
        type=envelope.type,
        topic=envelope.subject,
        at=at,
        data=data,
    )


def _decode_envelope(body: bytes) -> CloudEvent:
    try:
        return _envelopes.decode(body)
    except msgspec.ValidationError as error:
        raise InvalidEnvelope(
            f"the envelope is not as the contract says: {complaint_of(error)}"
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotJson("the body is no JSON document in UTF-8") from error


def _kind_of(name: str) -> Kind:
    kind = _KIND_BY_TYPE.get(name)
    if kind is not None:
        return kind
    if _VERSION.sub("", name) in _TYPES_WITHOUT_VERSION:
        raise UnknownVersion(f"{quoted(name)} is not a version that the ledger knows")
    raise UnknownType(f"{quoted(name)} is no type that the ledger knows")


def _shop_of(subject: str, envelope: CloudEvent, kind: Kind) -> str:
    shop = envelope.source.removeprefix(SOURCE_PREFIX)
    if not _TOKEN.fullmatch(shop) or len(shop) == len(envelope.source):
        raise InvalidEnvelope(f"the source is not {SOURCE_PREFIX}<shop>")
    if not kind.topic.fullmatch(envelope.subject):
        raise InvalidEnvelope("the envelope's subject is no id of its kind, in lower case")
    expected = f"checkout.{shop}.{kind.token}.{envelope.subject}.{kind.suffix}"
    if subject == expected:
        return shop
    if subject.split(".")[1] != shop:
        raise WrongShop(f"the body is from {shop!r}, the subject is {quoted(subject)}")
    raise WrongSubject(f"the subject is {quoted(subject)}; this message belongs under {expected!r}")


def _time_of(envelope: CloudEvent, now: datetime) -> datetime:
    """Compare before converting: the first and the last day of time have no UTC everywhere."""
    if TIME_MIN <= envelope.time <= now + AHEAD_MAX:
        return envelope.time.astimezone(UTC)
    raise ImplausibleTime(f"the time {envelope.time.isoformat()} is not between 1990 and tomorrow")


def _decode_data(envelope: CloudEvent, kind: Kind) -> Inbound:
    try:
        return kind.decoder.decode(envelope.data)
    except msgspec.ValidationError as error:
        complaint = complaint_of(error)
        raise InvalidContent(f"the data is not as {envelope.type} says: {complaint}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotJson("the data is no JSON document in UTF-8") from error


def _has_nul(value: object) -> bool:
    return any("\x00" in text for text in _texts_of(value))


def _texts_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts_of(item)
