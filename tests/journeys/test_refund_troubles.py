"""What goes wrong around refunds, each named: two people, a double click, other currencies, time.

What a provider or a worker would tell is recorded as the fact that it comes to.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import pytest
from msgspec.structs import replace
from psycopg import AsyncConnection

from adapters.bootstrap import Parts, open_parts
from adapters.commands.operating import CommandAnswer
from adapters.commands.refund_options import RefundLineOptions, RefundOptions
from adapters.master_key import generate_master_key
from adapters.postgres.keyring import CustomerRef
from domain.identifiers import ExternalRefundId, LineId, TransferId
from domain.money import Money
from domain.order.events import (
    CustomerDataErased,
    ExternalRefundObserved,
    OrderFact,
    PaymentReceived,
)
from domain.rejection import Rejection
from tests.adapters.commands.given import STREAM, asked, stand
from tests.adapters.http_api.served import settings_for
from tests.adapters.postgres.test_sealing import DESTROY
from tests.examples import (
    BUMP,
    BUMP_LINE,
    COURSE,
    COURSE_LINE,
    CUSTOMER,
    OPERATOR,
    PAYMENT,
    SECOND_PAYMENT,
    SHOP,
    TOTAL,
    at,
    euros,
    paid,
    placed,
    received,
    started,
)
from tests.journeys.order_desk import OrderDesk, granted, order_desk
from tests.journeys.test_seed_refund import line, money_back, refund_of, says
from tests.support import Database

WHOLE_COURSE = RefundOptions(
    lines=(RefundLineOptions(line_id=COURSE, amount=10_000, maximum_seen=10_000),)
)


@asynccontextmanager
async def two_processes(database: Database, *history: OrderFact) -> AsyncIterator[list[Parts]]:
    """Two ledgers on one database, as two web processes are."""
    settings = settings_for(database, generate_master_key())
    async with open_parts(settings) as one, open_parts(settings) as other:
        await one.shops.add(SHOP, "Courses")
        await stand(one, *history)
        yield [one, other]


async def erase_customer(desk: OrderDesk, database: Database) -> None:
    """Destroy the customer's key, and say so on the order."""
    parts, customer = desk.api.parts, CustomerRef(SHOP, CUSTOMER.email)
    key = (await parts.key_ring.ensure([customer]))[customer]
    async with await AsyncConnection.connect(database.owner_url, autocommit=True) as owner:
        await owner.execute(DESTROY)
    parts.key_ring.forget(key)
    await desk.happened(CustomerDataErased(at=at(30), customer_key=key, by=OPERATOR))


async def test_of_two_people_who_refund_the_same_at_once_one_is_refused(
    database: Database,
) -> None:
    async with two_processes(database, *paid()) as processes:
        tries = [
            parts.operations.refund(asked(f"k-{by}", by=by), WHOLE_COURSE)
            for parts, by in zip(processes, ("laura", "mikko"), strict=True)
        ]
        answers = await asyncio.gather(*tries, return_exceptions=True)
        facts = await processes[0].journal.read_stream(STREAM, len(paid()))

    refused = [one for one in answers if isinstance(one, Rejection)]
    granted_ones = [one for one in answers if isinstance(one, CommandAnswer)]
    assert [one.code for one in refused] == ["refundable_changed"]
    assert len(granted_ones) == 1
    assert [fact.name for fact in facts].count("RefundRequested") == 1


async def test_a_double_click_refunds_once_and_gets_the_same_answer_twice(
    database: Database,
) -> None:
    async with two_processes(database, *paid()) as processes:
        first, second = await asyncio.gather(
            *(parts.operations.refund(asked("k-1"), WHOLE_COURSE) for parts in processes)
        )
        later = await processes[0].operations.refund(asked("k-1"), WHOLE_COURSE)
        facts = await processes[0].journal.read_stream(STREAM, len(paid()))

    assert first.recorded == second.recorded == later.recorded
    assert sorted([first.is_repeat, second.is_repeat]) == [False, True]
    assert later.is_repeat
    assert [fact.name for fact in facts].count("RefundRequested") == 1


async def test_a_request_for_all_that_is_left_is_the_same_request_once_nothing_is_left(
    database: Database,
) -> None:
    everything = {"lines": [{"line_id": COURSE}, {"line_id": BUMP}], "excess": None}
    async with order_desk(database, *paid()) as desk:
        first = granted(await desk.ask("/refunds", everything, key="all"))
        again = granted(await desk.ask("/refunds", everything, key="all"))
        another = await desk.ask("/refunds", everything, key="again")
    assert again == first | {"is_repeat": True}
    assert another.status_code == HTTPStatus.CONFLICT
    assert another.json()["code"] == "nothing_to_refund"


async def test_a_form_that_was_open_while_a_colleague_refunded_is_refused(
    database: Database,
) -> None:
    async with order_desk(database, *paid()) as desk:
        form = await desk.preview()
        seen = form["lines"][0]["maximum"]["amount"]
        await desk.refund(line(COURSE, 1_000))

        late = await desk.ask("/refunds", {"lines": [line(COURSE, 2_000, maximum_seen=seen)]})
        other = await desk.ask("/refunds", {"lines": [line(BUMP, 2_000, maximum_seen=4_000)]})
    assert (late.status_code, late.json()["code"]) == (HTTPStatus.CONFLICT, "refundable_changed")
    assert other.status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    ("currency", "words"),
    [("JPY", "2500 JPY"), ("KWD", "2.500 KWD")],
)
async def test_yen_have_no_decimals_and_dinars_have_three(
    database: Database, currency: str, words: str
) -> None:
    payment: PaymentReceived = replace(received(), amount=Money(TOTAL, currency))
    history = (replace(started(), currency=currency), placed(), payment)
    async with order_desk(database, *history) as desk:
        await desk.configure("stripe")
        form = await desk.preview(f"{COURSE}=2500")
        await desk.refund(line(COURSE, 2_500))
        [refund] = (await desk.sheet())["refunds"]
    assert form["says"] == f"{words} goes back by itself."
    assert refund["amount"] == {"amount": 2_500, "currency": currency}
    assert refund["transfers"][0]["amount"] == {"amount": 2_500, "currency": currency}


async def test_three_thirds_of_99_euros_give_back_all_of_it_and_all_of_its_vat(
    database: Database,
) -> None:
    course = replace(COURSE_LINE, list_price=9_900, gross=9_900, vat=2_012)
    history = (started(), placed(lines=(course,)), received(amount=9_900))
    async with order_desk(database, *history) as desk:
        for _ in range(3):
            await desk.refund(line(COURSE, 3_300))
        sheet, form = await desk.sheet(), await desk.preview()
    shares = [refund["lines"][0]["vat"]["amount"] for refund in sheet["refunds"]]
    assert sum(shares) == 2_012
    assert max(shares) - min(shares) <= 1
    assert sheet["status"] == "refunded"
    assert form["lines"][0]["maximum"] == says(0)


async def test_a_sale_at_24_percent_is_refunded_at_24_percent_when_the_rate_is_25_5(
    database: Database,
) -> None:
    sold_then = replace(COURSE_LINE, vat_rate=2_400, vat=1_935)
    history = (started(), placed(lines=(sold_then, BUMP_LINE)), received())
    async with order_desk(database, *history) as desk:
        await desk.refund(line(COURSE, 10_000), line(BUMP, 4_000))
        vat = (await desk.sheet())["general"]["vat"]
    assert [(one["vat_rate"], one["refunded_vat"]) for one in vat] == [
        (2_550, says(813)),
        (2_400, says(1_935)),
    ]


async def test_an_order_paid_by_two_payments_gives_back_to_both(database: Database) -> None:
    history = (
        started(),
        placed(),
        received(amount=10_000),
        received(SECOND_PAYMENT, 4_000, provider="epassi"),
    )
    async with order_desk(database, *history) as desk:
        await desk.configure("stripe")
        await desk.refund(line(COURSE, 10_000), line(BUMP, 4_000))
        [refund] = (await desk.sheet())["refunds"]
    assert [(one["payment_id"], one["method"], one["amount"]) for one in refund["transfers"]] == [
        (PAYMENT, "provider", says(10_000)),
        (SECOND_PAYMENT, "manual", says(4_000)),
    ]
    assert refund["transfers"][1]["standing"] == "waiting"


async def test_an_order_paid_twice_gives_the_excess_back_and_keeps_its_lines(
    database: Database,
) -> None:
    async with order_desk(database, *paid(), received(SECOND_PAYMENT, minute=5)) as desk:
        await desk.configure("stripe")
        form = await desk.preview()
        await desk.refund(excess=None)
        sheet = await desk.sheet()
    assert form["excess_maximum"] == says(TOTAL)
    assert sheet["general"]["total"] == says(TOTAL)
    assert (sheet["status"], sheet["payment_status"]) == ("completed", "paid")
    [refund] = sheet["refunds"]
    assert (refund["amount"], refund["excess"]) == (says(0), says(TOTAL))
    assert len(refund["transfers"]) == 1


async def test_an_erased_customer_can_be_refunded_and_the_reason_is_not_kept(
    database: Database,
) -> None:
    async with order_desk(database, *paid()) as desk:
        await erase_customer(desk, database)
        await desk.configure("stripe")
        await desk.refund(line(COURSE, 10_000), reason="Aino called")
        sheet = await desk.sheet()
    assert sheet["customer"]["is_erased"]
    [refund] = sheet["refunds"]
    assert refund["in_flight"] == says(10_000)
    assert refund["reason"] == ""


async def test_a_dashboard_refund_after_a_recorded_only_one_settles_it_and_counts_once(
    database: Database,
) -> None:
    async with order_desk(database, *paid()) as desk:
        refund_id = refund_of(await desk.refund(line(COURSE, 10_000), refund_payments=False))
        await desk.happened(
            ExternalRefundObserved(
                at=at(90),
                external_refund_id=ExternalRefundId("re_9"),
                payment_id=PAYMENT,
                amount=euros(10_000),
                matched_refund=refund_id,
                matched_transfer=TransferId(f"{refund_id}/1"),
            )
        )
        sheet = await desk.sheet()
    assert sheet["general"]["total"] == says(4_000)
    assert sheet["general"]["returned"] == says(10_000)
    [refund], [external] = sheet["refunds"], sheet["external_refunds"]
    assert (refund["returned"], refund["recorded_only"]) == (says(10_000), says(0))
    assert external["says"].endswith(f"it counts as refund {refund_id}.")


async def test_a_dashboard_refund_that_nobody_asked_for_is_allocated_by_a_person(
    database: Database,
) -> None:
    observed = ExternalRefundObserved(
        at=at(50),
        external_refund_id=ExternalRefundId("re_9"),
        payment_id=PAYMENT,
        amount=euros(10_500),
    )
    async with order_desk(database, *paid(), observed) as desk:
        answer = granted(
            await desk.ask("/external-refunds/re_9/allocate", {"lines": [line(COURSE, 10_000)]})
        )
        again = await desk.ask("/external-refunds/re_9/allocate", {"lines": [line(BUMP, 1)]})
        sheet = await desk.sheet()
    assert [one["says"] for one in answer["cautions"]] == [
        "5.00 EUR of it is for no line; it counts as money above the total that went back."
    ]
    assert again.json()["code"] == "already_allocated"
    assert sheet["general"]["total"] == says(4_000)
    assert sheet["general"]["returned"] == says(10_500)


async def test_a_partial_refund_that_was_restored_can_be_recorded_again_and_money_stays_counted(
    database: Database,
) -> None:
    async with order_desk(database, *paid()) as desk:
        await desk.configure("stripe")
        first = refund_of(await desk.refund(line(COURSE, 10_000)))
        await desk.happened(*money_back(first))
        await desk.complete(restore_refunded_data=True)

        too_much = await desk.ask("/refunds", {"lines": [line(COURSE, 4_001)]})
        second = refund_of(await desk.refund(line(COURSE, 4_000)))
        await desk.happened(*money_back(second))
        await desk.refund(line(COURSE, 6_000), refund_payments=False)
        sheet = await desk.sheet()
    assert too_much.json()["code"] == "over_returnable"
    assert sheet["general"]["total"] == says(4_000)
    assert [one["is_restored"] for one in sheet["refunds"]] == [True, False, False]
    assert sheet["general"]["returned"] == says(14_000)


async def _owed(database: Database) -> tuple[Any, Any, Any]:
    async with order_desk(database, *paid(provider="invoice")) as desk:
        refund_id = refund_of(await desk.refund(line(COURSE, 10_000)))
        word = {"transfer_id": f"{refund_id}/1"}
        first = await desk.ask(f"/refunds/{refund_id}/confirm", word)
        again = await desk.ask(f"/refunds/{refund_id}/confirm", word)
        unpaid = await desk.ask(f"/refunds/{refund_id}/confirm", word | {"was_paid": False})
        return first, again, unpaid


async def test_a_payback_that_is_confirmed_twice_counts_once(database: Database) -> None:
    first, again, unpaid = await _owed(database)
    assert first.json()["recorded"][0]["event"] == "RefundTransferred"
    assert (again.status_code, again.json()["recorded"]) == (HTTPStatus.OK, [])
    assert again.json()["is_repeat"] is False
    assert unpaid.json()["code"] == "transfer_not_unresolved"


async def test_a_refund_that_there_is_not_cannot_be_confirmed(database: Database) -> None:
    async with order_desk(database, *paid()) as desk:
        answer = await desk.ask("/refunds/r-0/confirm", {"transfer_id": "r-0/1"})
        line_unknown = await desk.ask("/refunds", {"lines": [line(LineId("gone"), 1)]})
    assert (answer.status_code, answer.json()["code"]) == (HTTPStatus.NOT_FOUND, "refund_unknown")
    assert line_unknown.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
