"""The work list in memory, and the loop of a worker process.

The rule to know: what waits comes from the real row model, and taking, carrying out and reporting
are the real worker's steps; a claim is a lease and no promise, as in the real table.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic

from psycopg import OperationalError

from adapters.postgres.errors import JournalError
from adapters.postgres.rows import Move
from adapters.postgres.work_list import CLAIM_SECONDS, Claimed, Room
from adapters.running.hands import BegunT, Finished, OutcomeT, Steps
from adapters.running.saving import Changes
from adapters.running.workers import LIMITS
from domain.identifiers import OrderId, ShopId, StreamName, order_id_of, order_stream, shop_of
from projections.row_model import RowModel
from projections.work_list.projection import WorkItem, WorkRow
from scripts.simulation.journal import NotSent, ServerAway
from scripts.simulation.scheduler import Place, Scheduler
from scripts.simulation.tables import ModelTable

IN_HAND_MAX = 6
EACH_MAX = 2
LOOK = timedelta(seconds=1)
CALL_MAX = timedelta(seconds=LIMITS.call_seconds_max)

ItemKey = tuple[ShopId, OrderId, str, str]


class WorkTable(ModelTable):
    """What waits, and from when on each item may be claimed."""

    def __init__(self, model: RowModel[WorkRow], scheduler: Scheduler) -> None:
        super().__init__(model)
        self._scheduler = scheduler
        self._available: dict[ItemKey, tuple[WorkItem, datetime]] = {}

    def save(self, changes: Changes[Any], move: Move, positions: dict[str, int]) -> bool:
        """Write a batch; an item that says what it said before keeps its lease."""
        if not super().save(changes, move, positions):
            return False
        before = self._available
        self._available = {}
        for key, item in self._items():
            known = before.get(key)
            is_same = known is not None and _lease_of(known[0]) == _lease_of(item)
            self._available[key] = (item, known[1] if known and is_same else item.due_at)
        return True

    def has_due(self, kinds: Collection[str]) -> bool:
        """Say whether something of these kinds can be claimed."""
        now = self._scheduler.database_now()
        return any(at <= now and item.kind in kinds for item, at in self._available.values())

    def streams_of(self, kinds: Collection[str]) -> list[StreamName]:
        """Name the orders of which something of these kinds waits, now or later."""
        keys = {(shop, order_id) for shop, order_id, kind, _ in self._available if kind in kinds}
        return [order_stream(shop, order_id) for shop, order_id in sorted(keys)]

    def next_due(self) -> datetime | None:
        """Say when something can be claimed that cannot be now, by the true clock."""
        ahead = self._scheduler.time - self._scheduler.database_now()
        times = [at + ahead for _, at in self._available.values()]
        return min((at for at in times if at > self._scheduler.time), default=None)

    def claim(self, kinds: Collection[str], room: Room) -> list[Claimed]:
        """Lease what is due, within the room at each destination."""
        now = self._scheduler.database_now()
        left = dict(room.by_destination)
        claimed: list[Claimed] = []
        for key, (item, available_at) in sorted(self._available.items(), key=lambda one: one[1][1]):
            is_due = available_at <= now and item.kind in kinds and len(claimed) < room.overall
            if is_due and left.setdefault(item.destination, room.each) > 0:
                left[item.destination] -= 1
                self._available[key] = (item, now + timedelta(seconds=CLAIM_SECONDS))
                claimed.append(_claimed(key, item, now))
        return claimed

    def put_off(self, items: Sequence[Claimed], pauses: Sequence[timedelta]) -> None:
        """Let nobody claim these for a while, unless they are others by now."""
        for item, pause in zip(items, pauses, strict=True):
            key = (shop_of(item.stream), order_id_of(item.stream), item.kind, item.item_id)
            known = self._available.get(key)
            if known is not None and (known[0].run, known[0].attempt) == (item.run, item.attempt):
                self._available[key] = (known[0], self._scheduler.database_now() + pause)

    def _items(self) -> Iterator[tuple[ItemKey, WorkItem]]:
        for row in self.rows.values():
            assert isinstance(row, WorkRow)
            for item in row.items:
                yield (row.shop, row.order_id, item.kind, item.item_id), item


def _claimed(key: ItemKey, item: WorkItem, now: datetime) -> Claimed:
    shop, order_id, kind, item_id = key
    stream = order_stream(shop, order_id)
    return Claimed(stream, kind, item_id, item.destination, item.run, item.attempt, now)


def _lease_of(item: WorkItem) -> tuple[int, int, datetime]:
    return item.run, item.attempt, item.due_at


class SimulatedWork:
    """One process's way to the work list."""

    def __init__(self, table: WorkTable) -> None:
        self._table = table

    async def claim(self, kinds: Collection[str], room: Room) -> list[Claimed]:
        """Take what is due."""
        await Place("claim", NotSent)
        claimed = self._table.claim(kinds, room)
        await Place("claimed", ServerAway)
        return claimed

    async def put_off(self, items: Sequence[Claimed], pauses: Sequence[timedelta]) -> None:
        """Let nobody claim these for a while."""
        await Place("put off", NotSent)
        self._table.put_off(items, pauses)
        await Place("put off already", ServerAway)

    async def release(self, items: Sequence[Claimed]) -> None:
        """Nothing that is simulated stops in good order."""
        raise NotImplementedError


class SimulatedWorkers(Generic[BegunT, OutcomeT]):
    """The loop of one worker process, as `Workers` has it."""

    def __init__(
        self,
        worker: Steps[BegunT, OutcomeT],
        kinds: Collection[str],
        table: WorkTable,
        scheduler: Scheduler,
    ) -> None:
        self._worker = worker
        self._kinds = kinds
        self._table = table
        self._scheduler = scheduler
        self._calls: list[BegunT] = []
        self._finished: list[Finished[BegunT, OutcomeT]] = []

    async def run(self) -> None:
        """Report and take in turn, and call beside it."""
        while True:
            try:
                await self._report()
                taken = await self._worker.take(self._room())
            except (OperationalError, JournalError):
                await Place("worker waits", until=self._scheduler.time + LOOK)
                continue
            for one in taken:
                self._calls.append(one)
                self._scheduler.spawn(self._call(one))
            if not taken and self._table.has_due(self._kinds):
                until = self._scheduler.time + LOOK
                await Place("look", is_ready=self._has_finished, until=until)
            await Place("rest", is_ready=self._is_needed)

    async def _report(self) -> None:
        finished = self._finished[:]
        if finished:
            await self._worker.report(finished)
            del self._finished[: len(finished)]

    def _room(self) -> Room:
        busy = Counter(taken.item.destination for taken in self._calls)
        return Room(
            overall=IN_HAND_MAX - len(self._calls) - len(self._finished),
            each=EACH_MAX,
            by_destination={name: EACH_MAX - calls for name, calls in busy.items()},
        )

    async def _call(self, taken: BegunT) -> None:
        began_at = self._scheduler.time
        outcome = await self._worker.carry_out(taken)
        if self._scheduler.time - began_at > CALL_MAX:
            outcome = self._worker.cut_off(taken)
        self._calls.remove(taken)
        self._finished.append(Finished(taken, outcome))

    def _has_finished(self) -> bool:
        return bool(self._finished)

    def _is_needed(self) -> bool:
        return bool(self._finished) or self._table.has_due(self._kinds)
