"""Every route with every role, of its own shop, of another, and signed out.

The rule to know: the tables below state who may, apart from the code; a route that they do not name,
or that is no more, fails.
"""

import re
from collections.abc import Collection, Mapping
from urllib.parse import unquote, urlencode
from uuid import UUID

import pytest
from httpx2 import Response
from msgspec.structs import replace

from adapters.auth.roles import Role
from adapters.web.regions import Region
from adapters.web.rendering import CONTENT_SECURITY_POLICY
from domain.identifiers import ShopId
from tests.adapters.http_api.served import KAUPPA
from tests.adapters.web.every_route import FullShop, Route, full_shop, routes
from tests.adapters.web.site import site
from tests.examples import ORDER_ID, SHOP
from tests.support import Database

EVERYBODY = {
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/link/{secret}",
    "POST /sign-in/link/{secret}",
    "GET /sign-in/openid",
    "GET /sign-in/openid/callback",
    "POST /sign-out",
    "POST /display",
    "GET /assets/{version}/{name}",
}
ANYBODY_SIGNED_IN = {
    "GET /",
    "GET /account",
    "GET /account/password",
    "POST /account/password",
    "POST /account/sign-out-everywhere",
}
OF_SHOP: Mapping[str, Collection[Role]] = {
    **dict.fromkeys(
        (
            "GET /live",
            "GET /orders",
            "GET /orders/find",
            "GET /orders/rows",
            "GET /orders.csv",
            "GET /orders/{order_id}",
            "GET /orders/{order_id}/at/{version}",
            "GET /orders/{order_id}/refunds/{refund_id}/credit-note",
            "GET /refunds",
            "GET /customers",
            "GET /reports",
            "GET /reports.csv",
            "GET /system",
        ),
        (Role.VIEWER, Role.AUDITOR, Role.CUSTOMER_SERVICE, Role.MAINTAINER, Role.ADMIN),
    ),
    **dict.fromkeys(
        (
            "POST /orders/{order_id}/notes",
            *(
                f"{method} {path}"
                for method in ("GET", "POST")
                for path in (
                    "/orders/{order_id}/complete",
                    "/orders/{order_id}/refund",
                    "/orders/{order_id}/refunds/{refund_id}/confirm",
                    "/orders/{order_id}/external-refunds/{external_id}/allocate",
                    "/orders/{order_id}/actions/{action_id}/rerun",
                    "/orders/{order_id}/actions/{action_id}/removed-by-hand",
                    "/orders/{order_id}/case",
                    "/attention/rerun",
                )
            ),
        ),
        (Role.CUSTOMER_SERVICE, Role.MAINTAINER, Role.ADMIN),
    ),
    **dict.fromkeys(
        ("GET /messages", "GET /messages/show", "POST /messages/replay"),
        (Role.MAINTAINER, Role.ADMIN),
    ),
    **dict.fromkeys(
        (
            "GET /people",
            "GET /people/new",
            "POST /people/new",
            "GET /people/{person_id}",
            "POST /people/{person_id}/role",
            "POST /people/{person_id}/remove",
            "POST /people/{person_id}/link",
            "GET /people/keys/new",
            "POST /people/keys/new",
            "GET /people/keys/{key_id}/revoke",
            "POST /people/keys/{key_id}/revoke",
        ),
        (Role.ADMIN,),
    ),
}
ROLES_BY_ROUTE = {
    name.replace(" ", " /shops/{shop}", 1): frozenset(roles) for name, roles in OF_SHOP.items()
}
LET_IN = {200, 303, 409, 422}
"""What was asked for, where it leads, or that it cannot be done."""
REFUSED = {404, 409, 422}
UNKNOWN = {"order_id": str(UUID(int=99)), "person_id": "no-person", "key_id": "no-key"}
OF_NOTHING = {"show": {"id": "nothing"}, "replay": {"id": "nothing"}}
KEY = re.compile(r'name="key" value="\w+"')
FIELD = re.compile(r"{(\w+)}")
NO_SUCH_PAGE = "There is no such page."
NO_PAGES = {"live", "find", "rows", "orders.csv", "reports.csv", "credit-note", "{name}"}
"""Last parts of paths that give a stream, a file, a row, or lead on."""
NOWHERE = ShopId("nowhere")
FOREIGN: Collection[Mapping[str, str]] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://evil.example"},
    {},
)


def of_shop() -> list[Route]:
    return [route for route in routes() if route.is_of_shop]


def page_paths() -> list[Route]:
    return [route for route in of_shop() if route.method == "GET" and route.end not in NO_PAGES]


def is_led_to_sign_in(shop: FullShop, route: Route, answer: Response) -> bool:
    if route.method == "POST":
        return answer.status_code == 401
    where = unquote(answer.headers.get("location", ""))
    return where.startswith(f"/sign-in?after={shop.address(route)}")


def same_words(answer: Response, shop: FullShop) -> str:
    """Give the answer without what was asked for, and without the key of a form."""
    text = KEY.sub("", answer.text)
    for name in UNKNOWN:
        text = text.replace(shop.parameters[name], name)
    for end in OF_NOTHING:
        text = text.replace(urlencode(shop.fields[end]), end)
    return text


def test_every_route_stands_in_one_of_the_tables() -> None:
    names = [route.name for route in routes()]

    assert sorted(names) == sorted([*EVERYBODY, *ANYBODY_SIGNED_IN, *ROLES_BY_ROUTE])


async def test_in_their_own_shop_exactly_these_roles_are_let_in(database: Database) -> None:
    wrong = []
    async with full_shop(database) as shop:
        for role in Role:
            for route in of_shop():
                answer = await shop.ask(route, await shop.visitor(role))
                expected = LET_IN if role in ROLES_BY_ROUTE[route.name] else {403}
                if answer.status_code not in expected:
                    wrong.append((role.value, route.name, answer.status_code))

    assert wrong == []


async def test_another_shop_looks_like_one_that_does_not_exist(database: Database) -> None:
    async with full_shop(database) as shop:
        cookies = await shop.visitor(Role.ADMIN, KAUPPA)
        for route in of_shop():
            others = await shop.ask(route, cookies)
            none = await shop.ask(route, cookies, NOWHERE)
            assert others.status_code == none.status_code == 404, route.name
            assert others.text == none.text.replace(f"/{NOWHERE}/", f"/{SHOP}/"), route.name
            assert others.headers.keys() == none.headers.keys(), route.name
            assert NO_SUCH_PAGE in others.text


async def test_what_is_of_another_shop_looks_unknown_in_ones_own(database: Database) -> None:
    async with full_shop(database) as shop:
        unknown = replace(
            shop, parameters=shop.parameters | UNKNOWN, fields=shop.fields | OF_NOTHING
        )
        cookies = await shop.visitor(Role.ADMIN, KAUPPA)
        for route in of_shop():
            if UNKNOWN.keys() & set(FIELD.findall(route.path)) or route.end in OF_NOTHING:
                others = await shop.ask(route, cookies, KAUPPA)
                none = await unknown.ask(route, cookies, KAUPPA)
                assert others.status_code == none.status_code in REFUSED, route.name
                assert same_words(others, shop) == same_words(none, unknown), route.name


async def test_who_is_signed_out_is_led_to_sign_in(database: Database) -> None:
    async with full_shop(database) as shop:
        for route in routes():
            answer = await shop.ask(route, {})
            is_open = route.name in EVERYBODY
            assert is_led_to_sign_in(shop, route, answer) is not is_open, route.name


async def test_what_is_of_no_shop_needs_no_role(database: Database) -> None:
    async with full_shop(database) as shop:
        for route in routes():
            if route.name in ANYBODY_SIGNED_IN:
                answer = await shop.ask(route, await shop.visitor(Role.VIEWER, KAUPPA))
                assert answer.status_code in LET_IN, route.name
                assert not is_led_to_sign_in(shop, route, answer), route.name


async def test_a_form_of_another_site_is_refused_by_every_route(database: Database) -> None:
    async with full_shop(database) as shop:
        cookies = await shop.visitor(Role.ADMIN)
        for route in routes():
            if route.method == "POST":
                answers = [await shop.ask(route, cookies, headers=one) for one in FOREIGN]
                assert [one.status_code for one in answers] == [403] * len(FOREIGN), route.name
                assert all("was not sent from our own page" in one.text for one in answers)


async def test_every_answer_has_the_policy_and_is_kept_nowhere(database: Database) -> None:
    async with full_shop(database) as shop:
        for role in (Role.ADMIN, Role.VIEWER):
            for route in routes():
                answer = await shop.ask(route, await shop.visitor(role))
                if answer.headers.get("content-type", "").startswith("text/html"):
                    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
                if route.end != "{name}":
                    assert answer.headers["cache-control"] == "no-store", route.name


async def test_every_page_of_a_shop_is_whole_and_its_work_is_a_part(database: Database) -> None:
    async with full_shop(database) as shop:
        cookies = await shop.visitor(Role.ADMIN)
        for route in page_paths():
            page = await shop.ask(route, cookies, region=Region.PAGE)
            assert page.status_code == 200, route.name
            assert page.text.lstrip().lower().startswith("<!doctype html>"), route.name
            part = await shop.ask(route, cookies, region=Region.WORK)
            assert (part.status_code, "<html" in part.text) == (200, False), route.name


async def test_every_page_of_a_shop_without_orders_can_be_opened(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor(Role.ADMIN) as laura:
        for route in page_paths():
            path = route.path.removeprefix("/shops/{shop}")
            if "{" not in path and route.end != "show":
                assert (await laura.get(path, Region.PAGE)).status_code == 200, path


@pytest.mark.parametrize(
    "path",
    ["/refunds?state=lost", "/orders/1001", f"/orders/{ORDER_ID}/at/first", "/nothing"],
)
async def test_what_is_no_address_is_answered_by_a_page(database: Database, path: str) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        headers = {"Accept": "text/html,*/*;q=0.8"}
        answer = await laura.client.get(f"/shops/{KAUPPA}{path}", headers=headers)

    assert answer.status_code in {400, 404}
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "<h1" in answer.text
