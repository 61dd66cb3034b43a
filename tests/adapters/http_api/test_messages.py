"""What came from the checkout, over HTTP: listed, shown, and put through again."""

from http import HTTPStatus
from urllib.parse import quote

from httpx2 import Response

from adapters.auth.roles import Role
from tests.adapters.http_api.served import KAUPPA, TOINEN, Api, bearer, served
from tests.adapters.http_api.test_openapi import closed
from tests.adapters.messaging.checkout import Checkout, Sent
from tests.support import Database


async def take(api: Api, *sent: Sent) -> None:
    """Hand messages on as ingress does."""
    await api.parts.intake.take([one.arrival for one in sent])


def named(checkout: Checkout, message_id: str) -> Sent:
    """Write a payment that comes too early, with an id of the publisher's choice."""
    sent = checkout.message("payment.received.v1", id=message_id)
    return sent._replace(message_id=message_id)


async def outcome_of(api: Api, key: str, sent: Sent) -> str:
    """Ask what became of a message."""
    [message] = (await api.get(f"/messages/{sent.message_id}", key)).json()["messages"]
    outcome: str = message["outcome"]
    return outcome


async def replay(api: Api, key: str, message_id: str) -> Response:
    """Ask for a message to be put through again."""
    return await api.client.post(
        "/api/v1/messages/replay", params={"id": message_id}, headers=bearer(key)
    )


class TestMessages:
    async def test_tell_what_became_of_each(self, database: Database) -> None:
        async with served(database) as api:
            key = await api.key(Role.MAINTAINER)
            checkout, other = Checkout(KAUPPA), Checkout(KAUPPA)
            opened, early, broken = checkout.started(), other.paid(), checkout.raw(b"not JSON")
            await take(api, opened, early, broken)
            await take(api, opened)

            assert await outcome_of(api, key, opened) == "applied"
            assert await outcome_of(api, key, early) == "parked"
            page = (await api.get("/messages", key)).json()

        by_outcome = {message["outcome"]: message for message in page["messages"]}
        assert set(by_outcome) == {"applied", "parked", "quarantined"}
        assert by_outcome["applied"]["times_seen"] == 2
        assert by_outcome["quarantined"]["reason"]
        assert by_outcome["parked"]["code"]

    async def test_are_filtered_by_outcome_and_order(self, database: Database) -> None:
        async with served(database) as api:
            key = await api.key(Role.MAINTAINER)
            checkout, other = Checkout(KAUPPA), Checkout(KAUPPA)
            opened, early = checkout.started(), other.paid()
            await take(api, opened, early)

            for query, expected in (
                ({"outcome": "parked"}, early),
                ({"outcome": "applied"}, opened),
                ({"order_id": str(other.order_id)}, early),
                ({"order_id": str(checkout.order_id)}, opened),
                ({"limit": 1}, early),
            ):
                page = (await api.get("/messages", key, **query)).json()

                ids = [message["message_id"] for message in page["messages"]]
                assert ids == [expected.message_id], query

    async def test_show_their_body_while_they_are_held(self, database: Database) -> None:
        async with served(database) as api:
            key = await api.key(Role.MAINTAINER)
            checkout = Checkout(KAUPPA)
            opened, early = checkout.started(), Checkout(KAUPPA).paid()
            await take(api, opened, early)

            [held] = (await api.get(f"/messages/{early.message_id}", key)).json()["messages"]
            [applied] = (await api.get(f"/messages/{opened.message_id}", key)).json()["messages"]

        assert held["body"] == early.body.decode()
        assert applied["body"] is None

    async def test_of_another_shop_do_not_exist(self, database: Database) -> None:
        async with served(database) as api:
            theirs = Checkout(TOINEN).paid()
            await take(api, theirs)
            key = await api.key(Role.MAINTAINER, KAUPPA)
            path = f"/api/v1/messages/{theirs.message_id}"

            assert (await api.get("/messages", key)).json() == {"messages": []}
            for response in (
                await api.client.get(path, headers=bearer(key)),
                await replay(api, key, theirs.message_id),
            ):
                assert response.status_code == HTTPStatus.NOT_FOUND
            owner = await api.key(Role.MAINTAINER, TOINEN)
            assert await outcome_of(api, owner, theirs) == "parked"

    async def test_are_found_by_ids_with_slashes_as_our_feeds_give_them(
        self, database: Database
    ) -> None:
        async with served(database) as api:
            key = await api.key(Role.MAINTAINER)
            checkout = Checkout(KAUPPA)
            ids = [f"kauppa/{checkout.order_id}/1", "a//b/", "/a//b", "50%2F ä?/replay", "replay"]
            await take(api, *(named(Checkout(KAUPPA), one) for one in ids))

            for message_id in ids[:-1]:
                path = f"/messages/{quote(message_id, safe='/')}"
                for sent in (path, f"/messages/{quote(message_id, safe='')}"):
                    response = await api.get(sent, key)
                    found = response.json()["messages"]
                    assert [one["message_id"] for one in found] == [message_id], sent
            for message_id in ids:
                response = await replay(api, key, message_id)
                [again] = response.json()["messages"]
                assert (again["message_id"], again["outcome"]) == (message_id, "parked")

    async def test_with_an_id_that_none_can_have_are_not_looked_for(
        self, database: Database
    ) -> None:
        async with served(database) as api:
            key = await api.key(Role.MAINTAINER)
            for message_id, status in (("%00", 400), (201 * "a", 400), ("%FF", 404), ("'", 404)):
                response = await api.client.get(
                    f"/api/v1/messages/{message_id}", headers=bearer(key)
                )

                assert response.status_code == status, message_id


class TestAReplay:
    async def test_judges_a_held_message_again(self, database: Database) -> None:
        async with served(database) as api:
            key = await api.key(Role.MAINTAINER)
            early = Checkout(KAUPPA).paid()
            await take(api, early)

            response = await replay(api, key, early.message_id)

            assert response.status_code == HTTPStatus.OK
            [message] = response.json()["messages"]
            assert (message["message_id"], message["outcome"]) == (early.message_id, "parked")

    async def test_of_an_applied_message_is_refused(self, database: Database) -> None:
        async with served(database) as api:
            key = await api.key(Role.MAINTAINER)
            opened = Checkout(KAUPPA).started()
            await take(api, opened)

            response = await replay(api, key, opened.message_id)

            assert response.status_code == HTTPStatus.CONFLICT
            assert response.json()["code"] == "not_replayable"


async def test_every_answer_about_messages_is_what_the_description_says(
    database: Database,
) -> None:
    async with served(database) as api:
        key = await api.key(Role.MAINTAINER)
        early = Checkout(KAUPPA).paid()
        await take(api, early)
        description = (await api.client.get("/api/v1/openapi.json")).json()
        for method, template, query in (
            ("GET", "/api/v1/messages", ""),
            ("GET", "/api/v1/messages/{message_id}", ""),
            ("POST", "/api/v1/messages/replay", f"?id={early.message_id}"),
        ):
            path = template.format(message_id=early.message_id) + query
            response = await api.client.request(method, path, headers=bearer(key))
            answers = description["paths"][template][method.lower()]["responses"]
            schema = answers["200"]["content"]["application/json"]["schema"]

            closed(description, schema).validate(response.json())
            assert response.json()["messages"]
