"""The seed's *Refund*, sentence by sentence: docs/seed-coverage.md quotes each.

What a provider or a worker would tell is recorded as the fact that it comes to.
"""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import pytest
from msgspec.structs import replace

from domain.identifiers import RefundId, TransferId
from domain.order.events import (
    OrderCompleted,
    OrderFact,
    RefundIssued,
    RefundTransferred,
)
from tests.examples import (
    BUMP,
    CLUB_ACTION,
    COURSE,
    GRANT,
    GRANT_ACTION,
    at,
    done,
    paid,
    placed,
    received,
    started,
)
from tests.journeys.order_desk import OrderDesk, order_desk
from tests.support import Database

GRANTED = (
    *paid(GRANT_ACTION, CLUB_ACTION),
    *done(GRANT_ACTION),
    *done(CLUB_ACTION),
    OrderCompleted(at=at(6)),
)
COURSE_GRANTED = (*paid(GRANT_ACTION), *done(GRANT_ACTION), OrderCompleted(at=at(6)))


def line(line_id: str, amount: int, **options: Any) -> dict[str, Any]:
    return {"line_id": line_id, "amount": amount, **options}


def says(money: int) -> dict[str, Any]:
    return {"amount": money, "currency": "EUR"}


def refund_of(answer: Any) -> RefundId:
    """Read a refund's id out of what was recorded for it."""
    words = answer["recorded"][0]["says"].split()
    return RefundId(words[words.index("Refund") + 1])


def money_back(refund_id: RefundId) -> tuple[OrderFact, ...]:
    """Tell what a worker would once the provider has given the money back."""
    returned = RefundTransferred(
        at=at(70), refund_id=refund_id, transfer_id=TransferId(f"{refund_id}/1"), reference="re_1"
    )
    return returned, RefundIssued(at=at(70), refund_id=refund_id)


@pytest.mark.parametrize(
    ("lines", "status", "payment_status"),
    [
        ([line(COURSE, 2_500)], "partially_refunded", "partially_refunded"),
        ([line(COURSE, 10_000), line(BUMP, 4_000)], "refunded", "refunded"),
    ],
    ids=["in part", "in full"],
)
async def test_it_returns_payment_in_full_or_in_part(
    database: Database, lines: list[dict[str, Any]], status: str, payment_status: str
) -> None:
    async with order_desk(database, *paid()) as desk:
        await desk.configure("stripe")

        answer = await desk.refund(*lines)
        await desk.happened(*money_back(refund_of(answer)))

        sheet = await desk.sheet()
    assert (sheet["status"], sheet["payment_status"]) == (status, payment_status)
    assert sheet["general"]["returned"] == says(sum(one["amount"] for one in lines))


async def test_refunds_go_through_the_original_provider_where_that_is_supported(
    database: Database,
) -> None:
    async with order_desk(database, *paid()) as desk:
        await desk.configure("stripe", "paytrail")

        await desk.refund(line(COURSE, 2_500))

        [refund] = (await desk.sheet())["refunds"]
    [transfer] = refund["transfers"]
    assert (transfer["provider"], transfer["payment_id"]) == ("stripe", "payment-1")
    assert (transfer["method"], transfer["standing"]) == ("provider", "in_flight")
    assert refund["status"] == "requested"


async def ways_back(desk: OrderDesk, *lines: str) -> list[bool]:
    """Say of each way back whether the money moves by itself."""
    return [way["moves_by_itself"] for way in (await desk.preview(*lines))["transfers"]]


@pytest.mark.parametrize("provider", ["stripe", "paytrail"])
async def test_stripe_and_paytrail_support_full_and_partial_refunds(
    database: Database, provider: str
) -> None:
    async with order_desk(database, *paid(provider=provider)) as desk:
        await desk.configure(provider)
        assert await ways_back(desk) == [True]
        assert await ways_back(desk, f"{COURSE}=2500") == [True]


async def test_epassi_supports_full_refunds_only(database: Database) -> None:
    today = replace(received(provider="epassi"), at=datetime.now(UTC))
    async with order_desk(database, started(), placed(), today) as desk:
        await desk.configure("epassi")
        assert await ways_back(desk) == [True]
        assert await ways_back(desk, f"{COURSE}=2500") == [False]


async def test_a_partial_epassi_refund_is_recorded_but_not_returned_automatically(
    database: Database,
) -> None:
    async with order_desk(database, *paid(provider="epassi")) as desk:
        await desk.configure("epassi")
        [way] = (await desk.preview(f"{COURSE}=2500"))["transfers"]

        answer = await desk.refund(line(COURSE, 2_500))

        sheet = await desk.sheet()
    assert "No money moves by itself: Epassi returns whole payments only." in way["says"]
    assert [one["code"] for one in answer["cautions"]] == ["paid_back_by_hand"]
    assert sheet["general"]["total"] == says(11_500)
    assert sheet["general"]["returned"] == says(0)
    assert sheet["refunds"][0]["owed"] == says(2_500)


async def test_what_no_method_supports_is_paid_back_by_hand_and_confirmed(
    database: Database,
) -> None:
    async with order_desk(database, *paid(provider="invoice")) as desk:
        [way] = (await desk.preview(f"{COURSE}=10000"))["transfers"]
        refund_id = refund_of(await desk.refund(line(COURSE, 10_000)))
        owed = await desk.sheet()

        await desk.confirm(refund_id, transfer_id=f"{refund_id}/1", reference="bank 17")

        settled = await desk.sheet()
    assert way["says"].endswith("Pay it back the way it was paid, then confirm it.")
    assert owed["refunds"][0]["owed"] == says(10_000)
    assert owed["refunds"][0]["transfers"][0]["says"].startswith("Owed. Pay it back")
    assert settled["refunds"][0]["owed"] == says(0)
    assert settled["general"]["returned"] == says(10_000)
    assert settled["refunds"][0]["transfers"][0]["reference"] == "bank 17"


async def test_the_form_has_what_a_refund_can_be_given(database: Database) -> None:
    async with order_desk(database, *GRANTED) as desk:
        form = await desk.preview()
    assert [one["line_id"] for one in form["lines"]] == [COURSE, BUMP]
    assert {"maximum", "can_remove_access"} <= form["lines"][0].keys()
    assert {"refund_payments", "can_remove_offer_access"} <= form.keys()


@pytest.mark.parametrize("amount", [1, 2_500, 10_000])
async def test_each_product_can_be_refunded_partially_or_in_full(
    database: Database, amount: int
) -> None:
    async with order_desk(database, *paid()) as desk:
        await desk.refund(line(COURSE, amount))

        course, bump = (await desk.sheet())["general"]["lines"]
    assert (course["refunded"], bump["refunded"]) == (says(amount), says(0))


async def test_the_form_shows_the_maximum_of_each_product(database: Database) -> None:
    async with order_desk(database, *paid()) as desk:
        before = await desk.preview()
        await desk.refund(line(COURSE, 2_500))
        after = await desk.preview()
        too_much = await desk.ask("/refunds", {"lines": [line(COURSE, 7_501)]})

    assert [one["maximum"] for one in before["lines"]] == [says(10_000), says(4_000)]
    assert [one["maximum"] for one in after["lines"]] == [says(7_500), says(4_000)]
    assert [one["refunded"] for one in after["lines"]] == [says(2_500), says(0)]
    assert too_much.status_code == HTTPStatus.CONFLICT
    assert too_much.json()["code"] == "amount_out_of_range"


async def test_refund_payments_is_checked_by_default_and_asks_the_provider(
    database: Database,
) -> None:
    async with order_desk(database, *paid()) as desk:
        await desk.configure("stripe")
        form = await desk.preview()
        await desk.refund(line(COURSE, 2_500))
        [refund] = (await desk.sheet())["refunds"]
    assert form["refund_payments"] is True
    assert [one["method"] for one in refund["transfers"]] == ["provider"]


async def test_unchecked_it_is_recorded_in_the_order_data_only_and_returns_nothing(
    database: Database,
) -> None:
    async with order_desk(database, *paid()) as desk:
        await desk.configure("stripe")
        form = await desk.preview(f"{COURSE}=10000", refund_payments=False)

        await desk.refund(line(COURSE, 10_000), refund_payments=False)

        sheet = await desk.sheet()
    assert form["says"] == "100.00 EUR is recorded as refunded, and no money is returned."
    assert sheet["status"] == "partially_refunded"
    assert sheet["general"]["total"] == says(4_000)
    assert sheet["general"]["returned"] == says(0)
    [refund] = sheet["refunds"]
    assert (refund["recorded_only"], refund["owed"]) == (says(10_000), says(0))


async def test_remove_access_is_shown_when_the_amount_equals_the_full_price(
    database: Database,
) -> None:
    async with order_desk(database, *COURSE_GRANTED) as desk:
        part = await desk.preview(f"{COURSE}=9999")
        whole = await desk.preview(f"{COURSE}=10000")
        refused = await desk.ask("/refunds", {"lines": [line(COURSE, 9_999, remove_access=True)]})
        await desk.refund(line(COURSE, 6_000))
        rest = await desk.preview(f"{COURSE}=4000")

    assert [one["can_remove_access"] for one in part["lines"]] == [False, False]
    assert [one["can_remove_access"] for one in whole["lines"]] == [True, False]
    assert [one["can_remove_access"] for one in rest["lines"]] == [True, False]
    assert refused.json()["code"] == "line_not_refunded_in_full"


async def test_it_removes_the_customers_access_automatically(database: Database) -> None:
    async with order_desk(database, *COURSE_GRANTED) as desk:
        answer = await desk.refund(line(COURSE, 10_000, remove_access=True), refund_payments=False)
        actions = (await desk.sheet())["actions"]

    [removal] = answer["fires"]
    assert (removal["kind"], removal["name"]) == ("access_removal", "Remove access: Course access")
    assert removal["recipient"] == "aino@example.com"
    assert [(one["kind"], one["status"]) for one in actions] == [
        ("kajabi_grant", "succeeded"),
        ("access_removal", "requested"),
    ]


async def test_access_stays_unless_its_removal_is_ticked(database: Database) -> None:
    async with order_desk(database, *COURSE_GRANTED) as desk:
        answer = await desk.refund(line(COURSE, 10_000), refund_payments=False)
    assert answer["fires"] == []


async def test_remove_offer_access_is_shown_only_with_offer_or_order_level_grants(
    database: Database,
) -> None:
    async with order_desk(database, *GRANTED) as desk:
        form = await desk.preview()
    assert form["can_remove_offer_access"] is True


async def test_without_such_grants_its_removal_is_neither_shown_nor_done(
    database: Database,
) -> None:
    async with order_desk(database, *COURSE_GRANTED) as desk:
        form = await desk.preview()
        refused = await desk.ask(
            "/refunds", {"lines": [line(COURSE, 1)], "remove_offer_access": True}
        )
    assert form["can_remove_offer_access"] is False
    assert refused.json()["code"] == "no_offer_access"


async def test_it_removes_access_that_the_offer_gave(database: Database) -> None:
    async with order_desk(database, *GRANTED) as desk:
        answer = await desk.refund(
            line(BUMP, 4_000), refund_payments=False, remove_offer_access=True
        )
        course = await desk.action(GRANT)
    assert [one["name"] for one in answer["fires"]] == ["Remove access: Club access"]
    assert course["status"] == "succeeded"


async def test_an_order_is_marked_refunded_even_when_no_direct_refund_is_possible(
    database: Database,
) -> None:
    async with order_desk(database, *paid(provider="invoice")) as desk:
        await desk.refund(line(COURSE, 10_000), line(BUMP, 4_000))
        sheet = await desk.sheet()
    assert (sheet["status"], sheet["payment_status"]) == ("refunded", "refunded")
    assert sheet["refunds"][0]["owed"] == says(14_000)


async def test_a_refund_lessens_the_totals_that_reports_are_made_of(database: Database) -> None:
    async with order_desk(database, *paid(provider="invoice")) as desk:
        before = (await desk.sheet())["general"]
        await desk.refund(line(COURSE, 10_000), refund_payments=False)
        after = (await desk.sheet())["general"]
    assert (before["total"], after["total"]) == (says(14_000), says(4_000))
    [rate] = after["vat"]
    assert (rate["refunded"], rate["refunded_vat"]) == (says(10_000), says(2_032))


async def test_restoring_brings_the_data_back_while_returned_money_stays_returned(
    database: Database,
) -> None:
    async with order_desk(database, *paid()) as desk:
        await desk.configure("stripe")
        answer = await desk.refund(line(COURSE, 10_000))
        await desk.happened(*money_back(refund_of(answer)))

        told = await desk.complete(restore_refunded_data=True)

        sheet, form = await desk.sheet(), await desk.preview()
    assert "data_restored" in [one["code"] for one in told["cautions"]]
    assert sheet["general"]["total"] == says(14_000)
    assert (sheet["status"], sheet["payment_status"]) == ("marked_as_completed", "paid")
    assert sheet["general"]["returned"] == says(10_000)
    assert form["returnable"] == says(4_000)
    assert [one["maximum"] for one in form["lines"]] == [says(4_000), says(4_000)]
