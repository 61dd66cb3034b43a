"""Messages that wait or can never succeed: `messages.held`, their bodies sealed.

The rule to know: a row leaves this table only once its message is known to the journal.
"""

import os
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.master_key import MasterKey
from adapters.messaging.contracts import BODY_BYTES_MAX
from adapters.messaging.held_statements import (
    BODY,
    BY_ID,
    HOLD,
    JUDGE_AGAIN,
    OF_STREAMS,
    PARKED_AFTER,
    RELEASE,
)
from adapters.messaging.refusals import storable
from adapters.messaging.verdicts import Arrival, Outcome, Verdict
from adapters.postgres.database import Pool
from domain.identifiers import StreamName

SEALING_PURPOSE = "held-messages"
NONCE_BYTES = 12
EXCERPT_BYTES = 65_536
"""What is kept of a body over the limit: enough to see what it was, too little to apply."""


class HeldNoLonger(Exception):
    """Meanwhile the message was applied."""


class OfStreams(NamedTuple):
    """What is held for some streams: what waits, and which content was quarantined."""

    parked: list[Arrival]
    held_id_by_content: dict[tuple[str, str, bytes], int]


class Held:
    """The messages that are not applied (yet)."""

    def __init__(self, pool: Pool, master_key: MasterKey) -> None:
        self._pool = pool
        self._cipher = AESGCM(master_key.derive(SEALING_PURPOSE))

    async def hold(self, verdicts: Sequence[Verdict], now: datetime) -> None:
        """Keep messages from the bus; each (shop, id, content) may stand only once."""
        if not verdicts:
            return
        columns = [
            [verdict.shop for verdict in verdicts],
            [verdict.message_id for verdict in verdicts],
            [verdict.digest for verdict in verdicts],
            [verdict.outcome.value for verdict in verdicts],
            [verdict.code for verdict in verdicts],
            [verdict.reason for verdict in verdicts],
            [verdict.type for verdict in verdicts],
            [storable(verdict.arrival.subject) for verdict in verdicts],
            [verdict.stream for verdict in verdicts],
            [self._seal(verdict) for verdict in verdicts],
            [len(verdict.arrival.body) for verdict in verdicts],
        ]
        async with self._pool.connection() as connection:
            await connection.execute(HOLD, (now, now, *columns))

    async def judge_again(self, verdicts: Sequence[Verdict]) -> None:
        """Note what became of messages that were held already and still are."""
        if not verdicts:
            return
        columns = (
            [verdict.arrival.held_id for verdict in verdicts],
            [verdict.outcome.value for verdict in verdicts],
            [verdict.code for verdict in verdicts],
            [verdict.reason for verdict in verdicts],
        )
        async with self._pool.connection() as connection:
            await connection.execute(JUDGE_AGAIN, columns)

    async def release(self, held_ids: Sequence[int]) -> None:
        """Forget messages that the journal knows now."""
        if not held_ids:
            return
        async with self._pool.connection() as connection:
            await connection.execute(RELEASE, (list(held_ids),))

    async def of_streams(self, streams: Sequence[StreamName], limit: int) -> OfStreams:
        """Give what is held for these streams, the oldest first, of each kind at most `limit`."""
        async with self._pool.connection() as connection:
            values = (list(streams), limit) * 2
            rows = await (await connection.execute(OF_STREAMS, values, binary=True)).fetchall()
        parked = [
            self._arrival((held_id, shop, message_id, subject, body))
            for held_id, shop, message_id, _, subject, body, outcome in rows
            if outcome == Outcome.PARKED
        ]
        quarantined = {
            (shop, message_id, digest): held_id
            for held_id, shop, message_id, digest, _, _, outcome in rows
            if outcome == Outcome.QUARANTINED
        }
        return OfStreams(parked, quarantined)

    async def parked_after(self, held_id: int, limit: int) -> list[Arrival]:
        """Give what waits, for walking through all of it."""
        return await self._arrivals(PARKED_AFTER, (held_id, limit))

    async def by_id(self, held_ids: Sequence[int]) -> list[Arrival]:
        """Give these rows, as far as they are there and were kept whole."""
        return await self._arrivals(BY_ID, (list(held_ids), BODY_BYTES_MAX))

    async def body_of(self, held_id: int) -> bytes:
        """Open one body. Raises HeldNoLonger."""
        async with self._pool.connection() as connection:
            row = await (await connection.execute(BODY, (held_id,), binary=True)).fetchone()
        if row is None:
            raise HeldNoLonger(held_id)
        return self._open(*row)

    async def _arrivals(self, query: str, values: tuple[object, ...]) -> list[Arrival]:
        async with self._pool.connection() as connection:
            rows = await (await connection.execute(query, values, binary=True)).fetchall()
        return [self._arrival(row) for row in rows]

    def _arrival(self, row: tuple[int, str, str, str, bytes]) -> Arrival:
        held_id, shop, message_id, subject, sealed = row
        body = self._open(shop, message_id, sealed)
        return Arrival(subject, body, message_id, held_id)

    def _open(self, shop: str, message_id: str, sealed: bytes) -> bytes:
        """Unseal a body. InvalidTag: the row was changed, or the master key is another one."""
        nonce, ciphertext = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
        return self._cipher.decrypt(nonce, ciphertext, _context(shop, message_id))

    def _seal(self, verdict: Verdict) -> bytes:
        body = verdict.arrival.body
        kept = body if len(body) <= BODY_BYTES_MAX else body[:EXCERPT_BYTES]
        nonce = os.urandom(NONCE_BYTES)
        context = _context(verdict.shop, verdict.message_id)
        return nonce + self._cipher.encrypt(nonce, kept, context)


def _context(shop: str, message_id: str) -> bytes:
    return f"{shop}\n{message_id}".encode()
