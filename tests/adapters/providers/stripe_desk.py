"""A shop's ledger between its customers and the sandbox's Stripe: served, followed, and at work.

Webhooks are held back at the sandbox until a test lets them be told, so that it chooses the order.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from httpx2 import AsyncClient, Response
from msgspec.structs import replace

from adapters.bootstrap import Parts, open_parts
from adapters.commands.recording import Answered, OrderRequest
from adapters.http_api.server import listen, serve_on
from adapters.master_key import generate_master_key
from adapters.outbound_http import OutboundHttp
from adapters.postgres.secrets import STRIPE_API_KEY, STRIPE_WEBHOOK_SECRET
from adapters.providers.hearing import applier_of, reconciler_of
from adapters.providers.news_applying import NewsApplier
from adapters.providers.reconciling import Reconciler
from adapters.providers.stripe import STRIPE
from adapters.providers.stripe.refunds import StripeRefunds
from adapters.running.projections import run_projections
from adapters.running.waiting import wait_for
from adapters.settings import InnerAddresses, Settings
from domain.identifiers import PaymentId, RefundId, TransferId
from domain.message import Actor, ActorKind, Metadata
from domain.order.commands.refunds import LineRefund, RequestRefund
from domain.order.commands.transfers import StartTransfer
from domain.order.decide import OrderWish
from domain.order.events import OrderFact
from domain.order.state import Order
from domain.order.values import PlannedAction
from processors.refund_provider import TransferTask
from processors.transferring import told_of_attempt
from projections.payments.projection import PAYMENTS
from scripts.receivers.places import Receiver
from scripts.receivers.stripe_control import Listener, Telling
from scripts.receivers.stripe_webhooks import SECRET
from tests.adapters.commands.given import STREAM, stand
from tests.adapters.providers.given_stripe import API_KEY, refund_named
from tests.examples import (
    ALL_PROVIDERS,
    COURSE,
    OPERATOR,
    PAYMENT,
    SHOP,
    done,
    placed,
    received,
    started,
)
from tests.sandbox_program import SandboxProgram
from tests.support import Database

WAIT_SECONDS_MAX = 20.0
LOOK_SECONDS = 0.02
METADATA = Metadata(
    actor=Actor(ActorKind.OPERATOR, OPERATOR),
    correlation_id="c-1",
    causation_id="c-1",
    command_id="c-1",
)

UNTRIED = """
SELECT count(*)
FROM providers.news
WHERE done_at IS NULL
AND tries = 0
AND news ->> 'type' <> 'refunds_changed'
"""


class Desk:
    """The ledger at work."""

    def __init__(
        self,
        parts: Parts,
        client: AsyncClient,
        sandbox: SandboxProgram,
        stripe: StripeRefunds,
    ) -> None:
        self.parts = parts
        self.client = client
        self.sandbox = sandbox
        self.stripe = stripe

    @property
    def applier(self) -> NewsApplier:
        """The workers' own, which can ask Stripe."""
        return applier_of(self.parts, {STRIPE: self.stripe})

    @property
    def reconciler(self) -> Reconciler:
        """The workers' own."""
        return reconciler_of(self.parts, {STRIPE: self.stripe})

    async def paid(
        self, *payments: tuple[PaymentId, str, int], grant: PlannedAction | None = None
    ) -> None:
        """Stand the example order, paid by these: id, transaction, amount; wait for the index."""
        actions = (grant,) if grant else ()
        facts: Sequence[OrderFact] = [
            replace(received(payment_id, amount), transaction_id=transaction)
            for payment_id, transaction, amount in payments
        ]
        granted = done(grant) if grant else ()
        position = await stand(self.parts, started(), placed(*actions), *facts, *granted)
        assert await wait_for(self.parts.pool, position, [PAYMENTS.name])

    async def order(self) -> Order:
        """Give the order as the journal has it."""
        return (await self.parts.order_store.refresh([STREAM]))[STREAM].order

    async def wish(self, wish: OrderWish) -> Answered:
        """Record what somebody wants."""
        (answer,) = await self.parts.recorder.record([OrderRequest(STREAM, wish, METADATA)])
        return answer

    async def request(
        self, transaction: str, amount: int, *, remove_access: bool = False
    ) -> RefundId:
        """Request a refund of a part of the course."""
        refund_id = RefundId(refund_named(transaction))
        wish = RequestRefund(
            now=datetime.now(UTC),
            refund_id=refund_id,
            by=OPERATOR,
            lines=(LineRefund(line_id=COURSE, amount=amount, remove_access=remove_access),),
            providers=ALL_PROVIDERS,
        )
        assert not (await self.wish(wish)).rejection
        return refund_id

    async def ask(self, refund_id: RefundId, *, is_heard: bool = True) -> TransferTask:
        """Take the refund to Stripe, as a worker does; unless it dies before it tells the end."""
        transfer_id = TransferId(f"{refund_id}/1")
        start = StartTransfer(
            now=datetime.now(UTC),
            refund_id=refund_id,
            transfer_id=transfer_id,
            attempt=1,
            worker="worker-1",
        )
        assert not (await self.wish(start)).rejection
        order = await self.order()
        transfer = order.transfer(refund_id, transfer_id)
        assert transfer is not None
        task = TransferTask(
            order=order,
            refund=order.refunds_by_id[refund_id],
            transfer=transfer,
            payment=order.payments_by_id[transfer.payment_id],
            now=datetime.now(UTC),
        )
        standing = await self.stripe.refund(task)
        if is_heard:
            await self.wish(told_of_attempt(task, standing, datetime.now(UTC)))
        return task

    async def tell(
        self, payment: str, *types: str, times: int = 1, is_reversed: bool = False
    ) -> None:
        """Have Stripe tell what happened to a payment, and see it taken in."""
        telling = Telling(payment=payment, types=types, times=times, is_reversed=is_reversed)
        count = await asyncio.to_thread(self.sandbox.let_stripe_tell, telling)
        assert count, "nothing was told"
        told = [e for e in self.sandbox.stripe_money().events if e.answers]
        assert {answer for event in told for answer in event.answers[-times:]} <= {"200"}
        await self.settled()

    async def settled(self) -> None:
        """Wait until all that was told was tried, but for what only the workers can ask for."""
        async with asyncio.timeout(WAIT_SECONDS_MAX):
            while await self._untried():  # noqa: ASYNC110 - another task does it
                await asyncio.sleep(LOOK_SECONDS)

    async def post(self, body: bytes, signature: str, shop: str = SHOP) -> Response:
        """Post a webhook."""
        return await self.client.post(
            f"/webhooks/stripe/{shop}", content=body, headers={"Stripe-Signature": signature}
        )

    async def _untried(self) -> int:
        async with self.parts.pool.connection() as connection:
            row = await (await connection.execute(UNTRIED)).fetchone()
        assert row is not None
        return int(row[0])


@asynccontextmanager
async def open_desk(database: Database, sandbox: SandboxProgram) -> AsyncIterator[Desk]:
    """Serve the API, follow payments, and listen to Stripe, until the block ends."""
    settings = Settings(
        database_url=database.url,
        database_owner_url=database.owner_url,
        nats_url="",
        master_key=generate_master_key(),
        inner_addresses=InnerAddresses.ALLOWED,
        stripe_api_url=sandbox.places.url(Receiver.STRIPE),
    )
    async with (
        open_parts(settings, connections_max=8) as parts,
        OutboundHttp(InnerAddresses.ALLOWED, seconds_max=1.0) as http,
        parts.news,
    ):
        await parts.shops.add(SHOP, "Courses")
        await parts.secrets.set(SHOP, STRIPE_API_KEY, API_KEY)
        await parts.secrets.set(SHOP, STRIPE_WEBHOOK_SECRET, SECRET)
        stripe = StripeRefunds(http, parts.secrets, settings.stripe_api_url)
        async with _served(parts) as url, AsyncClient(base_url=url) as client:
            hears_at = f"{url}/webhooks/stripe/{SHOP}"
            sandbox.listen_to_stripe(Listener(url=hears_at, times=0))
            yield Desk(parts, client, sandbox, stripe)


@asynccontextmanager
async def _served(parts: Parts) -> AsyncIterator[str]:
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(serve_on(listener, parts, stop))
        group.create_task(
            run_projections(
                pool=parts.pool,
                journal=parts.journal,
                key_ring=parts.key_ring,
                news=parts.news,
                stop=stop,
                names=[PAYMENTS.name],
            )
        )
        yield f"http://127.0.0.1:{port}"
        stop.set()


def one_payment(transaction: str) -> tuple[PaymentId, str, int]:
    """Say that the whole example order was paid by one transaction."""
    return (PAYMENT, transaction, 14_000)
