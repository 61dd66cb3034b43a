"""Events to stored bytes and back.

One JSON document per event: `event`, `metadata`, and where the event tells who a person is
`sealed` and `key`, while `event` then lacks its `personal` part. The bytes are stored as they are
made, and hashes cover exactly them.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar, get_args, get_type_hints

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct
from msgspec.json import Decoder, Encoder
from msgspec.structs import replace

from adapters.postgres.event_ids import new_event_id
from adapters.postgres.keyring import KeyRing
from adapters.postgres.rows import NewRow, Row
from domain.catalogue import EVENT_TYPES, name_of
from domain.identifiers import CustomerKeyId
from domain.message import Event, Metadata, Recorded

NONCE_BYTES = 12

EventT = TypeVar("EventT", bound=Event)
DocumentT = TypeVar("DocumentT")


class Document(Struct, Generic[EventT], kw_only=True, omit_defaults=True):
    """What is stored of an event, beside its row's own columns."""

    event: EventT
    metadata: Metadata
    sealed: bytes | None = None
    """Nonce and AES-256-GCM ciphertext of the personal part (base64 in the document)."""
    key: CustomerKeyId | None = None


class Told(Struct, Generic[EventT]):
    """As much of a document as a fold needs."""

    event: EventT


class Explained(Struct):
    """As much of a document as says why it was recorded."""

    metadata: Metadata


class UnknownEvent(Exception):
    """The journal holds an event of a name that this release does not know: it is too old."""


def _decoder(event_type: type[Event]) -> Decoder[Document[Event]]:
    return Decoder(Document[event_type])  # type: ignore[valid-type] # a type known at run time


def _event_decoder(event_type: type[Event]) -> Decoder[Told[Event]]:
    return Decoder(Told[event_type])  # type: ignore[valid-type] # a type known at run time


def _personal_decoder(event_type: type[Event]) -> Decoder[Struct] | None:
    hint = get_type_hints(event_type).get("personal")
    return None if hint is None else Decoder(get_args(hint)[0])


ENCODER = Encoder(order="deterministic")
DECODERS = {name: _decoder(event_type) for name, event_type in EVENT_TYPES.items()}
EVENT_DECODERS = {name: _event_decoder(event_type) for name, event_type in EVENT_TYPES.items()}
METADATA_DECODER = Decoder(Explained)
PERSONAL_DECODERS = {
    name: decoder
    for name, event_type in EVENT_TYPES.items()
    if (decoder := _personal_decoder(event_type)) is not None
}


def encode(
    event: Event, metadata: Metadata, key_ring: KeyRing, key_id: CustomerKeyId | None
) -> NewRow:
    """Make an event's row, its personal part sealed under the customer's key.

    Under a destroyed key nothing is sealed: the personal part is left out, as if erased.
    """
    event_id = new_event_id()
    name = name_of(event)
    document = Document(event=event, metadata=metadata)
    personal = getattr(event, "personal", None)
    if personal is not None:
        if key_id is None:
            raise ValueError(f"{name} has a personal part and no key to seal it under")
        document.event = replace(event, personal=None)
        document.key = key_id
        key = key_ring.get(key_id)
        if key is not None:
            document.sealed = _seal(key, ENCODER.encode(personal), event_id.bytes + name.encode())
    return NewRow(event_id, name, ENCODER.encode(document))


async def open_rows(rows: Sequence[Row], key_ring: KeyRing) -> list[Recorded[Event]]:
    """Read rows whole; the keys that are not at hand come by one query."""
    documents = [_document(row) for row in rows]
    await key_ring.load(document.key for document in documents if document.key is not None)
    return [
        _recorded(row, _with_personal(row, document, key_ring))
        for row, document in zip(rows, documents, strict=True)
    ]


def decode(row: Row, key_ring: KeyRing) -> Recorded[Event]:
    """Read a row whole; its key must be at hand. A destroyed key leaves `personal` None."""
    return _recorded(row, _with_personal(row, _document(row), key_ring))


def decode_event(row: Row) -> Event:
    """Read the event alone, without its personal part; no key is needed."""
    return _known(EVENT_DECODERS, row).decode(row.data).event


def decode_metadata(row: Row) -> Metadata:
    """Read why the event was recorded, alone."""
    return METADATA_DECODER.decode(row.data).metadata


def _document(row: Row) -> Document[Event]:
    return _known(DECODERS, row).decode(row.data)


def _known(decoders: Mapping[str, Decoder[DocumentT]], row: Row) -> Decoder[DocumentT]:
    decoder = decoders.get(row.name)
    if decoder is None:
        raise UnknownEvent(f"{row.name} at position {row.position}")
    return decoder


def _with_personal(row: Row, document: Document[Event], key_ring: KeyRing) -> Document[Event]:
    if document.sealed is None or document.key is None:
        return document
    key = key_ring.get(document.key)
    if key is not None:
        opened = _open(key, document.sealed, row.event_id.bytes + row.name.encode())
        personal = PERSONAL_DECODERS[row.name].decode(opened)
        document.event = replace(document.event, personal=personal)
    return document


def _recorded(row: Row, document: Document[Event]) -> Recorded[Event]:
    return Recorded(
        event_id=row.event_id,
        stream=row.stream,
        version=row.version,
        position=row.position,
        recorded_at=row.recorded_at,
        metadata=document.metadata,
        event=document.event,
    )


def _seal(key: AESGCM, plain: bytes, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + key.encrypt(nonce, plain, bound_to)


def _open(key: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    return key.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
