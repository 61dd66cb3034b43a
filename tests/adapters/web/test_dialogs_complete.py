"""Complete Order: which options it offers, what it says will happen, and that just this happens."""

import re
from http import HTTPStatus
from urllib.parse import unquote

from adapters.auth.roles import Role
from adapters.commands.options import NoteOptions
from adapters.web.answers import SAID_HEADER
from adapters.web.regions import REGION_HEADER
from tests.adapters.commands.given import SECRET, asked, publish, stand
from tests.adapters.web.asked import Asked
from tests.adapters.web.desk import desk
from tests.adapters.web.opened import ORDER
from tests.examples import (
    COURSE_BACK,
    HOOK,
    HOOK_ACTION,
    RECEIPT_ACTION,
    action_started,
    done,
    failed,
    paid,
    refunded,
    requested,
)
from tests.support import Database

PAID = (*paid(RECEIPT_ACTION, HOOK_ACTION), *done(RECEIPT_ACTION))
RUNNING = (*PAID, requested(HOOK_ACTION), action_started(HOOK))
FAILED = (*RUNNING, failed(HOOK))
COMPLETE = "/complete"
ID = re.compile(r" \(p-\w+\)")
"""A person's, which pages leave out of sentences."""


async def test_actions_run_by_default_and_no_other_option_is_offered(database: Database) -> None:
    async with desk(database, *PAID) as laura:
        dialog = await laura.ask(COMPLETE)

    assert dialog.answer.status_code == HTTPStatus.OK
    assert dialog.answer.headers[REGION_HEADER] == "dialog"
    assert dialog.boxes == {"run_actions": True}
    assert "Receipt succeeded before; its effect happens again." in dialog.text
    assert "2 actions will run" in dialog.text
    assert "to aino@example.com" in dialog.text
    assert dialog.button == "Complete order and run 2 actions"


async def test_refunded_data_can_be_restored_only_with_a_refund_history(
    database: Database,
) -> None:
    async with desk(database, *PAID, *refunded(COURSE_BACK)) as laura:
        dialog = await laura.ask(COMPLETE)
        answer = await laura.send(COMPLETE, dialog, restore_refunded_data=True)
        shown = Asked(answer)
        granted = await laura.send(COMPLETE, shown)
        history = await laura.history()

    assert dialog.boxes == {"run_actions": True, "restore_refunded_data": False}
    assert "total amount, refunded products, and payment status" in dialog.text.lower()
    assert "Money that was paid back stays paid back" in shown.text
    assert granted.status_code == HTTPStatus.OK
    assert "RefundedDataRestored" in [fact.event for fact in history]


async def test_the_latest_configuration_is_offered_only_after_a_failure_and_shows_what_it_changes(
    database: Database,
) -> None:
    async with desk(database, *FAILED) as laura:
        await publish(laura.parts)
        dialog = await laura.ask(COMPLETE)
        preview = await laura.ask(COMPLETE, **dialog.filled_in(use_latest_configuration=True))

    assert dialog.boxes == {"run_actions": True, "use_latest_configuration": False}
    assert "permanent and cannot be undone" in dialog.text
    assert "hooks.example.com/b" not in dialog.text
    assert "before: https://hooks.example.com/a" in preview.text
    assert "after: https://hooks.example.com/b?•••" in preview.text
    assert SECRET not in preview.text
    assert preview.boxes["use_latest_configuration"]
    assert preview.fields["key"] == dialog.fields["key"]


async def test_without_actions_nothing_fires_and_the_button_says_only_that_it_completes(
    database: Database,
) -> None:
    async with desk(database, *FAILED) as laura:
        first = await laura.ask(COMPLETE)
        dialog = await laura.ask(COMPLETE, **first.filled_in(run_actions=False))
        answer = await laura.send(COMPLETE, dialog)
        history = await laura.history()

    assert "Nothing fires" in dialog.text
    assert dialog.button == "Complete order"
    assert unquote(answer.headers[SAID_HEADER]) == "Order completed. No action runs again."
    assert [fact.event for fact in history[len(FAILED) :]] == ["OrderMarkedCompleted"]


async def test_what_would_still_be_tried_is_called_off_without_actions(database: Database) -> None:
    facts = (*PAID, requested(HOOK_ACTION))
    async with desk(database, *facts) as laura:
        first = await laura.ask(COMPLETE)
        dialog = await laura.ask(COMPLETE, **first.filled_in(run_actions=False))
        await laura.send(COMPLETE, dialog)
        history = await laura.history()

    assert "What was still to be tried is called off." in dialog.text
    assert [fact.event for fact in history[len(facts) :]] == [
        "OrderMarkedCompleted",
        "ActionCancelled",
    ]


async def test_the_latest_configuration_is_used_only_when_actions_run(database: Database) -> None:
    async with desk(database, *FAILED) as laura:
        first = await laura.ask(COMPLETE)
        boxes = {"run_actions": False, "use_latest_configuration": True}
        dialog = await laura.ask(COMPLETE, **first.filled_in(**boxes))

    assert dialog.answer.status_code == HTTPStatus.OK
    assert dialog.boxes == {"run_actions": False, "use_latest_configuration": False}
    assert "Nothing fires" in dialog.text


async def test_what_was_shown_is_what_is_recorded(database: Database) -> None:
    async with desk(database, *FAILED) as laura:
        dialog = await laura.ask(COMPLETE)
        answer = await laura.send(COMPLETE, dialog)
        history = await laura.history()

    assert answer.status_code == HTTPStatus.OK
    assert answer.headers[REGION_HEADER] == "panel"
    assert unquote(answer.headers[SAID_HEADER]) == "Order completed. 2 actions run again."
    assert [fact.event for fact in history[len(FAILED) :]] == [
        "OrderMarkedCompleted",
        "ActionRequested",
        "ActionRequested",
    ]
    for fact in history[len(FAILED) :]:
        assert ID.sub("", fact.says) in dialog.text
        assert fact.actor.id.startswith("Laura (")


async def test_who_sees_an_order_that_changed_meanwhile_looks_again_and_nothing_is_done(
    database: Database,
) -> None:
    async with desk(database, *RUNNING) as laura:
        dialog = await laura.ask(COMPLETE)
        await stand(laura.parts, failed(HOOK), after=len(RUNNING))
        answer = await laura.send(COMPLETE, dialog, run_actions=True)
        history = await laura.history()
        again = await laura.send(COMPLETE, Asked(answer))

    shown = Asked(answer)
    assert (answer.status_code, answer.headers[REGION_HEADER]) == (HTTPStatus.CONFLICT, "dialog")
    assert "This order changed meanwhile, and nothing was done. Look again:" in shown.text
    assert history[-1].says in shown.text
    assert "The checkout" in shown.text
    assert shown.fields["key"] == dialog.fields["key"]
    assert len(history) == len(FAILED)
    assert again.status_code == HTTPStatus.OK


async def test_news_that_change_nothing_of_what_will_happen_do_not_disturb(
    database: Database,
) -> None:
    async with desk(database, *PAID) as laura:
        dialog = await laura.ask(COMPLETE)
        await laura.parts.operations.note(asked(), NoteOptions("Aino has called."))
        answer = await laura.send(COMPLETE, dialog)
        history = await laura.history()

    assert answer.status_code == HTTPStatus.OK
    assert [fact.event for fact in history[len(PAID) :]][:2] == [
        "NoteAdded",
        "OrderMarkedCompleted",
    ]


async def test_what_was_chosen_but_not_shown_is_shown_first(database: Database) -> None:
    async with desk(database, *PAID) as laura:
        dialog = await laura.ask(COMPLETE)
        answer = await laura.send(COMPLETE, dialog, run_actions=False)
        history = await laura.history()
        granted = await laura.send(COMPLETE, Asked(answer))

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "What will happen now is not what was shown to you." in Asked(answer).text
    assert not Asked(answer).boxes["run_actions"]
    assert len(history) == len(PAID)
    assert granted.status_code == HTTPStatus.OK


async def test_a_setting_that_is_published_meanwhile_is_shown_first(database: Database) -> None:
    async with desk(database, *FAILED) as laura:
        first = await laura.ask(COMPLETE)
        dialog = await laura.ask(COMPLETE, **first.filled_in(use_latest_configuration=True))
        await publish(laura.parts)
        answer = await laura.send(COMPLETE, dialog)
        history = await laura.history()

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "after: https://hooks.example.com/b" in Asked(answer).text
    assert len(history) == len(FAILED)


async def test_a_form_that_is_sent_twice_takes_effect_once(database: Database) -> None:
    async with desk(database, *PAID) as laura:
        dialog = await laura.ask(COMPLETE)
        await laura.send(COMPLETE, dialog)
        recorded = await laura.history()
        again = await laura.send(COMPLETE, dialog)
        history = await laura.history()

    assert again.status_code == HTTPStatus.OK
    assert "Nothing was done twice." in unquote(again.headers[SAID_HEADER])
    assert history == recorded


async def test_a_key_that_was_used_up_is_replaced_and_says_so(database: Database) -> None:
    async with desk(database, *PAID) as laura:
        dialog = await laura.ask(COMPLETE)
        await laura.send(COMPLETE, dialog)
        other = await laura.send(COMPLETE, dialog, run_actions=False)

    shown = Asked(other)
    assert other.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "stands for another request" in shown.text
    assert shown.fields["key"] != dialog.fields["key"]


async def test_without_scripts_the_dialog_is_a_page_and_leads_back_to_the_list(
    database: Database,
) -> None:
    async with desk(database, *PAID) as laura:
        page = Asked(await laura.visitor.get(f"{ORDER}{COMPLETE}", q="a b", status="paid"))
        client = laura.visitor.client
        shown = Asked(await client.get(page.action.partition("?")[0], params=page.filled_in()))
        answer = await client.post(
            shown.action, data=shown.filled_in(), headers={"Sec-Fetch-Site": "same-origin"}
        )

    assert page.answer.text.startswith("<!doctype html>")
    assert page.back.endswith(f"{ORDER}?q=a+b&status=paid")
    assert (shown.back, shown.action) == (page.back, page.action)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.headers["location"] == page.back
    assert unquote(answer.cookies["said"]) == "Order completed. 2 actions run again."


async def test_a_viewer_may_not_even_ask(database: Database) -> None:
    async with desk(database, *PAID, role=Role.VIEWER) as viewer:
        question = await viewer.visitor.get(f"{ORDER}{COMPLETE}")
        answer = await viewer.visitor.post(f"{ORDER}{COMPLETE}", key="k", run_actions="on")
        history = await viewer.history()

    assert (question.status_code, answer.status_code) == (403, 403)
    assert len(history) == len(PAID)


async def test_fields_that_were_tampered_with_do_nothing(database: Database) -> None:
    async with desk(database, *PAID) as laura:
        dialog = await laura.ask(COMPLETE)
        form = dialog.filled_in() | {"key": "k k", "seen": "x"}
        answer = await laura.visitor.post(f"{ORDER}{COMPLETE}", None, **form)
        restoring = await laura.send(COMPLETE, dialog, restore_refunded_data=True)
        history = await laura.history()

    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert "An idempotency key is" in answer.text
    assert restoring.status_code == HTTPStatus.CONFLICT
    assert "no refunds in force to restore" in restoring.text
    assert len(history) == len(PAID)


async def test_an_order_that_is_not_there_is_not_found(database: Database) -> None:
    async with desk(database, *PAID) as laura:
        nowhere = "/orders/00000000-0000-0000-0000-000000000000/complete"
        question = await laura.visitor.get(nowhere)
        answer = await laura.visitor.post(nowhere, key="k")

    assert (question.status_code, answer.status_code) == (404, 404)
