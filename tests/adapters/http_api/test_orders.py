"""The orders table, one order now and then, its history, and what requires attention."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest

from adapters.shops.settings import ShopSettings
from domain.identifiers import OrderId
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
from tests.adapters.http_api.test_openapi import closed
from tests.support import Database

NO_GRACE = ShopSettings(display_name="Kauppa", grace_seconds=0)


@asynccontextmanager
async def shown(database: Database) -> AsyncIterator[tuple[Api, str, int]]:
    """Serve three orders of `kauppa` and one of `toinen`; give a key and the last position."""
    async with served(database, connections_max=8) as api, followed(api.parts):
        await record(api.parts, 1, [started(1, source="blog"), placed(1, "maija@example.com")])
        await record(
            api.parts,
            2,
            [started(2), placed(2, "Matti@example.com", discount="SYKSY", first_name="Matti")],
        )
        await record(api.parts, 2, [received(2)], after=2)
        await record(api.parts, 3, [started(3)])
        position = await record(
            api.parts, 4, [started(4, TOINEN), placed(4, "maija@example.com")], TOINEN
        )
        yield api, await api.key(), position


def numbers(page: dict[str, Any]) -> list[str]:
    return [order["number"] for order in page["orders"]]


class TestTheTable:
    async def test_shows_the_orders_of_the_shop_newest_first(self, database: Database) -> None:
        async with shown(database) as (api, key, position):
            page = (await api.get("/orders", key, min_position=position)).json()

        assert numbers(page) == ["", "2026-2", "2026-1"]
        assert page["count"] == {"count": 3, "more": False}
        assert page["next_cursor"] is None

    async def test_shows_all_that_a_row_needs(self, database: Database) -> None:
        async with shown(database) as (api, key, position):
            page = (await api.get("/orders", key, number="2026-2", min_position=position)).json()

        [order] = page["orders"]
        assert order["total"] == {"amount": 10_000, "currency": "EUR"}
        assert order["received"] == {"amount": 10_000, "currency": "EUR"}
        assert order["status"] == "paid"
        assert order["payment"] == {"provider": "stripe", "method": "card", "status": "received"}
        assert order["created_at"] == "2026-11-23T09:02:00Z"
        assert order["email"] == "Matti@example.com"
        assert order["products"] == ["Watercolours"]
        assert order["discount_codes"] == ["SYKSY"]

    async def test_filters_by_everything_at_once_or_alone(self, database: Database) -> None:
        expected = {
            "number=2026-1": ["2026-1"],
            "email=matti@EXAMPLE": ["2026-2"],
            "first_name=mat": ["2026-2"],
            "last_name=meik": ["2026-2", "2026-1"],
            "status=started": [""],
            "payment_status=paid": ["2026-2"],
            "source=blog": ["2026-1"],
            "tag=autumn": ["", "2026-2", "2026-1"],
            "discount_code=SYKSY": ["2026-2"],
            "created_from=2026-11-23T09:02:00Z": ["", "2026-2"],
            "created_to=2026-11-23T11:02:00%2B02:00": ["2026-1"],
            "attention=true": [],
            "attention=false": ["", "2026-2", "2026-1"],
            "q=maija": ["2026-1"],
            "q=2026-2": ["2026-2"],
            "email=example.com&first_name=Maija&source=blog": ["2026-1"],
            "email=maija&source=newsletter": [],
        }
        async with shown(database) as (api, key, position):
            await api.get("/orders", key, min_position=position)
            for query, found in expected.items():
                response = await api.client.get(f"/api/v1/orders?{query}", headers=bearer(key))

                assert numbers(response.json()) == found, query
                assert response.json()["count"]["count"] == len(found), query

    async def test_goes_on_where_the_page_before_ended(self, database: Database) -> None:
        async with shown(database) as (api, key, position):
            first = (await api.get("/orders", key, limit=2, min_position=position)).json()
            await record(api.parts, 5, [started(5)])
            second = await api.get("/orders", key, limit=2, cursor=first["next_cursor"])

        assert numbers(first) == ["", "2026-2"]
        assert numbers(second.json()) == ["2026-1"]
        assert second.json()["next_cursor"] is None

    async def test_holds_what_was_just_written(self, database: Database) -> None:
        async with shown(database) as (api, key, _):
            for number in range(10, 20):
                position = await record(api.parts, number, [started(number)])
                page = (await api.get("/orders", key, limit=1, min_position=position)).json()

                assert page["orders"][0]["order_id"] == str(order_id_of(number))

    async def test_says_when_it_cannot_be_there_in_time(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("adapters.http_api.freshness.WAIT_SECONDS_MAX", 0.05)
        async with shown(database) as (api, key, position):
            for path in ("/orders", "/attention"):
                response = await api.get(path, key, min_position=position + 1)

                assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
                assert response.json()["code"] == "not_there_yet"
                assert response.headers["Retry-After"]


class TestAnOrder:
    async def test_is_shown_whole(self, database: Database) -> None:
        async with shown(database) as (api, key, _):
            response = await api.get(f"/orders/{order_id_of(2)}", key)

        order = response.json()
        assert response.headers["ETag"] == '"3"'
        assert order["version"] == 3
        assert order["status"] == "paid"
        assert order["customer"]["email"] == "Matti@example.com"
        assert order["general"]["vat"][0]["vat"] == {"amount": 2_032, "currency": "EUR"}
        assert [payment["provider"] for payment in order["payments"]] == ["stripe"]
        assert [action["name"] for action in order["actions"]] == ["Tell the CRM"]

    async def test_never_tells_the_secrets_of_its_actions(self, database: Database) -> None:
        async with shown(database) as (api, key, _):
            for path in (f"/orders/{order_id_of(2)}", f"/orders/{order_id_of(2)}/events"):
                text = (await api.get(path, key)).text

                assert "crm.example.com" in text
                assert "hunter2" not in text

    async def test_is_shown_as_it_was_at_a_version(self, database: Database) -> None:
        async with shown(database) as (api, key, _):
            response = await api.get(f"/orders/{order_id_of(2)}", key, version=1)

        assert response.json()["status"] == "started"
        assert response.json()["customer"] is None
        assert response.headers["ETag"] == '"1"'

    async def test_is_shown_as_it_was_known_at_a_time(self, database: Database) -> None:
        async with shown(database) as (api, key, _):
            path = f"/orders/{order_id_of(2)}"
            history = (await api.get(f"{path}/events", key)).json()["events"]
            then = history[1]["recorded_at"]
            before = str(AT - timedelta(days=365_0)).replace(" ", "T")

            assert (await api.get(path, key, as_of=then)).json()["status"] == "in_progress"
            assert (await api.get(path, key, as_of=before)).status_code == HTTPStatus.NOT_FOUND

    async def test_that_has_not_come_that_far_is_not_there(self, database: Database) -> None:
        async with shown(database) as (api, key, _):
            response = await api.get(f"/orders/{order_id_of(2)}", key, version=4)

        assert response.status_code == HTTPStatus.NOT_FOUND

    async def test_that_has_not_changed_is_not_sent_again(self, database: Database) -> None:
        async with shown(database) as (api, key, _):
            path = f"/api/v1/orders/{order_id_of(1)}"
            for known in ('"2"', 'W/"2"', '"1", "2"'):
                headers = bearer(key) | {"If-None-Match": known}
                response = await api.client.get(path, headers=headers)

                assert response.status_code == HTTPStatus.NOT_MODIFIED
                assert response.content == b""
                assert response.headers["ETag"] == '"2"'
            headers = bearer(key) | {"If-None-Match": '"1"'}
            assert (await api.client.get(path, headers=headers)).status_code == HTTPStatus.OK

    async def test_of_another_shop_does_not_exist(self, database: Database) -> None:
        async with shown(database) as (api, key, _):
            unknown = await api.get(f"/orders/{OrderId(order_id_of(99))}", key)
            for path in (f"/orders/{order_id_of(4)}", f"/orders/{order_id_of(4)}/events"):
                response = await api.get(path, key)

                assert response.status_code == HTTPStatus.NOT_FOUND
                assert response.json() == unknown.json()
            both = await api.key_to(KAUPPA, TOINEN)
            found = await api.get(f"/orders/{order_id_of(4)}", both, shop=TOINEN)
            assert found.status_code == HTTPStatus.OK

    async def test_tells_its_history_with_who_and_what_changed(self, database: Database) -> None:
        async with shown(database) as (api, key, _):
            response = await api.get(f"/orders/{order_id_of(2)}/events", key)

        events = response.json()["events"]
        assert [event["event"] for event in events] == [
            "OrderStarted",
            "OrderPlaced",
            "PaymentReceived",
        ]
        assert [event["version"] for event in events] == [1, 2, 3]
        assert events[2]["actor"] == {"kind": "checkout", "id": "kauppa"}
        assert {"what": "status", "before": "in_progress", "after": "paid"} in events[2]["changes"]


class TestAttention:
    async def test_counts_and_lists_what_was_not_done_in_the_shops_grace(
        self, database: Database
    ) -> None:
        async with shown(database) as (api, key, position):
            before = (await api.get("/attention", key, min_position=position)).json()
            await api.parts.shop_settings.put(KAUPPA, NO_GRACE)
            page = (await api.get("/attention", key, min_position=position)).json()
            asking = (await api.get("/orders", key, attention=True)).json()
            sheet = await api.client.get(
                f"/api/v1/orders/{order_id_of(2)}",
                headers=bearer(key) | {"If-None-Match": '"3"'},
            )

        assert before == {"count": 0, "orders": []}, "five minutes, if the shop says nothing"
        assert page["count"] == 1
        assert numbers(page) == numbers(asking) == ["2026-2"]
        [problem] = page["orders"][0]["problems"]
        assert (problem["kind"], problem["action"]) == ("action_unfinished", "Tell the CRM")
        assert (problem["action_kind"], problem["destination"]) == ("webhook", "crm.example.com")
        assert problem["since"] == problem["due_at"] == page["orders"][0]["due_at"]
        assert asking["orders"][0]["needs_attention"]
        assert sheet.status_code == HTTPStatus.OK, "a deadline passes without a new version"
        assert sheet.json()["attention"][0]["action"] == "Tell the CRM"


async def test_every_answer_is_what_the_description_says(database: Database) -> None:
    async with shown(database) as (api, key, position):
        description = (await api.client.get("/api/v1/openapi.json")).json()
        for path, template in {
            "/orders": "/orders",
            f"/orders/{order_id_of(2)}": "/orders/{order_id}",
            f"/orders/{order_id_of(2)}/events": "/orders/{order_id}/events",
            "/attention": "/attention",
            "/health/live": "/health/live",
            "/health/ready": "/health/ready",
            "/orders/unheard-of": "/orders/{order_id}",
            f"/orders/{order_id_of(99)}": "/orders/{order_id}",
        }.items():
            response = await api.get(path, key)
            answers = description["paths"][f"/api/v1{template}"]["get"]["responses"]
            content = answers[str(response.status_code)]["content"]
            schema = content[response.headers["Content-Type"]]["schema"]

            closed(description, schema).validate(response.json())
        assert position


async def test_the_metrics_tell_how_far_everybody_is(database: Database) -> None:
    async with shown(database) as (api, key, position):
        await api.get("/orders", key, min_position=position)
        text = (await api.client.get("/metrics")).text

    lines = text.splitlines()
    assert f"order_ledger_journal_head {float(position)}" in lines
    assert 'order_ledger_follower_lag_events{follower="orders"} 0.0' in lines
    assert 'order_ledger_follower_lag_events{follower="attention"} 0.0' in lines
    assert any(line.startswith("order_ledger_follower_heartbeat_age_seconds") for line in lines)
    request = 'method="GET",route="/api/v1/orders",status="200"'
    assert f"order_ledger_http_request_seconds_count{{{request}}} 1.0" in lines
    assert "maija" not in text.lower()
    assert KAUPPA not in text
