"""Refunds over HTTP: the preview's query, what is refused, and the list of what is open."""

import asyncio
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from msgspec.structs import replace

from adapters.auth.roles import Role
from adapters.running.waiting import wait_for
from domain.configuration.settings import ActionLevel, KajabiGrant
from domain.identifiers import ActionId, LineId, PaymentId
from domain.order.events import (
    ActionRequested,
    ActionStarted,
    ActionSucceeded,
    OrderFact,
    RefundIssued,
)
from domain.order.values import PlannedAction, RefundLine, RunCause, TransferMethod
from projections.grants.projection import GRANTS
from tests.adapters.commands.given import stand
from tests.adapters.http_api.recorded import (
    AT,
    followed,
    order_id_of,
    placed,
    received,
    record,
    started,
)
from tests.adapters.http_api.served import TOINEN, Api, served
from tests.adapters.http_api.test_order_commands import desk
from tests.examples import (
    COURSE,
    ORDER_ID,
    REFUND,
    paid,
    refund_requested,
    transfer,
)
from tests.support import Database

PREVIEW = f"/orders/{ORDER_ID}/refund-preview"


def owed(number: int) -> list[OrderFact]:
    """An order whose refund is to be paid back by hand."""
    asked = refund_requested(
        replace(transfer(1_000, TransferMethod.MANUAL), payment_id=PaymentId("p-1")),
        lines=(RefundLine(line_id=LineId("1"), amount=1_000, vat=203),),
    )
    at = AT + timedelta(hours=number)
    return [
        started(number),
        placed(number, f"m{number}@example.com"),
        received(number),
        replace(asked, at=at),
        RefundIssued(at=at, refund_id=REFUND),
    ]


@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        ({}, [10_000, 4_000]),
        ({"line": "course=2500"}, [2_500, 0]),
        ({"line": ["course=2500", "bump"]}, [2_500, 4_000]),
        ({"line": "bump", "refund_payments": "false"}, [0, 4_000]),
        ({"line": "bump", "by_hand": "true"}, [0, 4_000]),
    ],
)
async def test_the_preview_is_of_what_the_query_asks_for(
    database: Database, query: dict[str, Any], amounts: list[int]
) -> None:
    async with served(database) as api:
        await stand(api.parts, *paid())
        person = await desk(api)
        shown = (await api.get(PREVIEW, person.access_key, **query)).json()
    assert [one["amount"]["amount"] for one in shown["lines"]] == amounts


@pytest.mark.parametrize(
    ("query", "status", "says"),
    [
        ({"line": "course=1e3"}, HTTPStatus.BAD_REQUEST, "is not an amount in minor units"),
        ({"line": "course=\u0665"}, HTTPStatus.BAD_REQUEST, "is not an amount in minor units"),
        ({"line": f"course={10**12}"}, HTTPStatus.BAD_REQUEST, "Expected `int` <="),
        (
            {"line": "course=1", "remove_access": "bump"},
            HTTPStatus.BAD_REQUEST,
            "'bump' is not among the lines",
        ),
        ({"amount": "1"}, HTTPStatus.BAD_REQUEST, "Unknown parameter 'amount'"),
        ({"line": "course=10001"}, HTTPStatus.CONFLICT, "0.01 EUR to 100.00 EUR, not by 100.01"),
        ({"line": "gone=1"}, HTTPStatus.UNPROCESSABLE_ENTITY, "no line 'gone'"),
        ({"excess": "1"}, HTTPStatus.CONFLICT, "The order has 0.00 EUR above its total"),
    ],
)
async def test_what_cannot_be_asked_for_is_refused_with_its_reason(
    database: Database, query: dict[str, str], status: HTTPStatus, says: str
) -> None:
    async with served(database) as api:
        await stand(api.parts, *paid())
        person = await desk(api)
        answer = await api.get(PREVIEW, person.access_key, **query)
    assert answer.status_code == status, answer.text
    assert says in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"lines": [{"line_id": COURSE, "amount": -1}]},
        {"lines": [{"line_id": COURSE, "amount": 1.5}]},
        {"lines": [{"line_id": COURSE, "amount": 10**12}]},
        {"lines": [{"line_id": COURSE, "amount": 1, "currency": "EUR"}]},
        {"lines": [], "reason": "\x1b[2J"},
        {"lines": [], "reason": "x" * 501},
    ],
)
async def test_a_body_that_is_no_refund_is_refused(database: Database, body: Any) -> None:
    async with served(database) as api:
        await stand(api.parts, *paid())
        answer = await (await desk(api)).ask("/refunds", body)
    assert answer.status_code == HTTPStatus.BAD_REQUEST, answer.text


async def test_rivals_at_one_order_each_get_an_answer_of_their_own(database: Database) -> None:
    async with served(database) as api:
        await stand(api.parts, *paid())
        person = await desk(api)
        body = {"lines": [{"line_id": COURSE, "amount": 1_500}]}
        answers = await asyncio.gather(
            *(person.ask("/refunds", body, key=f"rival-{number}") for number in range(8))
        )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [HTTPStatus.OK] * 6 + [HTTPStatus.CONFLICT] * 2
    refused = {answer.json()["code"] for answer in answers if not answer.is_success}
    assert refused == {"amount_out_of_range"}


async def test_a_dry_run_says_what_would_be_recorded_and_needs_no_key(database: Database) -> None:
    async with served(database) as api:
        await stand(api.parts, *paid())
        head = await api.parts.journal.head()
        answer = await (await desk(api)).ask(
            "/refunds", {"lines": [{"line_id": COURSE}]}, key=None, dry_run="true"
        )
        assert await api.parts.journal.head() == head
    assert answer.json()["is_dry_run"] is True
    assert answer.json()["recorded"][0]["says"].startswith("Refund of 100.00 EUR")


async def _all_pages(api: Api, key: str, **query: Any) -> list[str]:
    numbers: list[str] = []
    cursor: str | None = None
    while True:
        page = (
            await api.get("/refunds", key, **query, **({"cursor": cursor} if cursor else {}))
        ).json()
        numbers += [order["number"] for order in page["orders"]]
        cursor = page["next_cursor"]
        if cursor is None:
            return numbers


async def test_what_is_owed_is_listed_page_by_page_what_waits_longest_first(
    database: Database,
) -> None:
    async with served(database) as api, followed(api.parts):
        key = await api.key(Role.VIEWER)
        for number in (3, 1, 2):
            position = await record(api.parts, number, owed(number))

        page = (await api.get("/refunds", key, state="owed", min_position=position)).json()
        numbers = await _all_pages(api, key, state="owed", limit=1)
        every = await _all_pages(api, key, limit=2)
        nothing = await _all_pages(api, key, state="open")
        wrong = await api.get("/refunds", key, state="paid")

    assert numbers == every == ["2026-1", "2026-2", "2026-3"]
    assert nothing == []
    first = page["orders"][0]
    assert (first["order_id"], first["email"]) == (str(order_id_of(1)), "m1@example.com")
    [item] = first["items"]
    assert (item["kind"], item["amount"]) == ("owed", {"amount": 1_000, "currency": "EUR"})
    assert item["says"] == "Pay it back in Stripe's own service, then confirm it."
    assert wrong.status_code == HTTPStatus.BAD_REQUEST
    assert "Known: owed, open, unallocated" in wrong.json()["detail"]


async def test_the_list_shows_each_shop_its_own(database: Database) -> None:
    async with served(database) as api, followed(api.parts):
        position = await record(api.parts, 1, owed(1))
        key = await api.key_to(TOINEN)
        page = (await api.get("/refunds", key, min_position=position)).json()
    assert page == {"orders": [], "next_cursor": None}


def granted(number: int) -> list[OrderFact]:
    """A paid order that gave its customer the one course there is."""
    course = PlannedAction(
        action_id=ActionId("a-1"),
        name=f"Course of order {number}",
        level=ActionLevel.PRODUCT,
        line_id=LineId("1"),
        settings=KajabiGrant(
            offer_name="Watercolours",
            activation_url="https://school.example.com/on",
            deactivation_url="https://school.example.com/off",
        ),
    )
    form = replace(placed(number, "maija@example.com"), actions=(course,))
    return [
        started(number),
        form,
        received(number),
        ActionRequested(
            at=AT,
            action_id=course.action_id,
            run=1,
            cause=RunCause.PAYMENT,
            key=f"k/{number}",
            settings=course.settings,
            revision=0,
        ),
        ActionStarted(at=AT, action_id=course.action_id, run=1, attempt=1, worker="w"),
        ActionSucceeded(at=AT, action_id=course.action_id, run=1, attempt=1),
    ]


async def test_the_preview_says_which_access_another_order_of_the_customer_keeps(
    database: Database,
) -> None:
    path = f"/orders/{order_id_of(1)}/refund-preview"
    ticked = {"line": "1=10000", "remove_access": "1"}
    async with served(database) as api, followed(api.parts):
        key = await api.key(Role.VIEWER)
        position = await record(api.parts, 1, granted(1))
        assert await wait_for(api.parts.pool, position, [GRANTS.name])
        alone = (await api.get(path, key, **ticked)).json()
        position = await record(api.parts, 2, granted(2))
        assert await wait_for(api.parts.pool, position, [GRANTS.name])
        spared = (await api.get(path, key, **ticked)).json()

    assert [one["effect"] for one in alone["accesses"]] == ["taken_back"]
    assert [one["effect"] for one in spared["accesses"]] == ["spared"]
    assert spared["accesses"][0]["says"] == (
        "It stays: Course of order 2 of order 2026-2 gives it too."
    )
