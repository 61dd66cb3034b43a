"""Paid orders with actions to run, the work list that lists them, and workers of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from uuid import uuid4

from msgspec.structs import replace

from adapters.commands.recording import Answered, CommandRecorder, OrderRequest
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import CustomerRef
from adapters.postgres.order_store import OrderStore
from adapters.postgres.rows import Append
from adapters.postgres.work_list import Room, WorkList
from adapters.running.hands import Finished
from adapters.running.worker import Taken, Worker
from adapters.running.worker_beats import WorkerBeats
from adapters.running.workers import LIMITS, Limits, Workers
from domain.configuration.settings import ActionLevel, ActionSettings, ReceiptEmail, Webhook
from domain.identifiers import ActionId, CustomerKeyId, OrderId, StreamName, order_stream
from domain.order.commands.actions import RequestActions, RerunAction
from domain.order.decide import OrderWish
from domain.order.events import OrderFact, PaymentReceived
from domain.order.parts import ActionState
from domain.order.stages import ActionStage
from domain.order.state import Order
from domain.order.values import PlannedAction
from processors.ports import Executor, Outcome, Succeeded, Task
from tests.adapters.running.given import METADATA, Ledger, open_ledger, running
from tests.stories import COURSE, PLACED, SHOP, started
from tests.support import Database

HOOK = Webhook(url="https://crm.example.com/orders")
EMAIL = ReceiptEmail()
FIRST = ActionId("a1")
ROOM = Room(overall=1_000, each=1_000, by_destination={})
APPENDED_AT_ONCE = 200


DONE = Succeeded()


def hook_of(host: str) -> Webhook:
    return Webhook(url=f"https://{host}.example.com/orders")


def now() -> datetime:
    return datetime.now(UTC)


class Doing:
    """An executor that does what it is told, and notes the keys that it saw."""

    def __init__(self, outcome: Callable[[Task], Awaitable[Outcome]] | Outcome = DONE) -> None:
        self._outcome = outcome
        self.keys: list[str] = []

    async def execute(self, task: Task) -> Outcome:
        self.keys.append(task.action.key)
        if isinstance(self._outcome, Outcome):
            return self._outcome
        return await self._outcome(task)


class Workshop:
    """One ledger's orders as a test makes and looks at them."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.journal = Journal(ledger.pool, ledger.news.announce)
        self.orders = OrderStore(self.journal, ledger.key_ring)
        self.recorder = self.recorder_of(self.orders)
        self.work = WorkList(ledger.pool)

    def recorder_of(self, orders: OrderStore) -> CommandRecorder:
        return CommandRecorder(self.journal.append, orders, self.ledger.key_ring)

    async def paid(self, *settings: ActionSettings) -> StreamName:
        """Record one paid order whose actions `a1`, `a2` … are asked for."""
        return (await self.all_paid([settings]))[0]

    async def all_paid(self, orders: Sequence[Sequence[ActionSettings]]) -> list[StreamName]:
        """The same for many; the work list has followed when this returns."""
        streams = await self._placed(orders, COURSE.facts[4])
        await self.recorder.record(
            [OrderRequest(stream, RequestActions(now=now()), METADATA) for stream in streams]
        )
        await self.followed()
        return streams

    async def paid_through(self, provider: str) -> StreamName:
        """Record one order without actions that this provider took the money of."""
        payment = COURSE.facts[4]
        assert isinstance(payment, PaymentReceived)
        return (await self._placed([()], replace(payment, provider=provider, sub_method="")))[0]

    async def placed(self, *settings: ActionSettings) -> StreamName:
        """Record one order that is not paid yet."""
        return (await self._placed([settings]))[0]

    async def pay(self, stream: StreamName) -> None:
        """Let its money arrive, and its actions be asked for."""
        order = await self.order(stream)
        assert order.customer_key is not None
        version = len(await self.journal.read_stream(stream))
        row = self.ledger.row(COURSE.facts[4], order.customer_key)
        await self.journal.append([Append(stream=stream, expected_version=version, rows=(row,))])
        await self.orders.refresh([stream])
        await self.wish(stream, RequestActions(now=now()))

    async def _placed(
        self, orders: Sequence[Sequence[ActionSettings]], *more: OrderFact
    ) -> list[StreamName]:
        customer = CustomerRef(SHOP, "aino.virtanen@example.com")
        key = (await self.ledger.key_ring.ensure([customer]))[customer]
        streams = []
        for first in range(0, len(orders), APPENDED_AT_ONCE):
            some = orders[first : first + APPENDED_AT_ONCE]
            appends = [self._order(key, settings, more) for settings in some]
            await self.journal.append(appends)
            streams += [append.stream for append in appends]
        return streams

    def _order(
        self, key: CustomerKeyId, settings: Sequence[ActionSettings], more: Sequence[OrderFact]
    ) -> Append:
        order_id = OrderId(uuid4())
        actions = tuple(
            PlannedAction(
                action_id=ActionId(f"a{number}"),
                name=f"Action {number}",
                level=ActionLevel.OFFER,
                settings=one,
            )
            for number, one in enumerate(settings, 1)
        )
        placed = replace(PLACED, customer_key=key, actions=actions)
        rows = [self.ledger.row(f, key) for f in (started(order_id), placed, *more)]
        return Append(stream=order_stream(SHOP, order_id), expected_version=0, rows=tuple(rows))

    async def wish(self, stream: StreamName, wish: OrderWish) -> Answered:
        """Record a wish, and let the work list follow."""
        (answer,) = await self.recorder.record([OrderRequest(stream, wish, METADATA)])
        await self.followed()
        return answer

    async def force(self, stream: StreamName) -> None:
        answer = await self.wish(
            stream,
            RerunAction(now=now(), command_id="force", action_id=FIRST, by="laura", force=True),
        )
        assert answer.rejection is None

    async def followed(self) -> None:
        await self.ledger.caught_up("work_list")

    async def order(self, stream: StreamName) -> Order:
        return (await self.orders.refresh([stream]))[stream].order

    async def action(self, stream: StreamName, action_id: ActionId = FIRST) -> ActionState:
        return (await self.order(stream)).actions_by_id[action_id]

    async def facts(self, stream: StreamName) -> list[str]:
        """Name everything that was recorded since the actions were asked for."""
        return [row.name for row in (await self.journal.read_stream(stream, 3))]

    async def until_stage(self, stage: ActionStage, *streams: StreamName) -> None:
        """Wait until every action of these orders is at a stage."""
        left = list(streams)
        while left:
            heard = self.ledger.news.heard
            orders = await self.orders.refresh(left)
            left = [
                stream
                for stream, loaded in orders.items()
                if any(action.stage is not stage for action in loaded.order.actions)
            ]
            if left:
                await self.ledger.news.wait(0.1, since=heard)
        await self.followed()

    async def listed(self) -> list[tuple[object, ...]]:
        """What the work list has: action, run, attempt, and whether it can be claimed now."""
        return await self.ledger.fetch(
            "SELECT item_id, run, attempt, available_at <= now()"
            " FROM read_models.work_list_v2 ORDER BY order_id, item_id"
        )

    async def end_leases(self) -> None:
        """Let time pass, as far as the work list is concerned."""
        async with self.ledger.pool.connection() as connection:
            await connection.execute("UPDATE read_models.work_list_v2 SET available_at = now()")

    def worker(
        self,
        executors: Mapping[str, Executor],
        name: str = "worker-1",
        steady_seconds: Callable[[], float] = monotonic,
    ) -> Worker:
        """A worker with a memory of its own."""
        orders = OrderStore(self.journal, self.ledger.key_ring)
        return Worker(
            name=name,
            work=self.work,
            recorder=self.recorder_of(orders),
            orders=orders,
            executors=executors,
            steady_seconds=steady_seconds,
            chance=lambda: 0.0,
        )

    @asynccontextmanager
    async def working(
        self, executors: Mapping[str, Executor], limits: Limits = LIMITS, name: str = "worker-1"
    ) -> AsyncIterator[None]:
        """Run a worker's loop until the block ends, and then let it end in order."""
        beats = WorkerBeats(self.ledger.pool, name)
        workers = Workers(
            self.worker(executors, name), news=self.ledger.news, beats=beats, limits=limits
        )
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(workers.run(stop))
            yield
            stop.set()


async def carried_out(worker: Worker) -> list[Finished[Taken, Outcome]]:
    """Take all that is due, carry it out, and report it."""
    taken = await worker.take(ROOM)
    finished = [Finished(one, await worker.carry_out(one)) for one in taken]
    await worker.report(finished)
    return finished


@asynccontextmanager
async def open_workshop(database: Database) -> AsyncIterator[Workshop]:
    async with open_ledger(database.url) as ledger, running(ledger.follower("work_list")):
        yield Workshop(ledger)
