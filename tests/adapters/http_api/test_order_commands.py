"""What people want done with orders, over HTTP: done once, tried dry, refused in a sentence."""

from http import HTTPStatus
from typing import Any

from httpx2 import Response
from msgspec.structs import replace

from adapters.auth.roles import Role
from adapters.commands.options import NOTE_CHARACTERS_MAX
from domain.identifiers import ActionId
from domain.order.events import ActionAdded
from domain.order.values import PlannedAction
from tests.adapters.commands.given import SECRET, publish, stand
from tests.adapters.http_api.served import Api, bearer, served
from tests.adapters.http_api.test_openapi import closed
from tests.examples import (
    COURSE,
    COURSE_BACK,
    GRANT_ACTION,
    HOOK,
    HOOK_ACTION,
    ORDER_ID,
    RECEIPT,
    RECEIPT_ACTION,
    SHOP,
    action_started,
    at,
    done,
    failed,
    paid,
    refunded,
    removal_of,
    requested,
)
from tests.support import Database

ORDER = f"/api/v1/orders/{ORDER_ID}"
PAID = (*paid(RECEIPT_ACTION, HOOK_ACTION), *done(RECEIPT_ACTION))
RUNNING = (*PAID, requested(HOOK_ACTION), action_started(HOOK))
FAILED = (*RUNNING, failed(HOOK))


class Desk:
    """A person at the API."""

    def __init__(self, api: Api, access_key: str) -> None:
        self.api = api
        self.access_key = access_key

    async def ask(
        self, path: str, body: object = None, key: str | None = "k-1", **query: Any
    ) -> Response:
        """Want something of the example order."""
        headers = bearer(self.access_key) | ({} if key is None else {"Idempotency-Key": key})
        return await self.api.client.post(
            f"{ORDER}{path}", json=body, params=query, headers=headers
        )


async def desk(api: Api) -> Desk:
    await api.parts.shops.add(SHOP, "Courses")
    return Desk(api, await api.key(Role.CUSTOMER_SERVICE, SHOP))


async def test_an_order_is_completed_with_the_defaults_of_the_dialog(database: Database) -> None:
    async with served(database) as api:
        await stand(api.parts, *PAID)
        person = await desk(api)

        response = await person.ask("/complete")
        again = await person.ask("/complete", {"run_actions": True})

    assert response.status_code == HTTPStatus.OK
    answer = response.json()
    assert answer["order_id"] == str(ORDER_ID)
    assert [fact["event"] for fact in answer["recorded"]] == [
        "OrderMarkedCompleted",
        "ActionRequested",
        "ActionRequested",
    ]
    assert [one["recipient"] for one in answer["fires"]] == [
        "aino@example.com",
        "hooks.example.com",
    ]
    assert again.json() == answer | {"is_repeat": True}
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in response.headers


async def test_an_access_that_was_removed_by_hand_is_settled_by_its_id_with_slashes(
    database: Database,
) -> None:
    removal = removal_of(GRANT_ACTION)
    history = (
        *paid(GRANT_ACTION),
        *done(GRANT_ACTION),
        *refunded(COURSE_BACK, remove_access=(COURSE,)),
        ActionAdded(at=at(23), action=removal),
        requested(removal, minute=23),
        action_started(removal.action_id, minute=24),
        failed(removal.action_id, minute=25),
    )
    path = f"/actions/{removal.action_id.replace('/', '%2F')}/removed-by-hand"
    async with served(database) as api:
        await stand(api.parts, *history)
        person = await desk(api)

        response = await person.ask(path)
        again = await person.ask(path)
        refused = await person.ask(path, key="k-2")

    assert response.status_code == HTTPStatus.OK, response.text
    assert [fact["says"] for fact in response.json()["recorded"]] == [
        "Remove access: Course access: run 1 called off, as it was done by hand",
        "Order completed",
    ]
    assert again.json() == response.json() | {"is_repeat": True}
    assert refused.status_code == HTTPStatus.CONFLICT
    assert refused.json()["code"] == "nothing_to_confirm"


async def test_the_key_of_who_asked_stands_in_the_history(database: Database) -> None:
    async with served(database) as api:
        await stand(api.parts, *PAID)
        person = await desk(api)
        await person.ask("/complete", {"run_actions": False})

        events = (await api.get(f"/orders/{ORDER_ID}/events", person.access_key)).json()["events"]

    key_id = person.access_key.split("_")[1]
    assert events[-1]["actor"] == {"kind": "operator", "id": f"test ({key_id})"}


async def test_who_wrote_reads_the_own_writing(database: Database) -> None:
    async with served(database) as api:
        await stand(api.parts, *PAID)
        person = await desk(api)

        answer = (await person.ask("/complete", {"run_actions": False})).json()

        shown = (await api.get(f"/orders/{ORDER_ID}", person.access_key)).json()
        assert (shown["status"], shown["version"]) == ("marked_as_completed", answer["version"])
        assert answer["position"] == await api.parts.journal.head()


async def test_a_dry_run_records_nothing_and_needs_no_key(database: Database) -> None:
    async with served(database) as api:
        await stand(api.parts, *PAID)
        head = await api.parts.journal.head()
        person = await desk(api)

        response = await person.ask("/complete", key=None, dry_run="true")

        assert response.status_code == HTTPStatus.OK
        assert response.json()["is_dry_run"] is True
        assert response.json()["fires"]
        assert await api.parts.journal.head() == head


async def test_an_action_runs_again_and_says_what_its_new_settings_change(
    database: Database,
) -> None:
    async with served(database) as api:
        await stand(api.parts, *FAILED)
        await publish(api.parts)
        person = await desk(api)

        response = await person.ask(
            f"/actions/{HOOK}/rerun",
            {"use_latest_configuration": True, "run_seen": 1, "attempt_seen": 1},
        )

    assert response.status_code == HTTPStatus.OK
    assert SECRET not in response.text
    [firing] = response.json()["fires"]
    assert firing["differences"] == [
        {
            "field": "url",
            "before": "https://hooks.example.com/a",
            "after": "https://hooks.example.com/b?•••",
            "is_secret": False,
        }
    ]


async def test_an_action_whose_id_holds_slashes_is_named_escaped(database: Database) -> None:
    odd = ActionId("refund-1/remove%2F/ä grant")
    action: PlannedAction = replace(RECEIPT_ACTION, action_id=odd)
    async with served(database) as api:
        await stand(api.parts, *paid(action))
        person = await desk(api)

        response = await person.ask("/actions/refund-1%2Fremove%252F%2f%C3%A4%20grant/rerun")

    assert response.status_code == HTTPStatus.OK, response.text
    assert [one["action_id"] for one in response.json()["fires"]] == [odd]


async def test_a_note_is_kept_with_who_wrote_it(database: Database) -> None:
    async with served(database) as api:
        await stand(api.parts, *PAID)
        person = await desk(api)

        await person.ask("/notes", {"text": "Aino has called.\n\tTwice: äö."})

        shown = (await api.get(f"/orders/{ORDER_ID}", person.access_key)).json()
    assert [note["text"] for note in shown["notes"]] == ["Aino has called.\n\tTwice: äö."]


async def test_what_is_not_allowed_is_refused_in_a_sentence(database: Database) -> None:
    async with served(database) as api:
        await stand(api.parts, *RUNNING)
        person = await desk(api)
        await person.ask("/notes", {"text": "Called."}, key="used")
        head = await api.parts.journal.head()
        restore, latest = {"restore_refunded_data": True}, {"use_latest_configuration": True}
        no_run_latest = latest | {"run_actions": False}
        for path, body, key, status, code in (
            ("/complete", None, None, 400, "idempotency_key_invalid"),
            ("/complete", None, "", 400, "idempotency_key_invalid"),
            ("/complete", None, 201 * "k", 400, "idempotency_key_invalid"),
            ("/complete", {"run": True}, "k", 400, "invalid_parameter"),
            ("/complete", {"run_actions": "no"}, "k", 400, "invalid_parameter"),
            ("/complete", None, "used", 422, "idempotency_key_reused"),
            ("/complete", restore, "k", 409, "nothing_to_restore"),
            ("/complete", latest, "k", 409, "no_failed_action"),
            ("/complete", no_run_latest, "k", 409, "latest_needs_run"),
            (f"/actions/{RECEIPT}/rerun", None, "k", 409, "confirmation_needed"),
            (f"/actions/{HOOK}/rerun", None, "k", 409, "action_running"),
            (f"/actions/{HOOK}/rerun", {"run_seen": 2}, "k", 409, "action_changed"),
            (
                f"/actions/{RECEIPT}/rerun",
                latest | {"confirmed": True},
                "k",
                409,
                "action_not_failed",
            ),
            ("/actions/no-such/rerun", None, "k", 404, "action_unknown"),
            ("/notes", {"text": ""}, "k", 400, "invalid_parameter"),
            ("/notes", {"text": "a" * (NOTE_CHARACTERS_MAX + 1)}, "k", 400, "invalid_parameter"),
            ("/notes", {}, "k", 400, "invalid_parameter"),
            ("/notes", {"text": "a\0"}, "k", 400, "invalid_parameter"),
            ("/notes", {"text": "\x1b[2J"}, "k", 400, "invalid_parameter"),
            ("/notes", {"text": "a\rb"}, "k", 400, "invalid_parameter"),
            ("/notes", {"text": "\x7f"}, "k", 400, "invalid_parameter"),
            ("/notes", {"text": "\x9b2J"}, "k", 400, "invalid_parameter"),
        ):
            response = await person.ask(path, body, key)

            problem = response.json()
            assert (response.status_code, problem["code"]) == (status, code), (path, body, key)
            assert response.headers["Content-Type"] == "application/problem+json"
            assert problem["detail"]
        assert await api.parts.journal.head() == head


async def test_a_body_that_is_not_json_is_refused_as_such(database: Database) -> None:
    async with served(database) as api:
        await stand(api.parts, *PAID)
        person = await desk(api)
        for body in (b"{", b"run_actions=false", b'{"run_actions": "\xff"}', 60_000 * b"["):
            response = await api.client.post(
                f"{ORDER}/complete",
                content=body,
                headers=bearer(person.access_key) | {"Idempotency-Key": "k-1"},
            )

            assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
            assert response.json()["detail"] == "The body is not JSON in UTF-8."


async def test_an_order_of_another_shop_does_not_exist(database: Database) -> None:
    async with served(database) as api:
        await stand(api.parts, *PAID)
        stranger = Desk(api, await api.key(Role.ADMIN))
        for path in ("/complete", f"/actions/{HOOK}/rerun"):
            response = await stranger.ask(path)

            assert (response.status_code, response.json()["code"]) == (404, "not_found")


async def test_the_sheet_says_which_options_a_dialog_offers(database: Database) -> None:
    async with served(database) as api:
        await stand(api.parts, *RUNNING)
        person = await desk(api)
        running = (await api.get(f"/orders/{ORDER_ID}", person.access_key)).json()
        await stand(api.parts, failed(HOOK), after=len(RUNNING))
        await publish(api.parts)

        failing = (await api.get(f"/orders/{ORDER_ID}", person.access_key)).json()

    assert [one["needs_confirmation"] for one in running["actions"]] == [True, False]
    assert [one["needs_force"] for one in running["actions"]] == [False, True]
    assert not running["completion"]["can_use_latest_configuration"]
    assert failing["completion"] == {
        "can_restore_refunded_data": False,
        "can_use_latest_configuration": True,
    }
    newer = failing["actions"][1]["newer_configuration"]
    assert (newer["revision"], newer["differences"][0]["field"]) == (2, "url")
    assert SECRET not in str(failing)


async def test_every_answer_is_what_the_description_says(database: Database) -> None:
    async with served(database) as api:
        await stand(api.parts, *FAILED)
        await publish(api.parts)
        person = await desk(api)
        description = (await api.client.get("/api/v1/openapi.json")).json()
        for path, template, body in (
            ("/complete", "/complete", {"use_latest_configuration": True}),
            (f"/actions/{HOOK}/rerun", "/actions/{action_id}/rerun", None),
            ("/notes", "/notes", {"text": "Called."}),
            ("/actions/no-such/rerun", "/actions/{action_id}/rerun", None),
        ):
            response = await person.ask(path, body, key=f"k{path}".replace("/", "-"))

            operation = description["paths"][f"/api/v1/orders/{{order_id}}{template}"]["post"]
            content = operation["responses"][str(response.status_code)]["content"]
            schema = content[response.headers["Content-Type"]]["schema"]
            closed(description, schema).validate(response.json())
