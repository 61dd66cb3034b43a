"""Who sees which page."""

from adapters.auth.roles import Role
from tests.adapters.http_api.served import TOINEN
from tests.adapters.web.site import site
from tests.support import Database


async def test_who_has_not_signed_in_is_led_to_sign_in_and_back(database: Database) -> None:
    async with site(database) as ledger:
        answer = await ledger.client.get("/shops/kauppa/orders?q=a b")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?after=%2Fshops%2Fkauppa%2Forders%3Fq%3Da%2520b"


async def test_a_link_signs_in_once(database: Database) -> None:
    async with site(database) as ledger:
        person = await ledger.parts.people.add("a@example.com", "Aino", TOINEN, Role.VIEWER)
        secret = await ledger.parts.sign_in_links.make(person.person_id)
        headers = {"Origin": str(ledger.client.base_url)}
        shown = await ledger.client.get(f"/sign-in/link/{secret}")
        used = await ledger.client.post(f"/sign-in/link/{secret}", headers=headers)
        home = await ledger.client.get("/")
        page = await ledger.client.get("/shops/toinen/orders")
        again = await ledger.client.post(f"/sign-in/link/{secret}", headers=headers)

    assert "Sign in" in shown.text
    assert (used.status_code, home.headers["location"]) == (303, "/shops/toinen/orders")
    assert "Aino" in page.text
    assert again.status_code == 410


async def test_the_orders_of_another_shop_look_as_if_there_were_none(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        own = await laura.get("/orders")
        other = await laura.client.get("/shops/toinen/orders")
        none = await laura.client.get("/shops/nowhere/orders")

    assert own.status_code == 200
    assert (other.status_code, other.text) == (404, none.text.replace("nowhere", "toinen"))


async def test_a_form_of_another_site_is_refused(database: Database) -> None:
    async with site(database) as ledger:
        foreign = {"Sec-Fetch-Site": "cross-site"}
        answers = [
            await ledger.client.post("/sign-in/link/x", headers=headers)
            for headers in (foreign, {"Origin": "http://evil.example"}, {})
        ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
