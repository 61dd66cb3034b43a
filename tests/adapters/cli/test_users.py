"""`users`: who may sign in to the pages, and the link that lets them."""

import asyncio

import pytest

from adapters.bootstrap import open_parts
from adapters.settings import Settings
from domain.identifiers import ShopId
from tests.adapters.cli.conftest import Answer, Ask

EMAIL = "aino@example.com"


@pytest.fixture(autouse=True)
def shops(settings: Settings) -> None:
    """Two shops."""

    async def add() -> None:
        async with open_parts(settings) as parts:
            await parts.shops.add(ShopId("kauppa"), "Kauppa")
            await parts.shops.add(ShopId("toinen"), "Toinen")

    asyncio.run(add())


def add_aino(ask: Ask, role: str = "viewer", shop: str = "kauppa") -> Answer:
    return ask("users", "add", EMAIL, "--name", "Aino", "--role", role, "--shop", shop)


def link_of(ask: Ask) -> str:
    return str(ask("users", "link", EMAIL, "--json").json["link"])


def person_behind(settings: Settings, link: str) -> str | None:
    """Use a link as the page does."""

    async def use() -> str | None:
        async with open_parts(settings) as parts:
            return await parts.sign_in_links.use(link.rpartition("/")[2])

    return asyncio.run(use())


def test_a_person_is_added_and_listed(ask: Ask) -> None:
    added = add_aino(ask, "customer_service")
    listed = ask("users", "list")

    assert added.exit_code == 0
    assert f"order-ledger users link {EMAIL}" in added.out
    for seen in (EMAIL, "Aino", "kauppa: Customer service", "No"):
        assert seen in listed.out


def test_a_link_has_the_address_of_the_ledger_and_works_once(ask: Ask, settings: Settings) -> None:
    add_aino(ask)
    said = ask("users", "link", EMAIL.upper())
    link = said.out.splitlines()[0]
    first, second = (person_behind(settings, link) for _ in range(2))

    assert link.startswith(f"{settings.api_url}/sign-in/link/")
    assert "good for 24 hours" in said.out
    assert (first is not None, second) == (True, None)


def test_who_is_removed_from_a_shop_stays_in_the_others(ask: Ask) -> None:
    add_aino(ask)
    add_aino(ask, shop="toinen")
    removed = ask("users", "remove", EMAIL, "--shop", "kauppa")
    listed = ask("users", "list", "--json").json["users"]

    assert removed.exit_code == 0
    assert isinstance(listed, list)
    assert (listed[0]["roles"], listed[0]["revoked_at"]) == ({"toinen": "viewer"}, None)


def test_who_is_removed_is_shut_out_until_added_again(ask: Ask, settings: Settings) -> None:
    add_aino(ask)
    link = link_of(ask)
    removed = ask("users", "remove", EMAIL)
    refused = ask("users", "link", EMAIL)
    again = ask("users", "remove", EMAIL)

    assert (removed.exit_code, refused.exit_code, again.exit_code) == (0, 2, 3)
    assert person_behind(settings, link) is None
    add_aino(ask)
    assert person_behind(settings, link_of(ask))


@pytest.mark.parametrize("arguments", [("remove", EMAIL), ("remove", EMAIL, "--shop", "kauppa")])
def test_the_last_admin_of_a_shop_stays(ask: Ask, arguments: tuple[str, ...]) -> None:
    add_aino(ask, "admin")
    said = ask("users", *arguments, "--json")

    assert (said.exit_code, said.json["code"]) == (1, "last_admin")
    assert "kauppa: Admin" in ask("users", "list").out


def test_the_last_admin_of_a_shop_is_not_made_less(ask: Ask) -> None:
    add_aino(ask, "admin")
    assert add_aino(ask, "viewer").exit_code == 1


@pytest.mark.parametrize(
    ("email", "name"), [("aino", "Aino"), (EMAIL, " "), ("a b@example.com", "Aino")]
)
def test_what_cannot_be_an_address_or_a_name_is_refused(ask: Ask, email: str, name: str) -> None:
    said = ask("users", "add", email, "--name", name, "--shop", "kauppa", "--json")

    assert (said.exit_code, said.json["code"]) == (1, "person_wrong")


@pytest.mark.parametrize("command", ["link", "remove"])
def test_who_is_unknown_is_not_found(ask: Ask, command: str) -> None:
    assert ask("users", command, "nobody@example.com").exit_code == 3
