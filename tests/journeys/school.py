"""A shop that sells courses at Kajabi's double: orders, a worker, and what people want done.

Everything between the order and Kajabi is real. Nothing waits for a retry's time: a worker's turn
is taken by the test, and a retry that is not due is asked for as a person would.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from adapters.bootstrap import Parts, open_parts
from adapters.clock import utc_now
from adapters.commands.recording import CommandRecorder, OrderRequest
from adapters.credit_notes.numbering import CreditNotes
from adapters.executors import executors_of
from adapters.master_key import generate_master_key
from adapters.outside import open_outside
from adapters.postgres.keyring import CustomerRef
from adapters.postgres.rows import Append, AppendStatus
from adapters.postgres.sealing import sealed
from adapters.postgres.secrets import CREDENTIAL_NAMES
from adapters.postgres.work_list import WorkList
from adapters.running.hands import Finished
from adapters.running.waiting import wait_for
from adapters.running.worker import Taken, Worker
from adapters.settings import InnerAddresses
from domain.configuration.settings import KajabiGrant
from domain.identifiers import ActionId, OrderId, RefundId, StreamName, order_stream
from domain.order.commands.actions import RequestActions, RerunAction
from domain.order.commands.refunds import LineRefund, RequestRefund
from domain.order.decide import OrderWish
from domain.order.parts import ActionState
from domain.order.state import Order
from domain.order.values import PlannedAction
from processors.ports import Outcome
from projections.grants.queries import GrantListed
from scripts.receivers.book import Effect
from scripts.receivers.places import Receiver
from tests.adapters.http_api.recorded import METADATA, followed
from tests.adapters.http_api.served import settings_for
from tests.adapters.running.workshop import ROOM, carried_out
from tests.examples import (
    ALL_PROVIDERS,
    COURSE,
    CUSTOMER,
    GRANT,
    GRANT_ACTION,
    OPERATOR,
    REFUND,
    SHOP,
    back,
    placed,
    received,
    started,
)
from tests.sandbox_program import SandboxProgram
from tests.support import Database

READ_MODELS = ("work_list", "grants", "attention", "orders")
REMOVAL = ActionId(f"{REFUND}/remove/{GRANT}")
COURSE_GOES = (back(COURSE, 10_000, remove_access=True),)


class School:
    """One shop, its orders, its worker, and Kajabi."""

    def __init__(self, parts: Parts, worker: Worker, sandbox: SandboxProgram) -> None:
        self.parts = parts
        self.worker = worker
        self.sandbox = sandbox
        self._wishes = 0

    def course(self, name: str, **more: str) -> KajabiGrant:
        """An offer that is granted by its URL."""
        url = f"{self.sandbox.places.url(Receiver.KAJABI)}/webhooks/offers/{name}/1"
        settings = KajabiGrant(
            offer_name=name,
            activation_url=f"{url}/activate",
            deactivation_url=f"{url}/deactivate",
        )
        return replace(settings, **more)

    async def bought(
        self,
        number: int,
        *actions: PlannedAction | KajabiGrant,
        email: str = CUSTOMER.email,
        is_imported: bool = False,
    ) -> StreamName:
        """Let a customer buy: the order is paid, and what was bought is asked for."""
        planned = [
            replace(GRANT_ACTION, settings=one) if isinstance(one, KajabiGrant) else one
            for one in actions
        ]
        order_id = OrderId(UUID(int=number))
        stream = order_stream(SHOP, order_id)
        customer = CustomerRef(SHOP, email)
        key = (await self.parts.key_ring.ensure([customer]))[customer]
        form = replace(
            placed(*planned, imported=is_imported),
            number=str(number),
            customer_key=key,
            personal=replace(CUSTOMER, email=email),
        )
        facts = (replace(started(), order_id=order_id), form, received())
        rows = await sealed([(fact, METADATA) for fact in facts], key, self.parts.key_ring)
        [answer] = await self.parts.journal.append(
            [Append(stream=stream, expected_version=0, rows=rows)]
        )
        assert answer.status is AppendStatus.APPENDED
        await self.want(stream, RequestActions(now=utc_now()))
        return stream

    async def granted(
        self, number: int, *actions: PlannedAction | KajabiGrant, email: str = CUSTOMER.email
    ) -> StreamName:
        """The same, and what was bought is there."""
        stream = await self.bought(number, *actions, email=email)
        await self.work()
        return stream

    async def refund(
        self,
        stream: StreamName,
        *lines: LineRefund,
        refund_id: RefundId = REFUND,
        refund_payments: bool = False,
    ) -> None:
        """Refund the course and remove its access, unless other lines are named."""
        wish = RequestRefund(
            now=utc_now(),
            refund_id=refund_id,
            by=OPERATOR,
            lines=lines or COURSE_GOES,
            refund_payments=refund_payments,
            providers=ALL_PROVIDERS,
        )
        await self.want(stream, wish)

    async def rerun(self, stream: StreamName, action_id: ActionId = REMOVAL) -> None:
        """Run an action again, whatever it is at."""
        self._wishes += 1
        wish = RerunAction(
            now=utc_now(),
            command_id=f"rerun-{self._wishes}",
            action_id=action_id,
            by=OPERATOR,
            confirmed=True,
            force=True,
        )
        await self.want(stream, wish)

    async def want(self, stream: StreamName, wish: OrderWish) -> None:
        """Record a wish; it must be granted."""
        [answer] = await self.parts.recorder.record([OrderRequest(stream, wish, METADATA)])
        assert answer.rejection is None, answer.rejection

    async def work(self) -> list[Finished[Taken, Outcome]]:
        """Let the worker do all that is due."""
        await self.followed()
        finished = await carried_out(self.worker)
        await self.followed()
        return finished

    async def take(self) -> Sequence[Taken]:
        """Let the worker begin all that is due, and no more."""
        await self.followed()
        return await self.worker.take(ROOM)

    async def end(self, taken: Sequence[Taken]) -> None:
        """Let it finish that."""
        await self.worker.report([Finished(one, await self.worker.carry_out(one)) for one in taken])

    async def followed(self) -> None:
        """Wait until the read models know all that is recorded."""
        assert await wait_for(self.parts.pool, await self.parts.journal.head(), READ_MODELS)

    async def order(self, stream: StreamName) -> Order:
        """Read an order."""
        return (await self.parts.order_store.refresh([stream]))[stream].order

    async def action(self, stream: StreamName, action_id: ActionId = REMOVAL) -> ActionState:
        """Read one action, the course's removal unless told otherwise."""
        return (await self.order(stream)).actions_by_id[action_id]

    async def access(self, stream: StreamName) -> list[GrantListed]:
        """List what the customer of an order has access to."""
        await self.followed()
        key = (await self.order(stream)).customer_key
        assert key is not None
        return await self.parts.grants.access_of(SHOP, key)

    def calls(self, course: str) -> list[tuple[str, Effect]]:
        """Tell what Kajabi was called for about a course, and what came of it."""
        return [
            (one.words.split()[0], one.effect)
            for one in self.sandbox.received(Receiver.KAJABI)
            if one.part == course
        ]

    async def history(self, stream: StreamName) -> Any:
        """Tell the last thing that happened to an order."""
        order_id = (await self.order(stream)).order_id
        assert order_id is not None
        return (await self.parts.order_reader.history(SHOP, order_id)).events[-1].says


@asynccontextmanager
async def school(database: Database, sandbox: SandboxProgram) -> AsyncIterator[School]:
    """Open the shop, with its read models kept up to date."""
    sandbox.calm()
    settings = replace(
        settings_for(database, generate_master_key()),
        kajabi_api_url=sandbox.places.url(Receiver.KAJABI_API),
        inner_addresses=InnerAddresses.ALLOWED,
    )
    async with (
        open_parts(settings) as parts,
        open_outside(settings, parts.secrets) as outside,
        followed(parts),
    ):
        await parts.shops.add(SHOP, "Courses")
        for name in CREDENTIAL_NAMES:
            await parts.secrets.set(SHOP, name, "a-credential-of-the-shop")
        worker = Worker(
            name="worker-1",
            work=WorkList(parts.pool),
            recorder=CommandRecorder(parts.journal.append, parts.order_store, parts.key_ring),
            orders=parts.order_store,
            executors=executors_of(
                outside,
                settings=settings,
                shop_settings=parts.shop_settings,
                secrets=parts.secrets,
                grants=parts.grants,
                credit_notes=CreditNotes(parts),
            ),
            steady_seconds=monotonic,
            chance=lambda: 0.0,
        )
        yield School(parts, worker, sandbox)
