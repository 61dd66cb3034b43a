"""Re-run, Force re-run and Removed by hand: what they warn of, what they need, what comes of it."""

from http import HTTPStatus
from urllib.parse import unquote

from msgspec.structs import replace

from adapters.auth.roles import Role
from adapters.web.answers import SAID_HEADER
from adapters.web.regions import Region
from domain.identifiers import ActionId, ShopId
from domain.order.events import ActionAdded, OrderFact
from domain.order.values import PlannedAction
from tests.adapters.commands.given import SECRET, publish, stand
from tests.adapters.http_api import recorded
from tests.adapters.web.asked import Asked
from tests.adapters.web.desk import desk
from tests.adapters.web.opened import ORDER
from tests.adapters.web.site import site
from tests.examples import (
    COURSE,
    COURSE_BACK,
    GRANT_ACTION,
    HOOK,
    HOOK_ACTION,
    RECEIPT,
    RECEIPT_ACTION,
    action_started,
    at,
    done,
    failed,
    paid,
    refunded,
    removal_of,
    requested,
    succeeded,
)
from tests.support import Database

PAID = (*paid(RECEIPT_ACTION, HOOK_ACTION), *done(RECEIPT_ACTION))
RUNNING = (*PAID, requested(HOOK_ACTION), action_started(HOOK))
FAILED = (*RUNNING, failed(HOOK))
RERUN_HOOK = f"/actions/{HOOK}/rerun"
RERUN_RECEIPT = f"/actions/{RECEIPT}/rerun"


async def test_a_failed_action_runs_again_at_the_press_of_a_button(database: Database) -> None:
    async with desk(database, *FAILED) as laura:
        dialog = await laura.ask(RERUN_HOOK)
        answer = await laura.send(RERUN_HOOK, dialog)
        history = await laura.history()

    assert dialog.boxes == {}
    assert "no newer configuration is published" in dialog.text
    assert "1 action will run" in dialog.text
    assert "Run 2 · to hooks.example.com" in dialog.text
    assert dialog.button == "Re-run Bookkeeping"
    assert unquote(answer.headers[SAID_HEADER]) == "Bookkeeping runs again (run 2)."
    assert [fact.says for fact in history[len(FAILED) :]] == [
        "Bookkeeping: run 2 requested (rerun)"
    ]
    assert history[-1].says in dialog.text


async def test_a_failed_action_can_use_the_latest_configuration_that_is_shown_field_by_field(
    database: Database,
) -> None:
    async with desk(database, *FAILED) as laura:
        await publish(laura.parts)
        first = await laura.ask(RERUN_HOOK)
        dialog = await laura.ask(RERUN_HOOK, **first.filled_in(use_latest_configuration=True))
        await laura.send(RERUN_HOOK, dialog)
        history = await laura.history()

    assert first.boxes == {"use_latest_configuration": False}
    assert "permanent and cannot be undone" in first.text
    for shown in (first, dialog):
        assert "before: https://hooks.example.com/a" in shown.text
        assert "after: https://hooks.example.com/b?•••" in shown.text
        assert SECRET not in shown.answer.text
    assert "With the latest configuration (revision 2), for good:" in dialog.text
    assert [fact.event for fact in history[len(FAILED) :]] == [
        "ActionReconfigured",
        "ActionRequested",
    ]


async def test_a_succeeded_action_needs_a_tick_since_its_effect_happens_again(
    database: Database,
) -> None:
    async with desk(database, *PAID) as laura:
        dialog = await laura.ask(RERUN_RECEIPT)
        refused = await laura.send(RERUN_RECEIPT, dialog)
        before = await laura.history()
        granted = await laura.send(RERUN_RECEIPT, Asked(refused), confirmed=True)
        after = await laura.history()

    assert dialog.boxes == {"confirmed": False}
    assert dialog.required == {"confirmed"}
    assert "The email will be sent to aino@example.com again." in dialog.text
    assert refused.status_code == HTTPStatus.CONFLICT
    assert "to run it again must be confirmed" in Asked(refused).text
    assert granted.status_code == HTTPStatus.OK
    assert (len(before), len(after)) == (len(PAID), len(PAID) + 1)


async def test_a_running_action_is_forced_with_a_stronger_warning(database: Database) -> None:
    async with desk(database, *RUNNING) as laura:
        dialog = await laura.ask(RERUN_HOOK)
        refused = await laura.send(RERUN_HOOK, dialog)
        before = await laura.history()
        granted = await laura.send(RERUN_HOOK, dialog, force=True)
        after = await laura.history()

    assert dialog.boxes == {"force": False}
    assert dialog.required == {"force"}
    assert "This action is running now." in dialog.text
    assert "one attempt lasts at most 15 seconds" in dialog.text
    assert "may happen twice" in dialog.text
    assert dialog.button == "Force re-run"
    assert refused.status_code == HTTPStatus.CONFLICT
    assert "only force runs it again" in Asked(refused).text
    assert granted.status_code == HTTPStatus.OK
    assert (len(before), len(after)) == (len(RUNNING), len(RUNNING) + 1)


async def test_an_action_that_comes_to_an_end_meanwhile_is_looked_at_again(
    database: Database,
) -> None:
    async with desk(database, *RUNNING) as laura:
        dialog = await laura.ask(RERUN_HOOK)
        await stand(laura.parts, succeeded(HOOK), after=len(RUNNING))
        answer = await laura.send(RERUN_HOOK, dialog, force=True)
        history = await laura.history()

    shown = Asked(answer)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Bookkeeping: succeeded" in shown.text
    assert shown.boxes == {"confirmed": False}
    assert shown.button == "Re-run Bookkeeping"
    assert history[-1].event != "ActionRequested"


async def test_two_people_who_saw_the_same_failure_run_it_again_once(database: Database) -> None:
    async with desk(database, *FAILED) as laura:
        first, second = [await laura.ask(RERUN_HOOK) for _ in range(2)]
        granted = await laura.send(RERUN_HOOK, first)
        refused = await laura.send(RERUN_HOOK, second)
        history = await laura.history()

    assert (granted.status_code, refused.status_code) == (HTTPStatus.OK, HTTPStatus.CONFLICT)
    assert "run 2 requested" in Asked(refused).text
    assert len(history) == len(FAILED) + 1


async def test_a_double_press_runs_it_again_once(database: Database) -> None:
    async with desk(database, *FAILED) as laura:
        dialog = await laura.ask(RERUN_HOOK)
        answers = [await laura.send(RERUN_HOOK, dialog) for _ in range(2)]
        history = await laura.history()

    assert [answer.status_code for answer in answers] == [HTTPStatus.OK, HTTPStatus.OK]
    assert "Nothing was done twice." in unquote(answers[1].headers[SAID_HEADER])
    assert len(history) == len(FAILED) + 1


async def test_an_access_that_was_removed_by_hand_is_settled(database: Database) -> None:
    removal = removal_of(GRANT_ACTION)
    facts = (
        *paid(GRANT_ACTION),
        *done(GRANT_ACTION),
        *refunded(COURSE_BACK, remove_access=(COURSE,)),
        ActionAdded(at=at(23), action=removal),
        requested(removal, minute=23),
        action_started(removal.action_id, minute=24),
        failed(removal.action_id, minute=25),
    )
    path = f"/actions/{removal.action_id.replace('/', '%2F')}/removed-by-hand"
    async with desk(database, *facts) as laura:
        dialog = await laura.ask(path)
        answer = await laura.send(path, dialog)
        again = await laura.send(path, dialog)
        too_late = await laura.ask(path)
        history = await laura.history()

    assert dialog.button == "I have removed the access"
    assert "called off, as it was done by hand" in dialog.text
    assert unquote(answer.headers[SAID_HEADER]) == "Noted: the access was removed by hand."
    assert "Nothing was done twice." in unquote(again.headers[SAID_HEADER])
    assert "no access removal that failed" in too_late.text
    assert [fact.event for fact in history[len(facts) :]] == ["ActionCancelled", "OrderCompleted"]


async def test_an_action_whose_id_holds_slashes_is_found_and_its_form_comes_back_to_it(
    database: Database,
) -> None:
    odd = ActionId("actions/remove%2F/ä grant")
    action: PlannedAction = replace(RECEIPT_ACTION, action_id=odd)
    path = "/actions/actions%2Fremove%252F%2F%C3%A4%20grant/rerun"
    async with desk(database, *paid(action)) as laura:
        dialog = await laura.ask(path)
        answer = await laura.visitor.client.post(
            dialog.action, data=dialog.filled_in(), headers={"Sec-Fetch-Site": "same-origin"}
        )
        history = await laura.history()

    assert dialog.action == f"/shops/{laura.visitor.shop}{ORDER}{path}"
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert history[-1].data["action_id"] == odd


async def test_an_action_that_is_not_there_is_not_found(database: Database) -> None:
    async with desk(database, *PAID) as laura:
        for path in ("/actions/no-such/rerun", "/actions/no-such/removed-by-hand"):
            question = await laura.visitor.get(f"{ORDER}{path}")
            answer = await laura.visitor.post(f"{ORDER}{path}", key="k")

            assert (question.status_code, answer.status_code) == (404, 404)


async def test_a_viewer_may_not_even_ask(database: Database) -> None:
    async with desk(database, *FAILED, role=Role.VIEWER) as viewer:
        for path in (RERUN_HOOK, f"/actions/{HOOK}/removed-by-hand"):
            question = await viewer.visitor.get(f"{ORDER}{path}")
            answer = await viewer.visitor.post(f"{ORDER}{path}", key="k")

            assert (question.status_code, answer.status_code) == (403, 403)
        history = await viewer.history()

    assert len(history) == len(FAILED)


async def test_a_shop_may_be_called_as_a_part_of_the_address(database: Database) -> None:
    shop = ShopId("actions")
    async with site(database) as ledger:
        await ledger.parts.shops.add(shop, "Actions")
        facts: list[OrderFact] = [recorded.started(1, shop), recorded.placed(1, "a@example.com")]
        await recorded.record(ledger.parts, 1, facts, shop)
        async with ledger.visitor(shop=shop) as laura:
            path = f"/orders/{recorded.order_id_of(1)}/actions/a-1/rerun"
            dialog = Asked(await laura.get(path, Region.DIALOG))

    assert dialog.button == "Re-run Tell the CRM"
