"""A refund through the sandbox's Paytrail, which calls the real API back: both ledgers agree."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec import Struct
from msgspec.structs import replace

from adapters.clock import utc_now
from adapters.outbound_http import OutboundHttp
from adapters.postgres.secrets import PAYTRAIL_ACCOUNT, PAYTRAIL_SECRET
from adapters.providers.paytrail.client import PaytrailClient
from adapters.providers.paytrail.provider import PaytrailProvider
from adapters.settings import InnerAddresses
from domain.identifiers import LineId, PaymentId, RefundId, TransferId, order_stream
from domain.money import Money
from domain.order.events import OrderFact, RefundRequested, RefundTransferStarted
from domain.order.stages import TransferStage
from domain.order.state import Order
from domain.order.values import RefundLine, Transfer, TransferMethod
from processors.refund_provider import (
    InProgress,
    NotKnown,
    Refused,
    Returned,
    Standing,
    TransferTask,
)
from scripts.receivers.paytrail import Ending, Instruction
from scripts.receivers.paytrail_account import Manner
from scripts.receivers.paytrail_ids import transaction_id
from scripts.receivers.paytrail_signing import ACCOUNT, SECRET
from scripts.receivers.places import Receiver
from scripts.receivers.trouble import Kind, Trouble
from tests.adapters.http_api.recorded import AT, order_id_of, placed, received, record, started
from tests.adapters.http_api.served import KAUPPA, Api, served
from tests.adapters.messaging.under_way import until
from tests.sandbox_program import SandboxProgram
from tests.support import Database

REFUND, TRANSFER, PAYMENT = RefundId("refund-1"), TransferId("refund-1/1"), PaymentId("p-1")
AMOUNT = 5_000


class Refunding(Struct, frozen=True):
    """An order whose refund is on its way, its ledger and its provider."""

    api: Api
    sandbox: SandboxProgram
    provider: PaytrailProvider
    transaction: str

    async def order(self) -> Order:
        stream = order_stream(KAUPPA, order_id_of(1))
        return (await self.api.parts.order_store.refresh([stream]))[stream].order

    async def ask(self) -> Standing:
        """Ask Paytrail as a worker does."""
        order = await self.order()
        transfer = order.transfer(REFUND, TRANSFER)
        assert transfer is not None
        task = TransferTask(
            order=order,
            refund=order.refunds_by_id[REFUND],
            transfer=transfer,
            payment=order.payments_by_id[PAYMENT],
            now=utc_now(),
        )
        return await self.provider.refund(task)

    async def ends(self, stage: TransferStage) -> None:
        """Wait for what the callback says, and hold both ledgers against each other."""

        async def is_so() -> bool:
            transfer = (await self.order()).transfer(REFUND, TRANSFER)
            return transfer is not None and transfer.stage is stage

        await until(is_so)
        theirs = self.sandbox.paytrail_money().returned.get(self.transaction, 0)
        assert (await self.order()).returned_total == theirs
        assert theirs == (AMOUNT if stage is TransferStage.DONE else 0)


@asynccontextmanager
async def refunding(
    database: Database, sandbox: SandboxProgram, mark: int
) -> AsyncIterator[Refunding]:
    transaction = transaction_id(mark, 10_000, "osuuspankki")
    async with served(database) as api, OutboundHttp(InnerAddresses.ALLOWED) as http:
        for name, value in ((PAYTRAIL_ACCOUNT, ACCOUNT), (PAYTRAIL_SECRET, SECRET)):
            await api.parts.secrets.set(KAUPPA, name, value)
        client = PaytrailClient(http, sandbox.places.url(Receiver.PAYTRAIL))
        url = str(api.client.base_url)
        await record(api.parts, 1, history(transaction))
        provider = PaytrailProvider(client, api.parts.secrets, url)
        yield Refunding(api, sandbox, provider, transaction)


def history(transaction: str) -> list[OrderFact]:
    """An order that was paid through Paytrail, and whose refund a worker has taken up."""
    sent = Transfer(
        transfer_id=TRANSFER,
        payment_id=PAYMENT,
        method=TransferMethod.PROVIDER,
        amount=Money(AMOUNT, "EUR"),
        key=f"{order_id_of(1)}/{TRANSFER}",
    )
    return [
        started(1),
        placed(1, "aino@example.com"),
        replace(received(1), provider="paytrail", transaction_id=transaction),
        RefundRequested(
            at=AT,
            refund_id=REFUND,
            lines=(RefundLine(line_id=LineId("1"), amount=AMOUNT, vat=1_016),),
            transfers=(sent,),
            by="laura",
        ),
        RefundTransferStarted(at=AT, refund_id=REFUND, transfer_id=TRANSFER, attempt=1, worker="w"),
    ]


async def test_a_refund_is_told_by_its_callback_as_well(
    database: Database, sandbox: SandboxProgram
) -> None:
    async with refunding(database, sandbox, 101) as one:
        assert isinstance(await one.ask(), Returned)
        await one.ends(TransferStage.DONE)


async def test_an_answer_that_was_lost_is_made_good_by_the_callback(
    database: Database, sandbox: SandboxProgram
) -> None:
    sandbox.trouble(Trouble(target="paytrail/osuuspankki", kind=Kind.LOST, next=1))
    async with refunding(database, sandbox, 102) as one:
        assert await one.ask() == NotKnown(code="connection_lost")
        await one.ends(TransferStage.DONE)


async def test_callbacks_that_come_late_and_three_times_return_the_money_once(
    database: Database, sandbox: SandboxProgram
) -> None:
    sandbox.instruct_paytrail(Instruction(manner=Manner.PENDING, next=1))
    async with refunding(database, sandbox, 103) as one:
        assert isinstance(await one.ask(), InProgress)
        ending = Ending(stamp=f"{order_id_of(1)}/{TRANSFER}", callbacks=3)
        # In a thread: until it is answered, the API of this very process is called.
        assert await asyncio.to_thread(sandbox.end_at_paytrail, ending) >= 1
        await one.ends(TransferStage.DONE)
        (made,) = [
            refund
            for refund in sandbox.paytrail_money().refunds
            if refund.payment_id == one.transaction
        ]
        assert made.callbacks == ["ok 200"] * 3


@pytest.mark.parametrize("manner", [Manner.FAIL, Manner.SHORT])
async def test_a_failure_is_told_with_a_transaction_or_without_one(
    database: Database, sandbox: SandboxProgram, manner: Manner
) -> None:
    sandbox.instruct_paytrail(Instruction(manner=manner, next=1))
    mark = 104 if manner is Manner.FAIL else 105
    async with refunding(database, sandbox, mark) as one:
        standing = await one.ask()
        assert isinstance(standing, Refused if manner is Manner.FAIL else InProgress)
        await one.ends(TransferStage.FAILED)
