"""The seed's *Requires attention*, sentence by sentence: docs/seed-coverage.md quotes each."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from domain.order.values import FreeText, PlannedAction
from tests.examples import (
    GRANT_ACTION,
    HOOK,
    HOOK_ACTION,
    RECEIPT,
    RECEIPT_ACTION,
    action_started,
    done,
    failed,
    paid,
    placed,
    received,
    requested,
    started,
    succeeded,
)
from tests.journeys.order_desk import GRACE, desk_with_counter, order_desk, runs
from tests.support import Database

NUMBER = "1001"
UNPAID = (started(), placed(RECEIPT_ACTION, HOOK_ACTION))
ALMOST = timedelta(microseconds=1)
HOOK_FAILED = (requested(HOOK_ACTION), action_started(HOOK), failed(HOOK))


@pytest.mark.parametrize("action", [RECEIPT_ACTION, GRANT_ACTION, HOOK_ACTION])
async def test_the_tab_lists_paid_orders_whose_actions_have_not_completed_within_minutes(
    database: Database, action: PlannedAction
) -> None:
    async with desk_with_counter(database, started(), placed(action)) as desk:
        paid_at = await desk.happened(received())

        in_time = await desk.attention_list(paid_at + GRACE - ALMOST)
        waiting = await desk.attention_list(paid_at + GRACE)
        await desk.happened(*done(action))
        finished = await desk.attention_list(paid_at + 2 * GRACE)

    assert in_time == []
    assert waiting == [NUMBER]
    assert finished == []


async def test_an_order_that_nobody_paid_is_not_listed(database: Database) -> None:
    async with desk_with_counter(database, *UNPAID) as desk:
        opened_at = (await desk.api.parts.journal.read(1, 1))[0].recorded_at

        assert await desk.attention_list(opened_at + 1_000 * GRACE) == []


async def test_one_unfinished_action_of_several_is_enough(database: Database) -> None:
    async with desk_with_counter(database, *UNPAID) as desk:
        paid_at = await desk.happened(received(), *done(RECEIPT_ACTION))

        assert await desk.attention_list(paid_at + GRACE) == [NUMBER]


async def test_the_order_asks_until_it_was_checked_and_what_was_bought_has_come(
    database: Database,
) -> None:
    async with desk_with_counter(database, *UNPAID) as desk:
        failed_at = await desk.happened(received(), *done(RECEIPT_ACTION), *HOOK_FAILED)
        later = failed_at + timedelta(days=30)
        assert await desk.attention_list(later) == [NUMBER]

        await desk.rerun(HOOK)
        await desk.happened(action_started(HOOK, run=2), succeeded(HOOK, run=2))

        assert await desk.attention_list(later) == []


async def test_the_counter_shows_how_many_orders_currently_need_attention(
    database: Database,
) -> None:
    async with desk_with_counter(database, *UNPAID) as desk:
        paid_at = await desk.happened(received())
        counts = [await desk.attention_count(paid_at + wait) for wait in (GRACE - ALMOST, GRACE)]

        await desk.complete(run_actions=False)

        counts.append(await desk.attention_count(paid_at + GRACE))
    assert counts == [0, 1, 0]


async def test_the_open_order_shows_the_failure_messages_of_its_actions(
    database: Database,
) -> None:
    answer = FreeText(text="The CRM is being moved")
    news = (requested(HOOK_ACTION), action_started(HOOK), replace(failed(HOOK), personal=answer))
    async with order_desk(database, *paid(HOOK_ACTION), *news) as desk:
        row = await desk.action(HOOK)

    assert (row["status"], row["code"], row["message"]) == ("failed", "http_500", answer.text)


async def test_actions_are_rerun_one_by_one_or_all_at_once_by_completing(
    database: Database,
) -> None:
    history = (*paid(RECEIPT_ACTION, HOOK_ACTION), *HOOK_FAILED)
    async with order_desk(database, *history) as desk:
        one = await desk.rerun(HOOK)
        everything = await desk.complete()

    assert runs(one) == [HOOK]
    assert runs(everything) == [RECEIPT, HOOK]
