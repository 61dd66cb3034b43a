"""What the merchant's page says of Order Management as a whole: docs/seed-coverage.md quotes each.

What one dialog or list says of itself is tested beside it.
"""

from collections.abc import Sequence
from typing import Any

import pytest

from adapters.auth.roles import Role
from adapters.http_api.freshness import catch_up
from adapters.providers.configured import CREDENTIALS_BY_PROVIDER
from adapters.running.projections import READ_MODELS
from adapters.web.regions import Region
from domain.order.events import ActionCancelled, OrderCompleted, OrderFact
from domain.order.stages import CancelReason
from domain.order.values import TransferMethod
from tests.adapters.commands.given import stand
from tests.adapters.http_api.recorded import (
    followed,
    order_id_of,
    placed,
    received,
    record,
    started,
)
from tests.adapters.web import seen, troubled
from tests.adapters.web.asked import Asked
from tests.adapters.web.desk import desk
from tests.adapters.web.listed import Seen
from tests.adapters.web.opened import ORDER, Opened, opened
from tests.adapters.web.refunding import DIALOG, button_of, refunding, said_by, words_of
from tests.adapters.web.seen import links_of, text_of
from tests.adapters.web.site import site
from tests.examples import (
    BUMP_BACK,
    COURSE_BACK,
    HOOK,
    HOOK_ACTION,
    RECEIPT,
    RECEIPT_ACTION,
    SHOP,
    action_started,
    at,
    done,
    failed,
    marked_completed,
    paid,
    refunded,
    requested,
)
from tests.support import Database

RERUN = f"/actions/{HOOK}/rerun"
RUNNING = (*paid(RECEIPT_ACTION, HOOK_ACTION), requested(HOOK_ACTION), action_started(HOOK))
FAILED = (*RUNNING, failed(HOOK))
MARCH: dict[str, Any] = {"from": "2026-03-01", "to": "2026-03-31"}
REFUNDED = refunded(COURSE_BACK, BUMP_BACK)


async def told_to_all(order: Opened) -> None:
    """Wait until every read model has what is recorded."""
    parts = order.site.parts
    await catch_up(parts, await parts.journal.head(), READ_MODELS)


async def test_it_shows_all_purchases_of_the_checkout_whatever_became_of_them(
    database: Database,
) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await record(ledger.parts, 1, [started(1)])
        await record(ledger.parts, 2, [started(2), placed(2, "m@example.com")])
        await troubled.stand(ledger.parts, 3, troubled.failed())
        await catch_up(ledger.parts, await troubled.stand(ledger.parts, 4, troubled.succeeded()))
        seen = Seen((await laura.get("/orders")).text)

    assert [row["id"] for row in seen.rows] == [str(order_id_of(n)) for n in (4, 3, 2, 1)]


async def test_one_can_filter_orders_view_details_and_act(database: Database) -> None:
    async with opened(database, *FAILED) as order, followed(order.site.parts):
        await told_to_all(order)
        listed = Seen((await order.visitor.get("/orders", number="1001")).text)
        page = await order.visitor.client.get(listed.links["Order #1001"])

    assert "Order #1001" in text_of(page.text)
    ends = ("/complete", "/refund", RERUN)
    assert all(any(end in link for link in links_of(page.text)) for end in ends)


async def test_the_tab_lists_who_paid_after_a_few_minutes_without_what_they_bought(
    database: Database,
) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        for number, news in ((1, []), (2, [received(2)])):
            facts: list[OrderFact] = [started(number), placed(number, "m@example.com"), *news]
            position = await record(ledger.parts, number, facts)
        await catch_up(ledger.parts, position)
        at_once = await laura.get("/orders", tab="attention")
        await troubled.impatient(ledger.parts)
        later = await laura.get("/orders", tab="attention")

    assert Seen(at_once.text).rows == []
    assert [row["id"] for row in Seen(later.text).rows] == [str(order_id_of(2))]


async def test_the_counter_stands_on_the_tab_and_in_the_sidebar_of_every_page(
    database: Database,
) -> None:
    pages = ("/orders", "/refunds", "/customers", "/reports", "/messages", "/system", "/people")
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor(Role.ADMIN) as her:
        await troubled.impatient(ledger.parts)
        await troubled.stand(ledger.parts, 1, troubled.failed())
        await catch_up(ledger.parts, await troubled.stand(ledger.parts, 2, troubled.failed()))
        shown = [(await her.get(path)).text for path in pages]

    for html in shown:
        assert "Order management 2 require attention" in seen.words_of(html)
    assert "Requires attention 2" in seen.words_of(shown[0])


async def test_an_order_stays_completed_whatever_its_actions_do(database: Database) -> None:
    async with desk(database, *FAILED) as laura:
        await laura.send("/complete", await laura.ask("/complete"))
        known = len(await laura.history())
        again = (action_started(HOOK, run=2, minute=40), failed(HOOK, run=2, minute=41))
        await stand(laura.parts, *again, after=known)
        panel = (await laura.visitor.get(ORDER, Region.PANEL)).text

    assert "Marked as completed" in text_of(panel)
    assert "Bookkeeping Failed" in text_of(panel, "order-actions")
    assert any(link.endswith(RERUN) for link in links_of(panel, "order-actions"))


async def test_each_row_of_actions_has_a_button_that_runs_it_again(database: Database) -> None:
    async with opened(database, *FAILED) as order:
        links = links_of(await order.html(), "order-actions")

    assert [link for link in links if link.endswith("/rerun")] == [
        f"/shops/{SHOP}{ORDER}/actions/{one}/rerun" for one in (HOOK, RECEIPT)
    ]


@pytest.mark.parametrize(
    ("news", "status"),
    [
        ((), "Paid"),
        ((OrderCompleted(at=at(8)),), "Completed"),
        ((marked_completed(),), "Marked as completed"),
        (refunded(COURSE_BACK), "Partially refunded"),
        (REFUNDED, "Refunded"),
    ],
)
async def test_an_action_runs_again_on_an_order_in_any_status(
    database: Database, news: Sequence[OrderFact], status: str
) -> None:
    async with desk(database, *FAILED, *news) as laura:
        panel = (await laura.visitor.get(ORDER, Region.PANEL)).text
        answer = await laura.send(RERUN, await laura.ask(RERUN))
        last = (await laura.history())[-1]

    assert status in text_of(panel)
    assert answer.status_code == 200
    assert last.event == "ActionRequested"


@pytest.mark.parametrize(
    ("news", "boxes"),
    [
        ((), set()),
        ((requested(HOOK_ACTION),), set()),
        (RUNNING[-2:], {"force"}),
        (FAILED[-3:], set()),
        (done(HOOK_ACTION), {"confirmed"}),
        (
            (
                requested(HOOK_ACTION),
                ActionCancelled(
                    at=at(6), action_id=HOOK, run=1, reason=CancelReason.COMPLETED_BY_HAND
                ),
            ),
            set(),
        ),
    ],
    ids=["not asked for", "waiting", "running", "failed", "succeeded", "called off"],
)
async def test_an_action_runs_again_from_any_state(
    database: Database, news: Sequence[OrderFact], boxes: set[str]
) -> None:
    async with desk(database, *RUNNING[:-2], *news) as laura:
        dialog = await laura.ask(RERUN)
        answer = await laura.send(RERUN, dialog, Region.DIALOG, **dict.fromkeys(boxes, True))

    assert set(dialog.boxes) == boxes
    assert answer.status_code == 200, Asked(answer).text


@pytest.mark.parametrize("provider", ["stripe", "paytrail"])
@pytest.mark.parametrize(("course", "amount"), [("100", "140,00 €"), ("20", "60,00 €")])
async def test_stripe_and_paytrail_return_all_or_a_part_by_themselves(
    database: Database, provider: str, course: str, amount: str
) -> None:
    async with refunding(database, *paid(provider=provider)) as person:
        for name in CREDENTIALS_BY_PROVIDER[provider]:
            await person.parts.secrets.set(SHOP, name, "made-up")
        form = await person.filled(DIALOG, **{"amount.course": course, "amount.bump": "40"})
        shown = await person.open(**form)
        answer = await person.send(**form)

    assert f"Goes back by itself, through {provider.capitalize()}." in words_of(shown)
    assert button_of(shown) == f"Refund {amount}"
    assert said_by(answer)


async def test_an_order_reads_refunded_also_if_somebody_must_pay_it_back(
    database: Database,
) -> None:
    async with refunding(database, *paid(provider="invoice")) as person:
        form = await person.filled(DIALOG, **{"amount.course": "100", "amount.bump": "40"})
        answer = await person.send(**form)

    assert "must be paid back by hand" in said_by(answer)
    assert "Refunded" in text_of(answer.text)


async def test_what_is_refunded_leaves_the_net_of_the_reports(database: Database) -> None:
    facts = (*paid(), *refunded(COURSE_BACK, method=TransferMethod.MANUAL))
    async with opened(database, *facts) as order, followed(order.site.parts):
        await told_to_all(order)
        page = await order.visitor.get("/reports", None, **MARCH)

    assert "Gross 140,00 € Refunded 100,00 € Net 40,00 €" in text_of(page.text)
