"""Paytrail's callbacks over HTTP: signed, about one transfer, as often and as late as they come."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

import pytest
from httpx2 import Response
from msgspec.structs import replace

from adapters.clock import utc_now
from adapters.postgres.secrets import PAYTRAIL_ACCOUNT, PAYTRAIL_SECRET
from adapters.providers.news_store import NewsStore
from adapters.providers.paytrail.naming import callback_urls
from adapters.providers.paytrail.signing import signature_of
from domain.identifiers import LineId, PaymentId, RefundId, ShopId, TransferId, order_stream
from domain.money import Money
from domain.order.events import OrderFact, RefundRequested, RefundTransferStarted
from domain.order.parts import TransferState
from domain.order.stages import TransferStage
from domain.order.values import RefundLine, Transfer, TransferMethod
from tests.adapters.http_api.recorded import AT, order_id_of, placed, received, record, started
from tests.adapters.http_api.served import KAUPPA, TOINEN, Api, served
from tests.adapters.messaging.under_way import until
from tests.support import Database

SECRET = "a secret of the shop's account"
REFUND, TRANSFER = RefundId("refund/1"), TransferId("refund/1/1")
KEY = f"{order_id_of(1)}/{TRANSFER}"
TOLD = {
    "checkout-account": "700001",
    "checkout-algorithm": "sha512",
    "checkout-amount": "5000",
    "checkout-stamp": KEY,
    "checkout-reference": "2026-1",
    "checkout-transaction-id": "t-1",
    "checkout-status": "ok",
    "checkout-provider": "nordea",
    "checkout-settlement-reference": "",
}
WITHOUT_ID = {name: value for name, value in TOLD.items() if name != "checkout-transaction-id"}
FAILED = TOLD | {"checkout-status": "fail"}


@asynccontextmanager
async def refunding(database: Database) -> AsyncIterator[Api]:
    """Serve the API, with an order whose refund is on its way to Paytrail."""
    async with served(database) as api:
        for shop in (KAUPPA, TOINEN):
            await api.parts.secrets.set(shop, PAYTRAIL_ACCOUNT, "700001")
            await api.parts.secrets.set(shop, PAYTRAIL_SECRET, SECRET + shop)
        amount = Money(5_000, "EUR")
        sent = Transfer(
            transfer_id=TRANSFER,
            payment_id=PaymentId("p-1"),
            method=TransferMethod.PROVIDER,
            amount=amount,
            key=KEY,
        )
        requested = RefundRequested(
            at=AT,
            refund_id=REFUND,
            lines=(RefundLine(line_id=LineId("1"), amount=5_000, vat=1_016),),
            transfers=(sent,),
            by="laura",
        )
        begun = RefundTransferStarted(
            at=AT, refund_id=REFUND, transfer_id=TRANSFER, attempt=1, worker="w"
        )
        paid = replace(received(1), provider="paytrail")
        history: list[OrderFact] = [started(1), placed(1, "a@example.com"), paid, requested, begun]
        await record(api.parts, 1, history)
        yield api


async def tell(
    api: Api,
    told: dict[str, str] = TOLD,
    *,
    shop: ShopId = KAUPPA,
    outcome: str = "success",
    secret: str = SECRET + KAUPPA,
    unsigned: Mapping[str, str] = {},
) -> Response:
    urls = callback_urls("", shop, KEY)
    path = urls.success.removesuffix("success") + outcome
    signature = signature_of(secret, told)
    return await api.client.get(path, params={**told, "signature": signature, **unsigned})


async def transfer(api: Api) -> TransferState:
    """Read the transfer as the journal has it."""
    stream = order_stream(KAUPPA, order_id_of(1))
    order = (await api.parts.order_store.refresh([stream]))[stream].order
    found = order.transfer(REFUND, TRANSFER)
    assert found is not None
    return found


async def until_stage(api: Api, stage: TransferStage) -> TransferState:
    """Wait until the news was taken in."""

    async def is_there() -> bool:
        return (await transfer(api)).stage is stage

    await until(is_there)
    return await transfer(api)


async def is_any_kept(api: Api) -> bool:
    """Say whether news is kept that waits."""
    far_ahead = utc_now().replace(year=2100)
    return bool(await NewsStore(api.parts.pool).due(far_ahead, 1))


async def test_a_success_ends_the_transfer_under_the_refunds_own_id(database: Database) -> None:
    async with refunding(database) as api:
        answer = await tell(api)

        assert (answer.status_code, answer.content) == (200, b"")
        assert (await until_stage(api, TransferStage.DONE)).reference == "t-1"


async def test_pending_is_noted_and_may_still_end_either_way(database: Database) -> None:
    async with refunding(database) as api:
        await tell(api, TOLD | {"checkout-status": "pending"})
        await until_stage(api, TransferStage.PENDING)
        await tell(api, FAILED, outcome="cancel")

        assert (await until_stage(api, TransferStage.FAILED)).code == "refund_failed"


async def test_a_failure_without_a_transaction_is_recognised_by_the_address(
    database: Database,
) -> None:
    async with refunding(database) as api:
        answer = await tell(api, WITHOUT_ID | {"checkout-status": "fail"}, outcome="cancel")

        assert answer.status_code == 200
        assert (await until_stage(api, TransferStage.FAILED)).code == "refund_refused"


async def test_twice_is_once(database: Database) -> None:
    async with refunding(database) as api:
        answers = await asyncio.gather(*(tell(api) for _ in range(5)))
        await until_stage(api, TransferStage.DONE)
        await tell(api)

        assert [answer.status_code for answer in answers] == [200] * 5
        stream = order_stream(KAUPPA, order_id_of(1))
        order = (await api.parts.order_store.refresh([stream]))[stream].order
        assert (order.returned_total, order.external_refunds) == (5_000, ())


async def test_pending_that_comes_after_the_end_changes_nothing(database: Database) -> None:
    async with refunding(database) as api:
        await tell(api)
        await until_stage(api, TransferStage.DONE)
        await tell(api, TOLD | {"checkout-status": "pending"})

        async def is_taken_in() -> bool:
            return not await is_any_kept(api)

        await until(is_taken_in)

        assert (await transfer(api)).stage is TransferStage.DONE


async def test_more_parameters_than_paytrails_change_nothing(database: Database) -> None:
    async with refunding(database) as api:
        assert (await tell(api, unsigned={"ours": "kept"})).status_code == 200


async def test_another_shops_secret_opens_nothing(database: Database) -> None:
    async with refunding(database) as api:
        answers = [
            await tell(api, secret=SECRET),
            await tell(api, shop=TOINEN),
            await tell(api, shop=ShopId("nobody")),
        ]

        assert [answer.status_code for answer in answers] == [400] * 3
        assert {answer.json()["code"] for answer in answers} == {"not_signed"}
        assert not await is_any_kept(api)


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        (FAILED, "success"),
        (TOLD, "cancel"),
        (TOLD | {"checkout-stamp": "the-payments-own"}, "success"),
        (TOLD | {"checkout-account": "700002"}, "success"),
    ],
)
async def test_what_disagrees_with_the_address_is_refused(
    database: Database, told: dict[str, str], outcome: str
) -> None:
    async with refunding(database) as api:
        answer = await tell(api, told, outcome=outcome)

        assert (answer.status_code, answer.json()["code"]) == (422, "callback_disagrees")
        assert not await is_any_kept(api)
        assert (await transfer(api)).stage is TransferStage.STARTED


async def test_another_amount_ends_no_transfer(database: Database) -> None:
    async with refunding(database) as api:
        await tell(api, TOLD | {"checkout-amount": "5001"})
        await until(partial(is_any_kept, api))

        assert (await transfer(api)).stage is TransferStage.STARTED


async def test_too_many_parameters_are_not_even_read(database: Database) -> None:
    async with refunding(database) as api:
        answer = await tell(api, unsigned={f"n{number}": "" for number in range(101)})
        assert (answer.status_code, answer.json()["code"]) == (400, "not_signed")
