"""Read models in memory, and the followers that keep them.

The rule to know: folding, rows and what is set aside are the real consumer's; only the statement
that writes a batch and moves the position is simulated, as whole as the real one.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol, TypeVar

from psycopg import OperationalError

from adapters.postgres.errors import Fenced, JournalError
from adapters.postgres.rows import Move, Row
from adapters.running.follower import ReadAgain
from adapters.running.positions import Place as FollowerPlace
from adapters.running.positions import SetAside
from adapters.running.saving import Changes, Saving
from domain.identifiers import OrderId, ShopId, StreamName
from projections.row_model import ModelRow, RowModel
from scripts.simulation.journal import JournalTables, NotSent, ServerAway, SimulatedJournal
from scripts.simulation.scheduler import Place, Scheduler

RETRY = timedelta(seconds=1)
LAGS_SECONDS = (0.05, 0.5, 8.0)
"""Until news is heard of, so that what is recorded meanwhile shares a batch: one of these."""
BATCH_EVENTS_MAX = 40

PreparedT = TypeVar("PreparedT")


class ModelTable:
    """One read model as it is stored, and what its follower set aside."""

    def __init__(self, model: RowModel[Any]) -> None:
        self.model = model
        self.rows: dict[tuple[ShopId, OrderId], ModelRow] = {}
        self.aside: list[SetAside] = []

    def save(self, changes: Changes[Any], move: Move, positions: dict[str, int]) -> bool:
        """Write rows and take others away, or say that the position is elsewhere."""
        if positions.get(move.follower) != move.from_position:
            return False
        positions[move.follower] = move.to_position
        self.aside += changes.aside
        for row in changes.rows:
            self.rows[row.shop, row.order_id] = row
        for key in changes.gone:
            self.rows.pop((key.shop, key.order_id), None)
        return True


class SimulatedSaving(Saving[Any]):
    """One process's way to the table: writes a batch and moves the position, or neither."""

    def __init__(self, table: ModelTable, tables: JournalTables) -> None:
        self._table = table
        self._tables = tables

    async def save(self, connection: object, changes: Changes[Any], move: Move) -> None:  # noqa: ARG002 - nothing is sent anywhere
        """Write all and move, or raise Fenced and write nothing."""
        is_moved = False

        def take_hold() -> None:
            nonlocal is_moved
            is_moved = self._table.save(changes, move, self._tables.positions)

        await Place("save", NotSent)
        await Place("save under way", ServerAway, under_way=take_hold)
        take_hold()
        await Place("saved", ServerAway)
        if not is_moved:
            raise Fenced(str(move))


class SimulatedPlace(FollowerPlace):
    """A follower's place in memory."""

    def __init__(
        self, name: str, tables: JournalTables, aside: list[SetAside], lag: timedelta
    ) -> None:
        self.lag = lag
        self._name = name
        self._tables = tables
        self._aside = aside

    async def start_at_beginning(self) -> None:
        """Follow from the first event if nobody did so far."""
        self._tables.positions.setdefault(self._name, 0)

    async def set_aside(self) -> dict[StreamName, int]:
        """Name the streams, each with its first position."""
        return {one.stream: one.position for one in reversed(self._aside)}

    async def put_aside(self, found: Sequence[SetAside]) -> None:
        """Set events aside."""
        self._aside += found


class Consumer(Protocol[PreparedT]):
    """The follower's port, without a connection behind it."""

    @property
    def name(self) -> str:
        """The follower's name."""

    async def begin(self, place: FollowerPlace) -> None:
        """Forget whatever is not stored."""

    async def read(self, after: int, limit: int) -> Sequence[Row]:
        """Read what it needs of the next events, and the last of them in any case."""

    async def prepare(self, rows: Sequence[Row]) -> PreparedT:
        """Work out what a batch leads to."""

    async def store(self, connection: Any, prepared: PreparedT, move: Move) -> None:
        """Store it and move the position together."""


async def run_follower(
    consumer: Consumer[Any],
    scheduler: Scheduler,
    journal: SimulatedJournal,
    aside: list[SetAside],
    lag: timedelta,
) -> None:
    """Follow as the real loop does: the next batch is prepared while one is stored."""
    place = SimulatedPlace(consumer.name, journal.tables, aside, lag)
    while True:
        try:
            await _follow(consumer, scheduler, journal, place)
        except (Fenced, ReadAgain):
            await Place("begin anew")
        except (OperationalError, JournalError):
            await Place("follower waits", until=scheduler.time + RETRY)


async def _follow(
    consumer: Consumer[Any],
    scheduler: Scheduler,
    journal: SimulatedJournal,
    place: SimulatedPlace,
) -> None:
    await consumer.begin(place)
    stored = journal.tables.positions
    position = stored[consumer.name]
    storing: Storing | None = None
    while True:
        rows = await consumer.read(position, BATCH_EVENTS_MAX)
        prepared = await consumer.prepare(rows) if rows else None
        if storing is not None:
            await storing.ended()
            storing = None
        if stored[consumer.name] != position:
            raise ReadAgain("the position was set elsewhere")
        if prepared is None:
            await _news(consumer.name, journal.tables, position)
            await Place("heard", until=scheduler.time + place.lag)
            continue
        move = Move(follower=consumer.name, from_position=position, to_position=rows[-1].position)
        storing = Storing(scheduler, consumer, prepared, move)
        position = move.to_position


async def _news(name: str, tables: JournalTables, position: int) -> None:
    def is_news() -> bool:
        return len(tables.rows) > position or tables.positions[name] != position

    await Place("news", is_ready=is_news)


class Storing:
    """A batch that is being stored beside the next one's preparation."""

    def __init__(
        self, scheduler: Scheduler, consumer: Consumer[Any], prepared: object, move: Move
    ) -> None:
        self._problem: Exception | None = None
        self._strand = scheduler.spawn(self._store(consumer, prepared, move))

    async def ended(self) -> None:
        """Wait for it; raise what it raised."""
        await Place("stored", is_ready=lambda: self._strand.is_over)
        if self._problem is not None:
            raise self._problem

    async def _store(self, consumer: Consumer[Any], prepared: object, move: Move) -> None:
        try:
            await consumer.store(None, prepared, move)
        except (OperationalError, JournalError, ReadAgain) as problem:
            self._problem = problem
