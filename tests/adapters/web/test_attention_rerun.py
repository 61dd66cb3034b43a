"""Many failed actions run again from the page: what is said before, what is done, and once only."""

from urllib.parse import unquote

import pytest
from httpx2 import Response

from adapters.bootstrap import Parts
from adapters.http_api.freshness import catch_up
from adapters.web.answers import SAID_HEADER
from adapters.web.attention import rerun_view
from adapters.web.regions import REGION_HEADER, Region
from domain.identifiers import OrderId, SettingId
from domain.order.events import ActionRequested, ActionSucceeded
from tests.adapters.commands.given import SECRET, publish
from tests.adapters.http_api.recorded import AT, followed, order_id_of, record
from tests.adapters.http_api.served import KAUPPA
from tests.adapters.web.seen import words_of
from tests.adapters.web.site import Visitor, site
from tests.adapters.web.troubled import (
    FACTS_BEFORE,
    HOOK,
    begun,
    failed,
    field,
    impatient,
    stand,
)
from tests.support import Database

CRM = SettingId("crm")


async def runs_of(parts: Parts, order_id: OrderId) -> int:
    """Count how often the order's webhook was asked for."""
    events = (await parts.order_reader.history(KAUPPA, order_id)).events
    return sum(event.event == ActionRequested.__name__ for event in events)


async def ask_all(visitor: Visitor) -> Response:
    """Open the question about all of the one cause there is."""
    page = await visitor.get("/orders", tab="attention")
    cause = page.text.split("/attention/rerun?cause=")[1][:10]
    return await visitor.get("/attention/rerun", Region.DIALOG, cause=cause)


def sent(html: str, **more: str) -> dict[str, str]:
    """Fill in the form as it stands."""
    names = [name for name in ("key", "expected", "back", "cause") if f'name="{name}"' in html]
    return {name: field(html, name) for name in names} | more


async def test_all_of_a_cause_runs_again_as_it_was_shown(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        await stand(ledger.parts, 1, failed())
        await catch_up(ledger.parts, await stand(ledger.parts, 2, failed()))
        dialog = await ask_all(laura)
        form = sent(dialog.text)
        done = await laura.post("/attention/rerun", Region.DIALOG, **form)
        again = await laura.post("/attention/rerun", Region.DIALOG, **form)
        runs = [await runs_of(ledger.parts, order_id_of(number)) for number in (1, 2)]

    said = words_of(dialog.text)
    assert "2 actions will run again" in said
    assert "Tell the CRM Webhook Run 2 · to crm.example.com #2026-1, #2026-2" in said
    assert "Re-run 2 actions" in said
    assert (done.status_code, done.headers[REGION_HEADER]) == (200, "results")
    assert unquote(done.headers[SAID_HEADER]) == "2 actions run again."
    assert unquote(again.headers[SAID_HEADER]).startswith("This was done already")
    assert runs == [2, 2], "once each"


async def test_what_was_asked_for_and_never_begun_runs_again_too(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        await catch_up(ledger.parts, await stand(ledger.parts, 1, begun()[:1]))
        dialog = await ask_all(laura)
        answer = await laura.post("/attention/rerun", Region.DIALOG, **sent(dialog.text))

    assert (dialog.status_code, answer.status_code) == (200, 200)
    assert unquote(answer.headers[SAID_HEADER]) == "1 action runs again."


async def test_without_scripts_ticked_orders_run_again_and_the_tab_says_so(
    database: Database,
) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        for number in (1, 2, 3):
            position = await stand(ledger.parts, number, failed())
        await catch_up(ledger.parts, position)
        ticked = [str(order_id_of(number)) for number in (1, 3)]
        asked = await laura.get("/attention/rerun", order=ticked, back="tab=attention&q=m")
        form = sent(asked.text)
        done = await laura.post("/attention/rerun", None, **form, order=ticked)
        led = await laura.client.get(done.headers["location"])
        runs = [await runs_of(ledger.parts, order_id_of(number)) for number in (1, 2, 3)]

    assert "<h1" in asked.text, "a page of its own"
    assert done.status_code == 303
    assert done.headers["location"] == "/shops/kauppa/orders?tab=attention&q=m"
    assert "2 actions run again." in words_of(led.text)
    assert runs == [2, 1, 2]


async def test_what_changed_meanwhile_is_shown_anew_and_nothing_is_done(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        await catch_up(ledger.parts, await stand(ledger.parts, 1, failed()))
        dialog = await ask_all(laura)
        await catch_up(ledger.parts, await stand(ledger.parts, 2, failed()))
        refused = await laura.post("/attention/rerun", Region.DIALOG, **sent(dialog.text))
        anew = await laura.post("/attention/rerun", Region.DIALOG, **sent(refused.text))
        runs = [await runs_of(ledger.parts, order_id_of(number)) for number in (1, 2)]

    assert (refused.status_code, refused.headers[REGION_HEADER]) == (409, "dialog")
    assert "has changed meanwhile, and nothing was done" in words_of(refused.text)
    assert "2 actions will run again" in words_of(refused.text)
    assert anew.status_code == 200
    assert runs == [2, 2]


async def end_meanwhile(parts: Parts, number: int) -> None:
    """Let the ledger try the failed action of one order again, with success."""
    news = [*begun(2), ActionSucceeded(at=AT, action_id=HOOK, run=2, attempt=1)]
    after = FACTS_BEFORE + len(failed())
    await catch_up(parts, await record(parts, number, news, after=after))


@pytest.mark.parametrize("is_by_cause", [True, False])
async def test_what_is_left_of_what_was_shown_runs_again_and_the_rest_is_told(
    database: Database, *, is_by_cause: bool
) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        await stand(ledger.parts, 1, failed())
        await stand(ledger.parts, 3, failed())
        await catch_up(ledger.parts, await stand(ledger.parts, 2, failed()))
        ticked = {} if is_by_cause else {"order": [str(order_id_of(n)) for n in (1, 2, 3)]}
        dialog = (
            await ask_all(laura)
            if is_by_cause
            else await laura.get("/attention/rerun", Region.DIALOG, **ticked)
        )
        await end_meanwhile(ledger.parts, 2)
        done = await laura.post("/attention/rerun", Region.DIALOG, **sent(dialog.text), **ticked)
        runs = [await runs_of(ledger.parts, order_id_of(number)) for number in (1, 2, 3)]

    assert unquote(done.headers[SAID_HEADER]) == (
        "2 actions run again. 1 was left out: it no longer needs it."
    )
    assert runs == [2, 2, 2]


async def test_where_somebody_else_ran_all_that_was_shown_the_dialog_says_so(
    database: Database,
) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        await catch_up(ledger.parts, await stand(ledger.parts, 1, failed()))
        dialog = await ask_all(laura)
        await end_meanwhile(ledger.parts, 1)
        late = await laura.post("/attention/rerun", Region.DIALOG, **sent(dialog.text))
        runs = await runs_of(ledger.parts, order_id_of(1))

    assert late.status_code == 409
    assert "Nothing is left to run again" in words_of(late.text)
    assert runs == 2


async def test_more_than_the_limit_is_told_and_the_next_is_offered(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rerun_view, "RERUN_AT_ONCE", 2)
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        for number in (1, 2, 3):
            position = await stand(ledger.parts, number, failed())
        await catch_up(ledger.parts, position)
        dialog = await ask_all(laura)
        first = await laura.post("/attention/rerun", Region.DIALOG, **sent(dialog.text))
        led = await laura.post("/attention/rerun", None, **sent(first.text))

    assert "1 more action is left for the next time" in words_of(dialog.text)
    assert first.headers[REGION_HEADER] == "dialog"
    assert "2 actions run again. 1 is left." in words_of(first.text)
    assert field(first.text, "key") != field(dialog.text, "key")
    assert led.status_code == 303


async def test_what_is_running_is_left_alone_unless_forced(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        await catch_up(ledger.parts, await stand(ledger.parts, 1, begun()))
        order = str(order_id_of(1))
        left = await laura.get("/attention/rerun", Region.DIALOG, order=order)
        forced = await laura.get(
            "/attention/rerun", Region.DIALOG, order=order, force="on", key="k"
        )
        form = sent(forced.text, order=order, force="on")
        done = await laura.post("/attention/rerun", Region.DIALOG, **form)
        runs = await runs_of(ledger.parts, order_id_of(1))

    assert "Nothing fires" in words_of(left.text)
    assert "1 action is running now and is left alone." in words_of(left.text)
    assert "Also force those that are running" in words_of(left.text)
    assert "1 action will run again" in words_of(forced.text)
    assert unquote(done.headers[SAID_HEADER]) == "1 action runs again."
    assert runs == 2


async def test_the_latest_configuration_is_offered_where_there_is_one(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        await catch_up(ledger.parts, await stand(ledger.parts, 1, failed(), setting_id=CRM))
        before = await ask_all(laura)
        await publish(ledger.parts, setting_id=CRM, shop=KAUPPA)
        dialog = await ask_all(laura)
        chosen = sent(dialog.text, use_latest_configuration="on")
        shown = await laura.get("/attention/rerun", Region.DIALOG, **chosen)
        done = await laura.post(
            "/attention/rerun", Region.DIALOG, **sent(shown.text, use_latest_configuration="on")
        )

    assert "Use latest configuration" not in before.text
    assert "Use latest configuration" in dialog.text
    assert "hooks.example.com" in shown.text
    assert SECRET not in shown.text
    assert done.status_code == 200


async def test_nothing_ticked_asks_to_tick_first(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        empty = await laura.get("/attention/rerun", order=["x", ""])
        posted = await laura.post("/attention/rerun", key="k", expected="")

    assert "Tick the orders first" in empty.text
    assert "Tick the orders first" in posted.text


async def test_a_key_that_was_used_stands_for_no_other_wish(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await impatient(ledger.parts)
        await stand(ledger.parts, 1, failed())
        await catch_up(ledger.parts, await stand(ledger.parts, 2, failed()))
        order = str(order_id_of(1))
        dialog = await laura.get("/attention/rerun", Region.DIALOG, order=order)
        form = sent(dialog.text)
        await laura.post("/attention/rerun", Region.DIALOG, **form, order=order)
        other = await laura.post(
            "/attention/rerun", Region.DIALOG, **form, order=str(order_id_of(2))
        )
        runs = await runs_of(ledger.parts, order_id_of(2))

    assert other.status_code == 422
    assert field(other.text, "key") != form["key"], "the question is a new one"
    assert runs == 1


async def test_a_cause_that_no_database_could_hold_is_only_unknown(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        asked = await laura.get("/attention/rerun", cause="\0")
        unknown = await laura.get("/attention/rerun", cause="zz\0")

    assert (asked.status_code, unknown.status_code) == (200, 404)
