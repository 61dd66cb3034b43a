"""The ingress role's own tables in memory: known messages, held ones, shops; and its intake.

The rule to know: the intake, its recorder and every rule behind them are the real ones.
"""

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace
from psycopg import OperationalError

from adapters.clock import Clock
from adapters.master_key import KEY_BYTES
from adapters.messaging.door import Door
from adapters.messaging.held import Held, OfStreams
from adapters.messaging.intake import Intake
from adapters.messaging.recorder import Recorder
from adapters.messaging.served_shops import ServedShops
from adapters.messaging.states import OrderStates, SettingStates
from adapters.messaging.verdicts import Arrival, Outcome, Verdict
from adapters.postgres.errors import JournalError
from adapters.postgres.inbox import Inbox, MessageKey
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from adapters.postgres.order_store import OrderStore
from domain.identifiers import StreamName
from scripts.simulation.bus import Bus
from scripts.simulation.journal import JournalTables, NotSent, ServerAway
from scripts.simulation.scheduler import Place, Scheduler

DIGEST_KEY = bytes(KEY_BYTES)
RETRY = timedelta(seconds=1)
PARKED_LOOK = timedelta(seconds=30)


class HeldRow(Struct, frozen=True, kw_only=True):
    """One row of `messages.held`."""

    key: tuple[str, str, bytes]
    stream: StreamName
    outcome: Outcome
    code: str
    arrival: Arrival


class HeldTable:
    """What is stored. It outlives every process."""

    def __init__(self) -> None:
        self.rows: dict[int, HeldRow] = {}
        self._last_id = 0

    def hold(self, verdict: Verdict) -> None:
        """Keep a message once by its shop, id and content."""
        key = (verdict.shop, verdict.message_id, verdict.digest)
        known = (held_id for held_id, row in self.rows.items() if row.key == key)
        held_id = next(known, self._last_id + 1)
        self._last_id = max(self._last_id, held_id)
        self.rows[held_id] = HeldRow(
            key=key,
            stream=verdict.stream,
            outcome=verdict.outcome,
            code=verdict.code,
            arrival=verdict.arrival._replace(held_id=held_id),
        )

    def parked(self) -> list[Arrival]:
        """List what waits, the oldest first."""
        return [row.arrival for row in self.rows.values() if row.outcome is Outcome.PARKED]


class SimulatedHeld(Held):
    """One process's way to the held messages."""

    def __init__(self, table: HeldTable) -> None:
        self._table = table

    async def hold(self, verdicts: Sequence[Verdict], now: datetime) -> None:  # noqa: ARG002
        """Keep messages."""
        if not verdicts:
            return
        await Place("hold", NotSent)
        for verdict in verdicts:
            self._table.hold(verdict)
        await Place("held", ServerAway)

    async def judge_again(self, verdicts: Sequence[Verdict]) -> None:
        """Note what became of them."""
        for verdict in verdicts:
            row = self._table.rows.get(verdict.arrival.held_id)
            if row is not None:
                judged = replace(row, outcome=verdict.outcome, code=verdict.code)
                self._table.rows[verdict.arrival.held_id] = judged

    async def release(self, held_ids: Sequence[int]) -> None:
        """Forget messages."""
        if not held_ids:
            return
        await Place("release", NotSent)
        for held_id in held_ids:
            self._table.rows.pop(held_id, None)

    async def of_streams(self, streams: Sequence[StreamName], limit: int) -> OfStreams:
        """Give what is held for these streams."""
        await Place("held of streams", NotSent)
        rows = [(i, row) for i, row in sorted(self._table.rows.items()) if row.stream in streams]
        parked = [row.arrival for _, row in rows if row.outcome is Outcome.PARKED]
        quarantined = {row.key: i for i, row in rows if row.outcome is Outcome.QUARANTINED}
        return OfStreams(parked[:limit], quarantined)

    async def parked_after(self, held_id: int, limit: int) -> list[Arrival]:
        """Give what waits."""
        await Place("parked", NotSent)
        return [one for one in self._table.parked() if one.held_id > held_id][:limit]


class SimulatedInbox(Inbox):
    """The known messages."""

    def __init__(self, tables: JournalTables) -> None:
        self._tables = tables

    async def digests_of(self, keys: Collection[MessageKey]) -> dict[MessageKey, bytes]:
        """Give the content hash of each that is known."""
        await Place("inbox", NotSent)
        known = self._tables.inbox
        return {key: known[key].digest for key in keys if key in known}

    async def count_again(self, keys: Sequence[MessageKey], now: datetime) -> None:
        """Count nothing."""


class SimulatedShops(ServedShops):
    """Every shop is served."""

    def __init__(self) -> None:
        pass

    async def among(self, shops: Collection[str]) -> frozenset[str]:
        """Give all of them."""
        return frozenset(shops)


class SimulatedIntake(Intake):
    """The real intake on these tables. One strand runs it, so its lock is never waited for."""

    def __init__(
        self, *, journal: Journal, inbox: Inbox, held: Held, key_ring: KeyRing, clock: Clock
    ) -> None:
        self._inbox = inbox
        self._held = held
        self._door = Door(SimulatedShops(), DIGEST_KEY)
        states = OrderStates(OrderStore(journal, key_ring))
        self._orders = Recorder(journal, inbox, key_ring, states)
        self._settings = Recorder(journal, inbox, key_ring, SettingStates(journal))
        self._clock = clock
        self._one_at_a_time = asyncio.Lock()


async def run_ingress(intake: Intake, bus: Bus, held: HeldTable, scheduler: Scheduler) -> None:
    """Pull, take in, acknowledge; look at what is parked now and then."""
    look_at = scheduler.time
    while True:
        until = max(look_at, scheduler.time) if held.parked() else None
        await Place("pull", is_ready=bus.has_due, until=until)
        deliveries = bus.pull()
        arrivals = [Arrival(one.subject, one.body, one.message_id) for one in deliveries]
        try:
            if look_at <= scheduler.time:
                look_at = scheduler.time + PARKED_LOOK
                await intake.take_parked(0)
            if arrivals:
                await intake.take(arrivals)
        except (OperationalError, JournalError):
            await Place("ingress waits", until=scheduler.time + RETRY)
            continue
        for one in deliveries:
            await Place("acknowledge")
            bus.acknowledge(one)
