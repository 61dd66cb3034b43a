"""What every answer has in common: problems, limits, headers, and a log that names nobody."""

import json
from http import HTTPStatus

import pytest
import structlog

from adapters.http_api.parameters import LIMIT_MAX
from tests.adapters.http_api.served import bearer, served
from tests.support import Database

ORDER = "/orders/11111111-2222-4333-8444-555555555555"


QUERIES_NOT_UNDERSTOOD = [
    ("/orders", "statsu=paid", "Unknown parameter 'statsu'. Known here: attention, created_"),
    ("/orders", "status=paid&status=refunded", "'status' is given more than once"),
    ("/orders", "status=unheard-of", "Known: started, in_progress, processing"),
    ("/orders", "payment_status=unheard-of", "Known: unpaid, pending"),
    ("/orders", "limit=0", "limit: "),
    ("/orders", f"limit={LIMIT_MAX + 1}", "limit: "),
    ("/orders", "limit=many", "limit: "),
    ("/orders", "created_from=yesterday", "created_from: "),
    ("/orders", "created_from=2026-11-23T09:00:00", "created_from: "),
    ("/orders", "created_to=99999-01-01T00:00:00Z", "created_to: "),
    *(
        ("/orders", f"{name}={character}", f"{name}: ")
        for name in ("number", "email", "first_name", "last_name", "source", "tag", "q")
        for character in ("a%00", "%ED%A0%80", "%ED%B0%80b", "%FF")
    ),
    ("/orders", "discount_code=%00", "discount_code: "),
    ("/orders", "cursor=%00", "cursor: "),
    ("/orders", "email=", "email: "),
    ("/orders", "q=" + 255 * "a", "q: "),
    ("/orders", "attention=perhaps", "attention: "),
    ("/orders", "min_position=-1", "min_position: "),
    ("/orders", "min_position=9223372036854775808", "min_position: "),
    (ORDER, "version=0", "version: "),
    (ORDER, "as_of=2026-13-01T00:00:00Z", "as_of: "),
    (ORDER, "version=1&as_of=2026-11-23T09:00:00Z", "version or as_of, not both"),
    (ORDER + "/events", "limit=1", "Known here: shop"),
    ("/attention", "cursor=x", "Unknown parameter 'cursor'"),
    ("/health/live", "verbose=1", "Known here: none"),
]
QUERIES_AT_THE_EDGE = [
    "created_from=0001-01-01T00:00:00%2B14:00",
    "created_to=9999-12-31T23:59:59.999999-14:00",
    "email=%25",
    "q=%5C",
    "number=" + 254 * "%E2%98%83",
    "tag=%7B%22%27",
]


async def test_a_query_that_is_not_understood_is_refused_in_a_sentence(database: Database) -> None:
    async with served(database) as api:
        key = await api.key()
        for path, query, says in QUERIES_NOT_UNDERSTOOD:
            response = await api.client.get(f"/api/v1{path}?{query}", headers=bearer(key))

            assert response.status_code == HTTPStatus.BAD_REQUEST, query
            assert response.headers["Content-Type"] == "application/problem+json"
            assert response.json()["code"] == "invalid_parameter"
            assert says in response.json()["detail"], query


async def test_a_query_at_the_edge_of_what_can_be_said_finds_nothing(database: Database) -> None:
    async with served(database) as api:
        key = await api.key()
        for query in QUERIES_AT_THE_EDGE:
            response = await api.client.get(f"/api/v1/orders?{query}", headers=bearer(key))

            assert response.status_code == HTTPStatus.OK, query
            assert response.json()["orders"] == []


async def test_a_cursor_that_is_not_ours_is_refused(database: Database) -> None:
    async with served(database) as api:
        key = await api.key()
        for cursor in ("x", "bm9uc2Vuc2U=", "ä", "W10=", "WyIyMDI2IiwgMV0=", "WyIyMDI2LTExLTIz"):
            response = await api.get("/orders", key, cursor=cursor)

            assert response.status_code == HTTPStatus.BAD_REQUEST
            assert response.json()["code"] == "unknown_cursor"


NOT_THERE = [
    ("GET", "/nowhere", 404, "not_found"),
    ("GET", "/api/v1/nowhere", 404, "not_found"),
    ("GET", "/api/v1/orders/not-a-uuid", 404, "not_found"),
    ("GET", "/api/v1/orders/" + 5_000 * "a", 404, "not_found"),
    ("DELETE", "/api/v1/orders", 405, "method_not_allowed"),
    ("BREW", "/api/v1/orders", 405, "method_not_allowed"),
]


async def test_what_is_not_there_is_a_problem_too(database: Database) -> None:
    async with served(database) as api:
        for method, path, status, code in NOT_THERE:
            response = await api.client.request(method, path)

            assert (response.status_code, response.json()["code"]) == (status, code)
            assert response.headers["Content-Type"] == "application/problem+json"
            assert response.headers["Cache-Control"] == "no-store"


async def test_a_number_in_the_place_of_an_id_is_told_where_numbers_go(
    database: Database,
) -> None:
    async with served(database) as api:
        for path in ("/orders/537457", "/orders/537457/events"):
            response = await api.get(path, await api.key())

            assert response.status_code == HTTPStatus.NOT_FOUND
            assert "/orders?number=" in response.json()["detail"]


async def test_the_way_back_from_a_wrong_method_is_named(database: Database) -> None:
    async with served(database) as api:
        response = await api.client.delete("/api/v1/orders")

        assert "GET" in response.headers["Allow"]


async def test_every_answer_carries_the_safe_headers(database: Database) -> None:
    async with served(database) as api:
        for path in ("/api/v1/orders", "/api/v1/docs", "/nowhere", "/metrics"):
            headers = (await api.client.get(path)).headers

            assert headers["Cache-Control"] == "no-store"
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert "default-src 'self'" in headers["Content-Security-Policy"]
            assert "unsafe" not in headers["Content-Security-Policy"]
            assert headers["X-Request-Id"]
            assert "Server" not in headers


async def test_headers_without_end_are_refused(database: Database) -> None:
    async with served(database) as api:
        response = await api.client.get("/health/live", headers={"X-Long": 20_000 * "a"})

        assert response.status_code == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        assert response.json()["code"] == "headers_too_long"


async def test_what_breaks_on_our_side_tells_nothing_of_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(database) as api:
        key = await api.key()

        async def break_down(_: object) -> None:
            raise AssertionError("maija@example.com in a stack trace")

        monkeypatch.setattr(api.parts.journal, "read_stream", break_down)
        with structlog.testing.capture_logs() as logs:
            response = await api.get(ORDER, key)

        assert response.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        assert response.json()["code"] == "internal_error"
        assert "maija" not in response.text
        assert "maija" not in json.dumps(logs)
        assert logs[0]["problem"] == "AssertionError"
        assert any("break_down" in place for place in logs[0]["places"])


async def test_the_log_names_the_route_and_the_key_but_nobody(database: Database) -> None:
    async with served(database) as api:
        key = await api.key()
        with structlog.testing.capture_logs() as logs:
            await api.get("/orders", key, email="maija@example.com")

        [entry] = logs
        assert entry["event"] == "request"
        assert entry["route"] == "/api/v1/orders"
        assert entry["status"] == HTTPStatus.OK
        assert entry["key_id"] == key.split("_")[1]
        assert "maija" not in json.dumps(logs)
        assert key not in json.dumps(logs)


async def test_a_database_without_a_free_connection_answers_try_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with served(database, connections_max=1) as api:
        key = await api.key()
        monkeypatch.setattr(api.parts.pool, "timeout", 0.05)
        async with api.parts.pool.connection():
            response = await api.get("/orders", key)

        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert response.json()["code"] == "try_again"
        assert int(response.headers["Retry-After"]) > 0
        assert (await api.get("/orders", key)).status_code == HTTPStatus.OK
