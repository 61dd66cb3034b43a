"""Causes of trouble over HTTP, and the repair of many orders by one wish."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from msgspec.structs import replace

from adapters.auth.roles import Role
from adapters.shops.settings import ShopSettings
from domain.configuration.settings import Webhook
from domain.identifiers import ActionId, PaymentId, SettingId
from domain.order.events import (
    ActionFailed,
    ActionRequested,
    ActionStarted,
    OrderFact,
)
from domain.order.values import RunCause
from tests.adapters.commands.given import publish
from tests.adapters.http_api.recorded import (
    AT,
    followed,
    order_id_of,
    placed,
    received,
    record,
    started,
)
from tests.adapters.http_api.served import KAUPPA, TOINEN, Api, bearer, served
from tests.support import Database

HOOK = ActionId("a-1")
CRM = SettingId("crm")
FACTS_BEFORE = 3
NO_GRACE = ShopSettings(display_name="Kauppa", grace_seconds=0)


def requested(run: int = 1) -> ActionRequested:
    return ActionRequested(
        at=AT,
        action_id=HOOK,
        run=run,
        cause=RunCause.PAYMENT,
        key=f"k/{run}",
        settings=Webhook(url="https://crm.example.com/hook?token=hunter2"),
        revision=0,
    )


def begun(run: int = 1) -> list[OrderFact]:
    return [
        requested(run),
        ActionStarted(at=AT, action_id=HOOK, run=run, attempt=1, worker="w"),
    ]


TIMED_OUT = ActionFailed(at=AT, action_id=HOOK, run=1, attempt=1, code="timeout")


def failed(code: str, run: int = 1) -> list[OrderFact]:
    return [*begun(run), ActionFailed(at=AT, action_id=HOOK, run=run, attempt=1, code=code)]


async def stand(
    api: Api, number: int, news: list[OrderFact], setting_id: SettingId | None = None
) -> int:
    """Pay the nth order and let its webhook, perhaps a published one, have this history."""
    form = placed(number, "m@example.com")
    if setting_id is not None:
        actions = tuple(replace(one, setting_id=setting_id, revision=1) for one in form.actions)
        form = replace(form, actions=actions)
    paid: list[OrderFact] = [started(number), form, received(number)]
    return await record(api.parts, number, [*paid, *news])


async def causes_of(api: Api, key: str, position: int) -> list[dict[str, Any]]:
    answer = await api.get("/attention/causes", key, min_position=position)
    assert answer.status_code == HTTPStatus.OK, answer.text
    causes: list[dict[str, Any]] = answer.json()["causes"]
    return causes


async def rerun(api: Api, key: str, idempotency_key: str = "", **body: Any) -> Any:
    answer = await api.client.post(
        "/api/v1/attention/rerun",
        json={name: value for name, value in body.items() if name != "dry_run"},
        params={"dry_run": "true"} if body.get("dry_run") else {},
        headers=bearer(key) | ({"Idempotency-Key": idempotency_key} if idempotency_key else {}),
    )
    replayed = answer.headers.get("Idempotent-Replayed", "")
    return answer.json() | {"status": answer.status_code, "replayed": replayed}


async def versions_of(api: Api, key: str) -> list[int]:
    answer = await api.get("/orders", key)
    return [order["version"] for order in reversed(answer.json()["orders"])]


async def test_the_same_error_at_the_same_destination_is_one_line(database: Database) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        await api.parts.shop_settings.put(KAUPPA, NO_GRACE)
        key = await api.key()
        await stand(api, 1, failed("http_503"))
        await stand(api, 2, failed("http_503"))
        await stand(api, 3, failed("http_410"))
        await stand(api, 4, begun())
        position = await stand(api, 5, [requested()])
        causes = await causes_of(api, key, position)

    told = [(c["code"], c["error"], c["orders"], c["running"], c["numbers"]) for c in causes]
    assert told == [
        ("http_503", "http_503", 2, 0, ["2026-1", "2026-2"]),
        ("", "no_answer_yet", 2, 1, ["2026-4", "2026-5"]),
        ("http_410", "http_410", 1, 0, ["2026-3"]),
    ]
    assert {(c["action_kind"], c["destination"]) for c in causes} == {
        ("webhook", "crm.example.com")
    }
    assert "hunter2" not in str(causes)
    assert len({c["cause_id"] for c in causes}) == 3


async def test_one_breakdown_is_one_cause_while_its_actions_are_tried_again(
    database: Database,
) -> None:
    retrying = replace(TIMED_OUT, retry_at=AT + timedelta(seconds=5))
    again = ActionStarted(at=AT, action_id=HOOK, run=1, attempt=2, worker="w")
    async with served(database, connections_max=8) as api, followed(api.parts):
        await api.parts.shop_settings.put(KAUPPA, NO_GRACE)
        key = await api.key()
        await stand(api, 1, [*begun(), TIMED_OUT])
        await stand(api, 2, [*begun(), retrying])
        position = await stand(api, 3, [*begun(), retrying, again])
        [cause] = await causes_of(api, key, position)

    assert (cause["error"], cause["orders"], cause["running"]) == ("timeout", 3, 1)


async def test_what_is_within_its_grace_has_no_cause(database: Database) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        key = await api.key()
        position = await stand(api, 1, failed("http_503"))
        assert await causes_of(api, key, position) == []


async def test_one_wish_runs_all_of_a_cause_again_so_many_at_a_time(database: Database) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        await api.parts.shop_settings.put(KAUPPA, NO_GRACE)
        key = await api.key(Role.CUSTOMER_SERVICE)
        for number in (1, 2, 3):
            position = await stand(api, number, failed("http_503"))
        position = await stand(api, 4, failed("http_410"))
        [cause, _] = await causes_of(api, key, position)
        tried = await rerun(api, key, cause=cause["cause_id"], limit=2, dry_run=True)
        first = await rerun(api, key, "k1", cause=cause["cause_id"], limit=2)
        again = await rerun(api, key, "k1", cause=cause["cause_id"], limit=2)
        await causes_of(api, key, again["position"])
        second = await rerun(api, key, "k2", cause=cause["cause_id"], limit=2)
        await causes_of(api, key, second["position"])
        versions = await versions_of(api, key)
        history = (await api.get(f"/orders/{order_id_of(1)}/events", key)).json()["events"]

    asked = [{"order_id": str(order_id_of(number)), "action_id": HOOK} for number in (1, 2)]
    assert tried["requested"] == asked
    assert (tried["is_dry_run"], tried["remaining"], tried["position"]) == (True, 1, 0)
    assert first["requested"] == again["requested"] == asked
    assert (first["refused"], first["remaining"]) == ([], 1)
    assert len(second["requested"]) == 1
    assert second["remaining"] == 0
    assert versions == [7, 7, 7, 6], "each ran once more, the other cause's order did not"
    assert history[-1]["event"] == "ActionRequested"
    assert history[-1]["actor"]["kind"] == "operator"


async def test_a_key_answers_the_same_for_ever_and_never_runs_what_fails_later(
    database: Database,
) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        await api.parts.shop_settings.put(KAUPPA, NO_GRACE)
        key = await api.key(Role.CUSTOMER_SERVICE)
        for number in (1, 2):
            position = await stand(api, number, failed("http_503"))
        [cause] = await causes_of(api, key, position)
        first = await rerun(api, key, "k1", cause=cause["cause_id"], limit=1)
        for number in (3, 4):
            position = await stand(api, number, failed("http_503"))
        await record(api.parts, 1, begun(run=2)[1:], after=FACTS_BEFORE + 4)
        await causes_of(api, key, position)
        colleague = await api.key(Role.CUSTOMER_SERVICE)
        again = await rerun(api, colleague, "k1", cause=cause["cause_id"], limit=1)
        versions = await versions_of(api, key)

    assert (len(first["requested"]), first["remaining"], first["needs_force"]) == (1, 1, 0)
    assert (first["is_repeat"], first["replayed"]) == (False, "")
    assert again == first | {"is_repeat": True, "replayed": "true"}
    assert versions == [8, 6, 6, 6]


async def test_a_key_stands_for_one_wish(database: Database) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        await api.parts.shop_settings.put(KAUPPA, NO_GRACE)
        key = await api.key(Role.CUSTOMER_SERVICE)
        position = await stand(api, 1, failed("http_503"))
        [cause] = await causes_of(api, key, position)
        both = await rerun(api, key, cause=cause["cause_id"], actions=[], dry_run=True)
        await rerun(api, key, "k1", cause=cause["cause_id"])
        other = await rerun(api, key, "k1", cause=cause["cause_id"], limit=1)
        none = await rerun(api, key, cause=cause["cause_id"])
        neither = await rerun(api, key, "k3")

    assert (other["status"], other["code"]) == (422, "idempotency_key_reused")
    assert (none["status"], none["code"]) == (400, "idempotency_key_invalid")
    assert both["status"] == HTTPStatus.OK, "no actions are chosen beside the cause"
    assert neither["status"] == HTTPStatus.BAD_REQUEST


async def test_chosen_actions_run_again_and_only_those_that_ask(database: Database) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        await api.parts.shop_settings.put(KAUPPA, NO_GRACE)
        key = await api.key(Role.CUSTOMER_SERVICE)
        await stand(api, 1, failed("http_503"))
        await stand(api, 2, failed("http_410"))
        position = await stand(api, 3, failed("http_500"))
        await causes_of(api, key, position)
        chosen = [
            {"order_id": str(order_id_of(number)), "action_id": HOOK} for number in (2, 3)
        ] + [{"order_id": str(uuid4()), "action_id": HOOK}]
        answer = await rerun(api, key, "k1", actions=chosen)
        again = await rerun(api, key, "k1", actions=chosen)
        await causes_of(api, key, answer["position"])
        versions = await versions_of(api, key)

    assert answer["requested"] == chosen[:2]
    assert answer["refused"] == again["refused"] == [chosen[2] | {"code": "action_not_asking"}]
    assert versions == [6, 7, 7]


async def test_what_is_running_needs_force(database: Database) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        await api.parts.shop_settings.put(KAUPPA, NO_GRACE)
        key = await api.key(Role.CUSTOMER_SERVICE)
        position = await stand(api, 1, begun())
        [cause] = await causes_of(api, key, position)
        calm = await rerun(api, key, "k1", cause=cause["cause_id"])
        forced = await rerun(api, key, "k2", cause=cause["cause_id"], force=True)

    assert (calm["requested"], calm["remaining"], calm["needs_force"]) == ([], 0, 1)
    assert len(forced["requested"]) == 1


async def test_a_dry_run_tells_whom_it_would_reach_with_which_settings(database: Database) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        await api.parts.shop_settings.put(KAUPPA, NO_GRACE)
        key = await api.key(Role.CUSTOMER_SERVICE)
        await stand(api, 1, failed("http_503"), CRM)
        position = await stand(api, 2, failed("http_503"))
        newer = Webhook(url="https://new.example.com/hook?token=hunter3")
        for revision in (1, 2):
            await publish(api.parts, newer, revision=revision, setting_id=CRM, shop=KAUPPA)
        [cause] = await causes_of(api, key, position)
        wanted = {"cause": cause["cause_id"], "use_latest_configuration": True}
        as_is = await rerun(api, key, cause=cause["cause_id"], dry_run=True)
        tried = await rerun(api, key, **wanted, dry_run=True)
        done = await rerun(api, key, "k1", **wanted)
        again = await rerun(api, key, "k1", **wanted)
        other = await rerun(api, key, "k1", cause=cause["cause_id"])

    assert (cause["actions"], cause["newer_settings"]) == (2, 1)
    assert [(one["number"], one["recipient"]) for one in as_is["fires"]] == [
        ("2026-1", "crm.example.com"),
        ("2026-2", "crm.example.com"),
    ]
    [fires] = tried["fires"]
    assert (fires["number"], fires["name"], fires["recipient"], fires["run"]) == (
        "2026-1",
        "Tell the CRM",
        "new.example.com",
        2,
    )
    assert (fires["revision"], fires["differences"][0]["field"]) == (2, "url")
    assert "hunter" not in str(as_is) + str(tried)
    assert tried["requested"] == done["requested"] == again["requested"]
    assert [one["code"] for one in done["refused"]] == ["no_latest_configuration"]
    assert tried["refused"] == done["refused"]
    assert (done["fires"], done["position"]) == ([], position + 4)
    assert other["code"] == "idempotency_key_reused"


async def test_a_wish_that_finds_nothing_leaves_its_key_free(database: Database) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        await api.parts.shop_settings.put(KAUPPA, NO_GRACE)
        key = await api.key(Role.CUSTOMER_SERVICE)
        position = await stand(api, 1, begun())
        [cause] = await causes_of(api, key, position)
        calm = await rerun(api, key, "k1", cause=cause["cause_id"])
        forced = await rerun(api, key, "k1", cause=cause["cause_id"], force=True)

    assert (calm["requested"], calm["needs_force"]) == ([], 1)
    assert len(forced["requested"]) == 1


async def test_what_has_changed_since_it_was_chosen_is_not_run_again(database: Database) -> None:
    async with served(database, connections_max=8) as api:
        await api.parts.shop_settings.put(KAUPPA, NO_GRACE)
        key = await api.key(Role.CUSTOMER_SERVICE)
        async with followed(api.parts):
            position = await stand(api, 1, failed("http_503"))
            [cause] = await causes_of(api, key, position)
        await record(api.parts, 1, begun(run=2), after=FACTS_BEFORE + 3)
        answer = await rerun(api, key, "k1", cause=cause["cause_id"])

    assert answer["requested"] == []
    assert [one["code"] for one in answer["refused"]] == ["action_changed"]


async def test_a_shop_cannot_run_what_is_anothers(database: Database) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        await api.parts.shop_settings.put(KAUPPA, NO_GRACE)
        position = await stand(api, 1, failed("http_503"))
        [cause] = await causes_of(api, await api.key(), position)
        theirs = await api.key(Role.CUSTOMER_SERVICE, TOINEN)
        answer = await rerun(api, theirs, "k1", cause=cause["cause_id"])
    assert (answer["status"], answer["code"]) == (404, "cause_unknown")


@pytest.mark.parametrize("is_dry_run", [False, True], ids=["earnest", "dry"])
async def test_a_cause_that_nobody_waits_for_is_not_found(
    database: Database, *, is_dry_run: bool
) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        key = await api.key(Role.CUSTOMER_SERVICE)
        answer = await rerun(api, key, "k1", cause="0123456789", dry_run=is_dry_run)
    assert (answer["status"], answer["code"]) == (404, "cause_unknown")


async def test_a_cause_without_actions_is_refused(database: Database) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        key = await api.key(Role.CUSTOMER_SERVICE)
        again = replace(received(1), payment_id=PaymentId("pay-2"), transaction_id="tx-2")
        position = await stand(api, 1, [again])
        [cause] = await causes_of(api, key, position)
        answer = await rerun(api, key, "k1", cause=cause["cause_id"])
    assert cause["kind"] == "money_above_total"
    assert (answer["status"], answer["code"]) == (409, "cause_without_actions")


async def test_named_actions_that_ask_for_no_look_are_refused_and_leave_the_key_free(
    database: Database,
) -> None:
    async with served(database, connections_max=8) as api, followed(api.parts):
        key = await api.key(Role.CUSTOMER_SERVICE)
        position = await stand(api, 1, failed("http_503"))
        await causes_of(api, key, position)
        chosen = [{"order_id": str(order_id_of(1)), "action_id": HOOK}]
        early = await rerun(api, key, "k1", actions=chosen)
        await api.parts.shop_settings.put(KAUPPA, NO_GRACE)
        later = await rerun(api, key, "k1", actions=chosen)
    assert (early["requested"], early["is_repeat"], early["recorded_at"]) == ([], False, None)
    assert early["refused"] == [chosen[0] | {"code": "action_not_asking"}]
    assert (later["requested"], later["is_repeat"]) == (chosen, False)
