"""From facts to rows: each fact is sealed under the key of the customer whom it is about.

The rule to know: a filled-in form brings its own key, and whatever follows it in the stream is
sealed under that one.
"""

from collections.abc import Iterable

from adapters.postgres.codec import encode
from adapters.postgres.keyring import KeyRing
from adapters.postgres.rows import NewRow
from domain.identifiers import CustomerKeyId
from domain.message import Event, Metadata
from domain.order.events import Placed


async def sealed(
    facts: Iterable[tuple[Event, Metadata]], key: CustomerKeyId | None, key_ring: KeyRing
) -> tuple[NewRow, ...]:
    """Make the rows of a stream's next facts; `key` is the one that the stream is under so far."""
    keyed: list[tuple[Event, Metadata, CustomerKeyId | None]] = []
    for fact, metadata in facts:
        key = fact.customer_key if isinstance(fact, Placed) else key
        keyed.append((fact, metadata, key))
    await key_ring.load(key for fact, _, key in keyed if key and _is_personal(fact))
    return tuple(encode(fact, metadata, key_ring, key) for fact, metadata, key in keyed)


def _is_personal(fact: Event) -> bool:
    return getattr(fact, "personal", None) is not None
