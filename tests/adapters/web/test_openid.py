"""Signing in by the organisation's own sign-in, at a real provider on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlencode, urlsplit

from httpx2 import AsyncClient, Response
from joserfc.jwk import KeySet, RSAKey

from adapters.auth.roles import Role
from adapters.web.accounts.openid import ATTEMPT_COOKIE
from tests.adapters.http_api.served import KAUPPA
from tests.adapters.web.openid_provider import openid_provider, signed_in_there
from tests.adapters.web.site import Site, site
from tests.support import Database


@asynccontextmanager
async def site_with_provider(database: Database) -> AsyncIterator[Site]:
    """Run a site whose organisation signs in elsewhere; Laura was added to the shop."""
    async with (
        openid_provider() as issuer,
        site(
            database,
            openid_issuer=issuer,
            openid_client_id="ledger",
            openid_client_secret="s3cret/+",
            openid_name="Kauppa Oy",
        ) as ledger,
    ):
        await ledger.parts.people.add("laura@example.com", "Laura", KAUPPA, Role.VIEWER)
        yield ledger


async def came_back(client: AsyncClient, subject: str, after: str = "/account") -> Response:
    """Go away, sign in there, come back."""
    away = await client.get("/sign-in/openid", params={"after": after})
    return await client.get(await signed_in_there(away, subject))


async def test_who_was_added_signs_in_there_and_is_led_to_the_page(database: Database) -> None:
    async with site_with_provider(database) as ledger:
        back = await came_back(ledger.client, "laura", "/shops/kauppa/orders?q=x")
        page = await ledger.client.get(back.headers["location"])

    assert (back.status_code, back.headers["location"]) == (303, "/shops/kauppa/orders?q=x")
    assert "Laura" in page.text


async def test_from_then_on_the_subject_counts_not_the_address(database: Database) -> None:
    async with site_with_provider(database) as ledger:
        laura = await ledger.parts.people.add("l@example.com", "Laura", KAUPPA, Role.VIEWER)
        first = await came_back(ledger.client, "mallory")
        assert ledger.parts.openid is not None
        known = (ledger.parts.openid.client.issuer, "mallory", laura.person_id)
        async with ledger.parts.pool.connection() as connection:
            await connection.execute("INSERT INTO access.identities VALUES (%s, %s, %s)", known)
        later = await came_back(ledger.client, "mallory")

    assert (first.status_code, later.status_code) == (403, 303)


async def test_whoever_is_given_the_address_later_is_let_in_only_afresh(
    database: Database,
) -> None:
    async with site_with_provider(database) as ledger:
        await came_back(ledger.client, "laura")
        heir = await came_back(ledger.client, "heir")
        known = await ledger.parts.people.find("laura@example.com")
        assert known is not None
        await ledger.parts.people.revoke(known.person_id)
        await ledger.parts.people.add("laura@example.com", "Heir", KAUPPA, Role.VIEWER)
        let_in = await came_back(ledger.client, "heir")
        before = await came_back(ledger.client, "laura")

    assert (heir.status_code, let_in.status_code, before.status_code) == (403, 303, 403)


async def test_nobody_gets_in_who_was_not_added_or_whose_address_nobody_has_verified(
    database: Database,
) -> None:
    async with site_with_provider(database) as ledger:
        answers = [await came_back(ledger.client, who) for who in ("stranger", "mallory")]
        page = await ledger.client.get("/shops/kauppa/orders")

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "nobody has added you here" in answers[0].text
    assert page.status_code == 303


async def test_only_the_browser_that_went_away_can_come_back_and_only_once(
    database: Database,
) -> None:
    async with site_with_provider(database) as ledger:
        away = await ledger.client.get("/sign-in/openid")
        address = await signed_in_there(away, "laura")
        async with AsyncClient(base_url=ledger.client.base_url) as another:
            stolen = await another.get(address)
            await another.get("/sign-in/openid")
            swapped = await another.get(address)
        used = await ledger.client.get(address)
        again = await ledger.client.get(address)

    assert [stolen.status_code, swapped.status_code, used.status_code] == [400, 400, 303]
    assert again.status_code == 400


async def test_an_answer_for_another_issuer_or_state_or_without_a_code_is_refused(
    database: Database,
) -> None:
    async with site_with_provider(database) as ledger:
        for changed in ({"iss": "https://evil.example"}, {"state": "x"}, {"code": ""}):
            away = await ledger.client.get("/sign-in/openid")
            parts = urlsplit(await signed_in_there(away, "laura"))
            query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
            answer = await ledger.client.get(f"{parts.path}?{urlencode(query)}")

            assert (answer.status_code, "was not finished" in answer.text) == (400, True), changed


async def test_a_cookie_that_we_did_not_write_begins_nothing(database: Database) -> None:
    async with site_with_provider(database) as ledger:
        ledger.client.cookies.set(ATTEMPT_COOKIE, "made-up")
        answer = await ledger.client.get("/sign-in/openid/callback?code=c&state=s")

    assert answer.status_code == 400


async def test_the_page_afterwards_is_one_of_ours(database: Database) -> None:
    async with site_with_provider(database) as ledger:
        for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example"):
            back = await came_back(ledger.client, "laura", elsewhere)

            assert back.headers["location"] == "/"


async def test_a_provider_that_does_not_answer_is_said_so(database: Database) -> None:
    async with site(
        database,
        openid_issuer="http://127.0.0.1:9",
        openid_client_id="ledger",
        openid_client_secret="s3cret",
    ) as ledger:
        answer = await ledger.client.get("/sign-in/openid")

    assert answer.status_code == 503
    assert "does not answer" in answer.text


async def test_where_none_is_set_there_is_no_such_page(database: Database) -> None:
    async with site(database) as ledger:
        answer = await ledger.client.get("/sign-in/openid")

    assert answer.status_code == 404


async def test_keys_that_the_provider_has_changed_are_read_anew(database: Database) -> None:
    async with site_with_provider(database) as ledger:
        assert ledger.parts.openid is not None
        provider = ledger.parts.openid._provider
        await provider.keys()
        provider._keys = KeySet([RSAKey.generate_key(2048)])
        back = await came_back(ledger.client, "laura")

    assert back.status_code == 303
