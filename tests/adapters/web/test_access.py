"""Who sees which page."""

from urllib.parse import urlsplit

import pytest

from adapters.web.regions import Region
from tests.adapters.web.seen import links_of, text_of
from tests.adapters.web.site import site
from tests.support import Database

UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def test_who_has_not_signed_in_is_led_to_sign_in_and_back(database: Database) -> None:
    async with site(database) as ledger:
        answer = await ledger.client.get("/shops/kauppa/orders?q=a b")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?after=%2Fshops%2Fkauppa%2Forders%3Fq%3Da%2520b"


async def test_the_orders_of_another_shop_look_as_if_there_were_none(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        own = await laura.get("/orders")
        other = await laura.client.get("/shops/toinen/orders")
        none = await laura.client.get("/shops/nowhere/orders")

    assert own.status_code == 200
    assert (other.status_code, other.text) == (404, none.text.replace("nowhere", "toinen"))


async def test_who_goes_astray_within_a_shop_keeps_its_sidebar(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        missing = await laura.get(f"/orders/{UNKNOWN}")
        script = await laura.get(f"/orders/{UNKNOWN}", Region.PANEL)
        other = await laura.client.get(f"/shops/toinen/orders/{UNKNOWN}")
        refused = await laura.get("/people")

    assert "There is no such order." in text_of(missing.text, "work")
    assert "/shops/kauppa/customers" in links_of(missing.text)
    assert "/shops/kauppa/people" not in links_of(missing.text)
    assert "Your role in this shop does not let you do this." in text_of(refused.text, "work")
    assert links_of(refused.text) == [
        link.replace(f"/orders/{UNKNOWN}", "/people") for link in links_of(missing.text)
    ]
    assert [answer.status_code for answer in (missing, script, other, refused)] == [
        404,
        404,
        404,
        403,
    ]
    assert "/customers" not in script.text + other.text


async def test_a_form_of_another_site_is_refused(database: Database) -> None:
    async with site(database) as ledger:
        foreign = {"Sec-Fetch-Site": "cross-site"}
        answers = [
            await ledger.client.post("/sign-in/link/x", headers=headers)
            for headers in (foreign, {"Origin": "http://evil.example"}, {})
        ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


async def test_a_browser_that_goes_astray_gets_a_page_and_a_program_a_problem(
    database: Database,
) -> None:
    async with site(database) as ledger:
        page = await ledger.client.get("/nowhere", headers={"Accept": "text/html,*/*;q=0.8"})
        problem = await ledger.client.get("/nowhere")
        of_api = await ledger.client.get("/api/v1/nowhere", headers={"Accept": "text/html"})

    assert (page.status_code, "There is no such page." in page.text) == (404, True)
    assert problem.json()["code"] == of_api.json()["code"] == "not_found"


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "/%2Fevil.example", "/%5Cevil.example", "//shops/kauppa/orders"]
)
async def test_no_address_makes_a_page_that_leads_to_another_site(
    database: Database, path: str
) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        url = f"{str(ledger.client.base_url).rstrip('/')}{path}"
        answer = await laura.client.get(url, headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert "Try again" in answer.text
    for link in links_of(answer.text):
        assert urlsplit(link.replace("\\", "/")).netloc == "", link


async def test_a_query_that_is_longer_than_any_page_asks_for_is_refused(
    database: Database,
) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        page = await laura.get("/orders", q="x" * 20_000)

    assert page.status_code == 414
    assert "At most 16384 bytes of query" in page.text
