"""Take a batch of messages in: each ends as applied, duplicate, parked or quarantined.

The rule to know: when `take` returns, every message of the batch stands in a table with its
outcome, so it may be acknowledged; when it raises, any part of the batch may stand, and the whole
may be taken again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from psycopg import DataError, IntegrityError
from psycopg.errors import ProgramLimitExceeded

from adapters.clock import Clock, utc_now
from adapters.master_key import MasterKey
from adapters.messaging.door import Door, Examined, verdict_of
from adapters.messaging.held import Held, OfStreams
from adapters.messaging.recorder import Recorder
from adapters.messaging.refusals import NotStorableMessage
from adapters.messaging.served_shops import ServedShops
from adapters.messaging.states import OrderStates, SettingStates
from adapters.messaging.verdicts import Arrival, Outcome, Verdict
from adapters.postgres.database import Pool
from adapters.postgres.errors import NotStorable
from adapters.postgres.inbox import Inbox, MessageKey
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from adapters.postgres.order_store import OrderStore
from domain.identifiers import SETTING_CATEGORY

DIGEST_PURPOSE = "message digest"
HELD_MAX = 1_000
"""Held messages that a batch takes along; others wait for the next look at all of them."""

REFUSED = (
    DataError,
    IntegrityError,
    ProgramLimitExceeded,
    NotStorable,
    UnicodeEncodeError,
)
"""What the database answers to the same message each time: trying again would never end."""
NOT_STORABLE = "the database refuses to hold this message; the checkout must send it otherwise"


class Intake:
    """Puts messages through, one batch at a time, whoever brings it.

    Partitions share an intake, and one of them walks through what waits for any stream: side by
    side they would decide the same messages twice and conflict over the same streams.
    """

    def __init__(
        self,
        *,
        pool: Pool,
        journal: Journal,
        orders: OrderStore,
        key_ring: KeyRing,
        master_key: MasterKey,
        clock: Clock = utc_now,
    ) -> None:
        self._inbox = Inbox(pool)
        self._held = Held(pool, master_key)
        self._door = Door(ServedShops(pool), master_key.derive(DIGEST_PURPOSE))
        self._orders = Recorder(journal, self._inbox, key_ring, OrderStates(orders))
        self._settings = Recorder(journal, self._inbox, key_ring, SettingStates(journal))
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()

    async def take(self, arrivals: Sequence[Arrival]) -> list[Verdict]:
        """Put messages through, and with them what waits for facts of the same streams.

        Repeats of one id go through one after the other, each on what the one before it left.
        """
        async with self._one_at_a_time:
            return await self._take_storable(arrivals)

    async def take_parked(self, after_held_id: int) -> int:
        """Try the next parked messages again; returns the last one's id, 0 after the last."""
        async with self._one_at_a_time:
            parked = await self._held.parked_after(after_held_id, HELD_MAX)
            if not parked:
                return 0
            await self._take_storable(parked)
            return parked[-1].held_id

    async def take_again(self, held_ids: Sequence[int]) -> list[Verdict]:
        """Try these held messages again, after somebody fixed what stood in their way."""
        wanted = set(held_ids)
        async with self._one_at_a_time:
            verdicts = await self._take_storable(await self._held.by_id(held_ids))
        return [verdict for verdict in verdicts if verdict.arrival.held_id in wanted]

    async def _take_storable(self, arrivals: Sequence[Arrival]) -> list[Verdict]:
        """Take a batch; what the database refuses whenever it is sent is sought out, and ends alone."""
        try:
            return await self._take(arrivals)
        except REFUSED:
            if len(arrivals) > 1:
                half = len(arrivals) // 2
                first = await self._take_storable(arrivals[:half])
                return first + await self._take_storable(arrivals[half:])
            verdicts = [
                self._door.turn_away(one, NotStorableMessage(NOT_STORABLE)) for one in arrivals
            ]
            return await self._end(verdicts, self._clock())

    async def _take(self, arrivals: Sequence[Arrival]) -> list[Verdict]:
        now = self._clock()
        examined = await self._door.examine(arrivals, now)
        held = await self._held_for(examined)
        todo = await self._door.examine(held.parked, now) + examined
        verdicts: list[Verdict] = []
        while todo:
            distinct, todo = _first_of_each_id(todo)
            verdicts += await self._end(distinct, now)
        await self._held.release(_released(verdicts, held.held_id_by_content))
        return verdicts

    async def _held_for(self, examined: Sequence[Examined]) -> OfStreams:
        streams = {one.message.stream for one in examined if one.message}
        if not streams:
            return OfStreams([], {})
        held = await self._held.of_streams(list(streams), HELD_MAX)
        present = {one.arrival.held_id for one in examined}
        parked = [arrival for arrival in held.parked if arrival.held_id not in present]
        return held._replace(parked=parked)

    async def _end(self, distinct: Sequence[Examined], now: datetime) -> list[Verdict]:
        messages = [one.message for one in distinct if one.message]
        settings = [m for m in messages if m.stream.startswith(SETTING_CATEGORY)]
        orders = [m for m in messages if not m.stream.startswith(SETTING_CATEGORY)]
        endings = await self._orders.record(orders, now)
        endings |= await self._settings.record(settings, now)
        verdicts = [one.verdict for one in distinct if one.verdict]
        verdicts += [
            verdict_of(one.arrival, one.message, *endings[one.key])
            for one in distinct
            if one.message
        ]
        await self._write_down(verdicts, now)
        return verdicts

    async def _write_down(self, verdicts: Sequence[Verdict], now: datetime) -> None:
        """Write what the append itself did not."""
        held = [verdict for verdict in verdicts if not verdict.outcome.has_ended_well]
        await self._held.hold([v for v in held if not v.arrival.held_id], now)
        await self._held.judge_again([v for v in held if v.arrival.held_id])
        again = [v for v in verdicts if v.outcome is Outcome.DUPLICATE and not v.arrival.held_id]
        await self._inbox.count_again([(v.shop, v.message_id) for v in again], now)


def _released(
    verdicts: Sequence[Verdict], held_id_by_content: Mapping[tuple[str, str, bytes], int]
) -> list[int]:
    """Name the rows whose message the journal knows now, by themselves or by the same content."""
    well = [verdict for verdict in verdicts if verdict.outcome.has_ended_well]
    contents = ((verdict.shop, verdict.message_id, verdict.digest) for verdict in well)
    same = (held_id_by_content.get(content, 0) for content in contents)
    own = (verdict.arrival.held_id for verdict in well)
    return [held_id for held_id in {*same, *own} if held_id]


def _first_of_each_id(todo: Sequence[Examined]) -> tuple[list[Examined], list[Examined]]:
    first_by_key: dict[MessageKey, Examined] = {}
    repeats = [one for one in todo if first_by_key.setdefault(one.key, one) is not one]
    return list(first_by_key.values()), repeats
