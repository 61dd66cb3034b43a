"""One's own account: the password, where one is signed in, and how the page is shown."""

import pytest

from adapters.auth.roles import Role
from adapters.web.access import SESSION_COOKIE
from tests.adapters.http_api.served import KAUPPA
from tests.adapters.web.site import site
from tests.adapters.web.test_accounts_sign_in import (
    EMAIL,
    OWN,
    PASSWORD,
    browser,
    link_for_aino,
    sign_in,
    with_aino,
)
from tests.support import Database

NEW = "neljä hyvää sanaa lisää"


async def test_the_account_says_who_one_is_and_where_one_is_signed_in(database: Database) -> None:
    firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
    async with with_aino(database) as ledger:
        form = {"email": EMAIL, "password": PASSWORD}
        headers = OWN | {"User-Agent": firefox}
        await ledger.client.post("/sign-in", data=form, headers=headers)
        page = await ledger.client.get("/account")

    for seen in ("Aino", EMAIL, "Viewer", "Firefox · Windows", "this one"):
        assert seen in page.text


async def test_a_changed_password_signs_out_everywhere_else(database: Database) -> None:
    async with with_aino(database) as ledger, browser(ledger) as other:
        link = f"/sign-in/link/{await link_for_aino(ledger)}"
        old = (await sign_in(ledger.client)).cookies[SESSION_COOKIE]
        await sign_in(other)
        form = {"present": PASSWORD, "password": NEW}
        changed = await ledger.client.post("/account/password", data=form, headers=OWN)
        led = await ledger.client.get(changed.headers["location"])
        here, there = [await one.get("/shops/kauppa/orders") for one in (ledger.client, other)]
        former = await sign_in(other)
        later = await sign_in(other, password=NEW)
        by_link = await other.post(link, headers=OWN)

        assert (changed.status_code, here.status_code, there.status_code) == (303, 200, 303)
        assert changed.cookies[SESSION_COOKIE] != old
        assert changed.headers["location"] == "/account"
        assert "Your password is set." in led.text
        assert (former.status_code, later.status_code) == (422, 303)
        assert by_link.status_code == 410


async def test_a_password_is_changed_only_by_who_knows_it(database: Database) -> None:
    async with with_aino(database) as ledger:
        await sign_in(ledger.client)
        form = {"present": "another one", "password": NEW}
        answers = [
            await ledger.client.post("/account/password", data=form, headers=OWN) for _ in range(6)
        ]

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "present password is another one" in answers[0].text


async def test_who_came_by_a_link_may_choose_a_password_without_the_one_they_lost(
    database: Database,
) -> None:
    async with with_aino(database) as ledger:
        await ledger.client.post(f"/sign-in/link/{await link_for_aino(ledger)}", headers=OWN)
        asked = await ledger.client.get("/account/password")
        form = {"password": NEW, "page": "choose"}
        chosen = await ledger.client.post("/account/password", data=form, headers=OWN)
        once_more = await ledger.client.post("/account/password", data=form, headers=OWN)

    assert "Skip for now" in asked.text
    assert "Present password" not in asked.text
    assert (chosen.status_code, once_more.status_code) == (303, 422)
    assert chosen.headers["location"] == "/"


@pytest.mark.parametrize(
    ("password", "says"), [("x" * 11, "at least 12"), ("x" * 129, "at most 128")]
)
async def test_a_password_has_12_to_128_characters(
    database: Database, password: str, says: str
) -> None:
    async with with_aino(database) as ledger:
        await sign_in(ledger.client)
        form = {"present": PASSWORD, "password": password}
        answer = await ledger.client.post("/account/password", data=form, headers=OWN)
        still = await sign_in(ledger.client)

    assert answer.status_code == 422
    assert says in answer.text
    assert still.status_code == 303


async def test_signing_out_everywhere_ends_all_sessions(database: Database) -> None:
    async with with_aino(database) as ledger, browser(ledger) as other:
        await sign_in(ledger.client)
        await sign_in(other)
        await ledger.client.post("/account/sign-out-everywhere", headers=OWN)
        pages = [await one.get("/account") for one in (ledger.client, other)]

    assert {page.status_code for page in pages} == {303}


async def test_who_belongs_to_no_shop_is_told_so(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor(Role.VIEWER) as laura:
        async with ledger.parts.pool.connection() as connection:
            await connection.execute("DELETE FROM access.memberships")
        home = await laura.client.get("/")
        page = await laura.client.get("/account")

    assert home.headers["location"] == "/account"
    assert "You belong to no shop" in page.text


@pytest.mark.parametrize(
    ("form", "shown"),
    [({"language": "fi"}, 'lang="fi"'), ({"theme": "dark"}, 'data-theme="dark"')],
)
async def test_language_and_theme_are_chosen_and_lead_back(
    database: Database, form: dict[str, str], shown: str
) -> None:
    async with site(database) as ledger:
        before = await ledger.client.get("/sign-in")
        answer = await ledger.client.post("/display", data=form | {"back": "/a?b"}, headers=OWN)
        after = await ledger.client.get("/sign-in")

    assert answer.headers["location"] == "/a?b"
    assert f"<html {shown}" not in before.text.replace('lang="en" ', "")
    assert shown in after.text.partition(">\n<head>")[0]


async def test_an_unknown_language_and_another_site_are_not_taken(database: Database) -> None:
    async with site(database) as ledger:
        form = {"language": "xx", "theme": "<b>", "back": "//evil.example"}
        answer = await ledger.client.post("/display", data=form, headers=OWN)

    assert answer.headers["location"] == "/"
    assert "set-cookie" not in answer.headers


async def test_the_menu_names_who_is_signed_in(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor(Role.VIEWER, KAUPPA) as laura:
        page = await laura.get("/orders", q="a")

    assert 'action="/sign-out"' in page.text
    assert 'name="back" value="/shops/kauppa/orders?q=a"' in page.text
