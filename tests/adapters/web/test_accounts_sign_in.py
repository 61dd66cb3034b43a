"""Signing in and out: by a link, by a password, and what never gets in."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from httpx2 import AsyncClient, Response

from adapters.auth.roles import Role
from adapters.web.access import SESSION_COOKIE
from tests.adapters.http_api.served import KAUPPA, TOINEN
from tests.adapters.web.site import Site, site
from tests.support import Database

OWN = {"Sec-Fetch-Site": "same-origin"}
EMAIL = "aino@example.com"
PASSWORD = "kolme sanaa riittää"


@asynccontextmanager
async def with_aino(database: Database) -> AsyncIterator[Site]:
    """A site where Aino has a password."""
    async with site(database) as ledger:
        person = await ledger.parts.people.add(EMAIL, "Aino", KAUPPA, Role.VIEWER)
        kept = await ledger.parts.sign_in.passwords.hash(PASSWORD)
        await ledger.parts.people.set_password(person.person_id, kept)
        yield ledger


@asynccontextmanager
async def browser(ledger: Site) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=ledger.client.base_url) as client:
        yield client


async def sign_in(
    client: AsyncClient, email: str = EMAIL, password: str = PASSWORD, after: str = "/"
) -> Response:
    form = {"email": email, "password": password, "after": after}
    return await client.post("/sign-in", data=form, headers=OWN)


class TestALink:
    async def test_signs_in_at_once_whoever_opens_it_on_this_machine(
        self, database: Database
    ) -> None:
        async with with_aino(database) as ledger:
            secret = await link_for_aino(ledger)
            opened = await ledger.client.get(f"/sign-in/link/{secret}?after=/shops/kauppa/orders")
            page = await ledger.client.get(opened.headers["location"])

        assert opened.headers["location"] == "/shops/kauppa/orders"
        assert "Aino" in page.text

    async def test_leads_on_when_it_was_used_in_this_browser(self, database: Database) -> None:
        async with with_aino(database) as ledger, browser(ledger) as other:
            path = f"/sign-in/link/{await link_for_aino(ledger)}"
            await ledger.client.get(path)
            again = await ledger.client.get(path)
            elsewhere = await other.get(path)

        assert (again.status_code, again.headers["location"]) == (303, "/")
        assert elsewhere.status_code == 410
        assert "used already" in elsewhere.text

    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "ledger.example.com"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Purpose": "prefetch;prerender"},
        ],
    )
    async def test_elsewhere_waits_for_a_button_so_that_no_preview_uses_it(
        self, database: Database, headers: dict[str, str]
    ) -> None:
        async with with_aino(database) as ledger:
            path = f"/sign-in/link/{await link_for_aino(ledger)}"
            previews = [await ledger.client.get(path, headers=headers) for _ in range(2)]
            used = await ledger.client.post(path, headers=OWN)
            home = await ledger.client.get("/")

        assert {preview.status_code for preview in previews} == {200}
        assert "It works once" in previews[0].text
        assert used.headers["location"] == "/account/password"
        assert home.headers["location"] == "/shops/kauppa/orders"

    async def test_of_who_is_revoked_opens_nothing(self, database: Database) -> None:
        async with with_aino(database) as ledger:
            secret = await link_for_aino(ledger)
            found = await ledger.parts.people.find(EMAIL)
            assert found is not None
            await ledger.parts.people.revoke(found.person_id)
            answer = await ledger.client.post(f"/sign-in/link/{secret}", headers=OWN)

        assert answer.status_code == 410

    async def test_shows_its_secret_in_no_log(
        self, database: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        async with with_aino(database) as ledger:
            secret = await link_for_aino(ledger)
            await ledger.client.get(f"/sign-in/link/{secret}")
            await ledger.client.post(f"/sign-in/link/{secret}", headers=OWN)
            await ledger.client.get(f"/sign-in/link/{secret}/more")
        printed = capsys.readouterr()

        assert "/sign-in/link/{secret}" in printed.out
        assert secret not in printed.out + printed.err


class TestAPassword:
    async def test_signs_in_and_leads_to_where_one_wanted_to_be(self, database: Database) -> None:
        async with with_aino(database) as ledger:
            shown = await ledger.client.get("/sign-in?after=/shops/kauppa/orders?q=a")
            answer = await sign_in(ledger.client, f" {EMAIL.upper()}", after="/shops/kauppa/orders")
            page = await ledger.client.get(answer.headers["location"])
            again = await ledger.client.get("/sign-in?after=/account")

        assert 'value="/shops/kauppa/orders?q=a"' in shown.text
        assert "script-src 'self'" in shown.headers["content-security-policy"]
        assert (answer.status_code, page.status_code) == (303, 200)
        assert again.headers["location"] == "/account"

    @pytest.mark.parametrize(
        ("email", "password"),
        [
            (EMAIL, PASSWORD.upper()),
            ("nobody@example.com", PASSWORD),
            ("\0", PASSWORD),
            (EMAIL, ""),
            (EMAIL, PASSWORD + "x" * 5_000),
        ],
    )
    async def test_that_is_wrong_looks_like_an_unknown_address(
        self, database: Database, email: str, password: str
    ) -> None:
        async with with_aino(database) as ledger:
            answer = await sign_in(ledger.client, email, password)

        assert answer.status_code == 422
        assert "do not belong together" in answer.text
        assert SESSION_COOKIE not in answer.cookies

    async def test_of_who_has_none_fits_nothing(self, database: Database) -> None:
        async with site(database) as ledger:
            await ledger.parts.people.add(EMAIL, "Aino", KAUPPA, Role.VIEWER)
            answers = [await sign_in(ledger.client, EMAIL, one) for one in ("", "None")]

        assert {answer.status_code for answer in answers} == {422}

    async def test_is_asked_for_later_after_many_wrong_ones(self, database: Database) -> None:
        async with with_aino(database) as ledger:
            wrong = [await sign_in(ledger.client, password="wrong") for _ in range(6)]
            right = await sign_in(ledger.client)

        assert {answer.status_code for answer in wrong[:5]} == {422}
        assert wrong[5].status_code == 429
        assert re.search(r"Wait \d+ seconds?, then try again\.", wrong[5].text)
        assert 0 < int(right.headers["retry-after"]) <= 15

    @pytest.mark.parametrize(
        "forwarded",
        [
            ["203.0.113.9, 198.51.100.7"],
            ["203.0.113.9", "198.51.100.7"],
            ["198.51.100.8", "203.0.113.9,198.51.100.7"],
        ],
    )
    async def test_is_counted_for_the_network_that_the_proxy_named_last(
        self, database: Database, forwarded: list[str]
    ) -> None:
        async with with_aino(database) as ledger:
            for number in range(30):
                await ledger.parts.sign_in.limits.take(f"{number}@example.com", "198.51.100.7")
            headers = [*OWN.items(), *(("X-Forwarded-For", value) for value in forwarded)]
            form = {"email": EMAIL, "password": PASSWORD}
            answer = await ledger.client.post("/sign-in", data=form, headers=headers)

        assert answer.status_code == 429

    @pytest.mark.parametrize(
        "after",
        [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/a\r\nSet-Cookie: x=y",
            "javascript:alert(1)",
            "",
            "/" + "a" * 2_000,
        ],
    )
    async def test_leads_to_no_other_site(self, database: Database, after: str) -> None:
        async with with_aino(database) as ledger:
            answer = await sign_in(ledger.client, after=after)

        assert answer.headers["location"] == "/"


class TestASession:
    async def test_that_somebody_else_chose_does_not_survive_signing_in(
        self, database: Database
    ) -> None:
        async with with_aino(database) as ledger, ledger.visitor(shop=TOINEN) as laura:
            planted = laura.client.cookies[SESSION_COOKIE]
            answer = await sign_in(laura.client)

            assert answer.cookies[SESSION_COOKIE] != planted
            assert await ledger.parts.sessions.find(planted) is None

    async def test_ends_when_one_signs_out(self, database: Database) -> None:
        async with with_aino(database) as ledger:
            session = (await sign_in(ledger.client)).cookies[SESSION_COOKIE]
            out = await ledger.client.post("/sign-out", headers=OWN)
            home = await ledger.client.get("/")

            assert out.headers["location"] == "/sign-in"
            assert await ledger.parts.sessions.find(session) is None
            assert home.headers["location"].startswith("/sign-in")

    @pytest.mark.parametrize(
        ("host", "is_secure"),
        [
            ("127.0.0.1:8000", False),
            ("localhost", False),
            ("[::1]:8000", False),
            ("ledger.example.com", True),
            ("127.0.0.1.example.com:80", True),
        ],
    )
    async def test_is_kept_from_scripts_and_other_sites_and_goes_by_tls_elsewhere(
        self, database: Database, host: str, is_secure: bool
    ) -> None:
        async with with_aino(database) as ledger:
            form = {"email": EMAIL, "password": PASSWORD}
            answer = await ledger.client.post("/sign-in", data=form, headers=OWN | {"Host": host})
        cookie = answer.headers["set-cookie"]

        assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
        assert ("Secure" in cookie.split("; ")) is is_secure

    async def test_of_who_is_revoked_is_over_at_the_next_request(self, database: Database) -> None:
        async with with_aino(database) as ledger:
            await sign_in(ledger.client)
            before = await ledger.client.get("/shops/kauppa/orders")
            found = await ledger.parts.people.find(EMAIL)
            assert found is not None
            await ledger.parts.people.revoke(found.person_id)
            after = await ledger.client.get("/shops/kauppa/orders")

        assert (before.status_code, after.status_code) == (200, 303)


async def link_for_aino(ledger: Site) -> str:
    found = await ledger.parts.people.find(EMAIL)
    assert found is not None
    return await ledger.parts.sign_in_links.make(found.person_id)
