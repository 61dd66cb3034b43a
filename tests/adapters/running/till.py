"""Refunds that wait for a provider, and payers of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from time import monotonic

from adapters.postgres.order_store import OrderStore
from adapters.running.hands import Finished
from adapters.running.payer import Found, Payer, TransferInHand
from adapters.running.payers import PAYER_LIMITS
from adapters.running.worker_beats import PAYERS, WorkerBeats
from adapters.running.workers import Limits, Workers
from domain.identifiers import LineId, RefundId, StreamName, TransferId
from domain.order.commands.refunds import LineRefund, RequestRefund
from domain.order.parts import TransferState
from domain.order.stages import TransferStage
from processors.refund_provider import RefundProvider
from tests.adapters.running.workshop import ROOM, Workshop, now

REFUND = RefundId("r1")
TRANSFER = TransferId("r1/1")
COURSE_GROSS = 18_000
ALL = frozenset({"stripe", "paytrail", "epassi"})


async def refunding(shop: Workshop, provider: str = "stripe") -> StreamName:
    """Record an order with a refund that this provider is to pay back; the work list has it."""
    stream = await shop.paid_through(provider)
    await refund(shop, stream)
    return stream


async def refund(shop: Workshop, stream: StreamName) -> None:
    wish = RequestRefund(
        now=now(),
        refund_id=REFUND,
        by="laura",
        lines=(LineRefund(line_id=LineId("course"), amount=COURSE_GROSS),),
        providers=ALL,
    )
    answer = await shop.wish(stream, wish)
    assert answer.rejection is None


async def transfer_of(shop: Workshop, stream: StreamName) -> TransferState:
    transfer = (await shop.order(stream)).transfer(REFUND, TRANSFER)
    assert transfer is not None
    return transfer


async def until_transfer(shop: Workshop, stream: StreamName, stage: TransferStage) -> TransferState:
    """Wait until the transfer is at a stage, and the work list has followed."""
    while (transfer := await transfer_of(shop, stream)).stage is not stage:
        await shop.ledger.news.wait(0.1)
    await shop.followed()
    return transfer


def payer(
    shop: Workshop,
    providers: Mapping[str, RefundProvider],
    name: str = "payer-1",
    steady_seconds: Callable[[], float] = monotonic,
) -> Payer:
    """A payer with a memory of its own."""
    orders = OrderStore(shop.journal, shop.ledger.key_ring)
    return Payer(
        name=name,
        work=shop.work,
        recorder=shop.recorder_of(orders),
        orders=orders,
        providers=providers,
        steady_seconds=steady_seconds,
    )


async def paid_back(payer: Payer, shop: Workshop) -> list[Finished[TransferInHand, Found]]:
    """Take all that is due, ask or look, report it; the work list has followed."""
    taken = await payer.take(ROOM)
    finished = [Finished(one, await payer.carry_out(one)) for one in taken]
    await payer.report(finished)
    await shop.followed()
    return finished


@asynccontextmanager
async def paying(
    shop: Workshop,
    providers: Mapping[str, RefundProvider],
    limits: Limits = PAYER_LIMITS,
    name: str = "payer-1",
) -> AsyncIterator[None]:
    """Run a payer's loop until the block ends, and then let it end in order."""
    beats = WorkerBeats(shop.ledger.pool, name, PAYERS)
    loop = Workers(payer(shop, providers, name), news=shop.ledger.news, beats=beats, limits=limits)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(loop.run(stop))
        yield
        stop.set()
