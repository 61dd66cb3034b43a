"""Who gets in: every route with every role, every bad key, and the wrong shop."""

from litestar import Litestar
from litestar.di import Provide

from adapters.auth.roles import Role
from adapters.http_api.app import create_app
from adapters.web.site import site
from domain.identifiers import ShopId
from tests.adapters.http_api.served import KAUPPA, TOINEN, Api, bearer, served
from tests.support import Database

ORDER_ID = "11111111-2222-4333-8444-555555555555"
EVERYBODY = frozenset(Role)
OPERATORS = EVERYBODY - {Role.VIEWER, Role.AUDITOR}
MAINTAINERS = frozenset({Role.MAINTAINER, Role.ADMIN})

ROLES_BY_ROUTE = {
    ("GET", "/api/v1/orders"): EVERYBODY,
    ("GET", "/api/v1/orders.csv"): EVERYBODY,
    ("GET", "/api/v1/orders/{order_id}"): EVERYBODY,
    ("GET", "/api/v1/orders/{order_id}/events"): EVERYBODY,
    ("GET", "/api/v1/attention"): EVERYBODY,
    ("GET", "/api/v1/attention/causes"): EVERYBODY,
    ("POST", "/api/v1/attention/rerun"): OPERATORS,
    ("GET", "/api/v1/live"): EVERYBODY,
    ("GET", "/api/v1/reports/sales"): EVERYBODY,
    ("GET", "/api/v1/reports/sales.csv"): EVERYBODY,
    ("POST", "/api/v1/orders/{order_id}/complete"): OPERATORS,
    ("POST", "/api/v1/orders/{order_id}/actions/{action_id}/rerun"): OPERATORS,
    ("POST", "/api/v1/orders/{order_id}/actions/{action_id}/removed-by-hand"): OPERATORS,
    ("POST", "/api/v1/orders/{order_id}/notes"): OPERATORS,
    ("GET", "/api/v1/orders/{order_id}/refund-preview"): EVERYBODY,
    ("POST", "/api/v1/orders/{order_id}/refunds"): OPERATORS,
    ("POST", "/api/v1/orders/{order_id}/refunds/{refund_id}/confirm"): OPERATORS,
    ("POST", "/api/v1/orders/{order_id}/external-refunds/{external_refund_id}/allocate"): OPERATORS,
    ("GET", "/api/v1/refunds"): EVERYBODY,
    ("GET", "/api/v1/orders/{order_id}/refunds/{refund_id}/credit-note"): EVERYBODY,
    ("GET", "/api/v1/settings"): MAINTAINERS,
    ("GET", "/api/v1/settings/{setting_id}"): MAINTAINERS,
    ("GET", "/api/v1/messages"): MAINTAINERS,
    ("GET", "/api/v1/messages/{message_id}"): MAINTAINERS,
    ("POST", "/api/v1/messages/replay"): MAINTAINERS,
}
"""A change here is a change of who may do what."""

PUBLIC = {
    ("GET", prefix + path)
    for prefix in ("", "/api/v1")
    for path in ("/health/live", "/health/ready", "/metrics")
} | {("GET", f"/api/v1{name}") for name in ("", "/docs", "/docs.css", "/openapi.json")}
SIGNED = {
    ("POST", "/webhooks/stripe/{shop}"),
    ("GET", "/webhooks/paytrail/{shop}/{transfer}/{outcome}"),
}
"""No key opens these: each call is signed by its provider."""

BODY_BY_ROUTE = {
    "/api/v1/orders/{order_id}/notes": {"text": "Called."},
    "/api/v1/attention/rerun": {"cause": "0123456789"},
    "/api/v1/orders/{order_id}/refunds": {"lines": [{"line_id": "1"}]},
    "/api/v1/orders/{order_id}/refunds/{refund_id}/confirm": {"transfer_id": "r/1"},
    "/api/v1/orders/{order_id}/external-refunds/{external_refund_id}/allocate": {},
}


def routes_of(app: Litestar) -> set[tuple[str, str]]:
    """Name every route of the application but the pages, which ask for a session."""
    given = {
        "feed": Provide(lambda: "feed", sync_to_thread=False),
        "parts": Provide(lambda: "parts", sync_to_thread=False),
    }
    pages = Litestar([site()], dependencies=given, openapi_config=None).routes
    paths = {route.path_format for route in pages}
    return {
        (method, route.path_format)
        for route in app.routes
        if route.path_format not in paths
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods
        if method != "OPTIONS"
    }


def path_of(route: str) -> str:
    """Fill in a route's template."""
    return route.format(
        order_id=ORDER_ID,
        message_id="m-1",
        action_id="a-1",
        setting_id="s-1",
        refund_id="r",
        external_refund_id="re",
    )


async def ask(api: Api, method: str, route: str, key: str = "", shop: str = "") -> tuple[int, str]:
    """Give the status and the problem's code of an answer."""
    message = {"id": "m-1"} if route.endswith("/replay") else {}
    async with api.client.stream(
        method,
        path_of(route),
        params=({"shop": shop} if shop else {}) | message,
        headers={"Idempotency-Key": "k-1"} | (bearer(key) if key else {}),
        json=BODY_BY_ROUTE.get(route),
    ) as response:
        if response.headers["Content-Type"].startswith(("text/event-stream", "text/csv")):
            return response.status_code, ""
        await response.aread()
        return response.status_code, response.json().get("code", "")


async def test_every_route_stands_in_the_table_of_who_may_do_what(database: Database) -> None:
    async with served(database) as api:
        assert routes_of(create_app(api.parts, api.feed())) == set(ROLES_BY_ROUTE) | PUBLIC | SIGNED


async def test_a_role_is_let_in_exactly_where_the_table_says(database: Database) -> None:
    async with served(database) as api:
        for role in Role:
            key = await api.key(role)
            for (method, route), roles in ROLES_BY_ROUTE.items():
                status, code = await ask(api, method, route, key)

                assert ((status, code) == (403, "not_allowed")) is (role not in roles), route
                assert status in {200, 403, 404}


async def test_nobody_is_let_in_without_a_key_that_is_good_now(database: Database) -> None:
    async with served(database) as api:
        good = await api.key(Role.ADMIN)
        revoked = await api.key(Role.ADMIN)
        await api.parts.keys.revoke(revoked.split("_")[1])
        forged = good[:-4] + ("AAAA" if not good.endswith("AAAA") else "BBBB")
        for method, route in ROLES_BY_ROUTE:
            for key in ("", "nonsense", "olk_", forged, revoked, good + "x", good.upper()):
                assert await ask(api, method, route, key) == (401, "not_authenticated"), key
            assert (await ask(api, method, route, good))[0] != 401


async def test_a_shop_out_of_reach_looks_like_one_that_does_not_exist(database: Database) -> None:
    async with served(database) as api:
        key = await api.key(Role.ADMIN, KAUPPA)
        for method, route in ROLES_BY_ROUTE:
            assert await ask(api, method, route, key, TOINEN) == (404, "not_found")
            assert await ask(api, method, route, key, "no-such-shop") == (404, "not_found")


async def test_a_key_of_several_shops_has_to_say_which(database: Database) -> None:
    async with served(database) as api:
        key = await api.key(Role.ADMIN, KAUPPA, TOINEN)
        for method, route in ROLES_BY_ROUTE:
            assert await ask(api, method, route, key) == (400, "shop_required")
            for shop in (KAUPPA, TOINEN):
                answer = await ask(api, method, route, key, shop)
                assert answer in {(200, ""), (404, "not_found"), (404, "cause_unknown")}, route


async def test_a_refusal_says_how_to_authenticate(database: Database) -> None:
    async with served(database) as api:
        response = await api.get("/orders")

        assert response.headers["WWW-Authenticate"] == 'Bearer realm="order-ledger"'
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.json() == {
            "title": "Unauthorized",
            "status": 401,
            "code": "not_authenticated",
            "detail": "Send a valid access key: Authorization: Bearer olk_…",
        }


async def test_a_key_is_taken_as_a_bearer_only(database: Database) -> None:
    async with served(database) as api:
        key = await api.key()
        for credentials in (f"Basic {key}", f"Token {key}", key):
            headers = {"Authorization": credentials}

            response = await api.client.get("/api/v1/orders", headers=headers)

            assert response.status_code == 401


async def test_a_closed_shop_is_out_of_reach_at_once(database: Database) -> None:
    async with served(database) as api:
        key = await api.key(Role.VIEWER, KAUPPA, TOINEN)
        await api.parts.shops.revoke(ShopId(TOINEN))

        assert await ask(api, "GET", "/api/v1/orders", key, TOINEN) == (404, "not_found")
        assert await ask(api, "GET", "/api/v1/orders", key) == (200, "")
