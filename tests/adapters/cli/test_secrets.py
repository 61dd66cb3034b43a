"""`secrets`: set by stdin, listed without values, rotated, shown one at a time."""

import asyncio
import io

import pytest

from adapters.bootstrap import open_parts
from adapters.settings import Settings
from domain.identifiers import ShopId
from tests.adapters.cli.conftest import Answer, Ask

SHOP = ShopId("kauppa")
HOOK = "webhook:https://hooks.example.com/a"
SIGNING_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(autouse=True)
def shop(settings: Settings) -> None:
    """One shop, so that it need not be named."""

    async def add() -> None:
        async with open_parts(settings) as parts:
            await parts.shops.add(SHOP, "Kauppa")

    asyncio.run(add())


@pytest.fixture
def give(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Set a secret by stdin."""

    def give(name: str, value: str) -> Answer:
        monkeypatch.setattr("sys.stdin", io.StringIO(value))
        return ask("secrets", "set", name)

    return give


def names_in(ask: Ask) -> list[tuple[object, object]]:
    listed = ask("secrets", "list", "--json").json["secrets"]
    assert isinstance(listed, list)
    return [(one["name"], one["generation"]) for one in listed]


class TestSetting:
    def test_takes_the_value_from_stdin_and_prints_it_nowhere_but_in_show(
        self, ask: Ask, give: Ask
    ) -> None:
        said = give("systeme.api_key", "sesame-open-up\n")
        listed = ask("secrets", "list")

        assert (said.exit_code, listed.exit_code) == (0, 0)
        assert "systeme.api_key" in listed.out
        assert "sesame" not in said.out + said.err + listed.out
        assert ask("secrets", "show", "systeme.api_key").out == "sesame-open-up\n"
        shown = ask("secrets", "show", "systeme.api_key", "--json").json
        assert shown == {"name": "systeme.api_key", "secret": "sesame-open-up"}

    def test_asks_unseen_at_a_terminal(self, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
        terminal = io.StringIO()
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr("sys.stdin", terminal)
        monkeypatch.setattr("getpass.getpass", lambda prompt: f"typed-at-{prompt.strip(': ')}")

        assert ask("secrets", "set", "kajabi.client_id").exit_code == 0
        assert ask("secrets", "show", "kajabi.client_id").out == "typed-at-kajabi.client_id\n"

    def test_voids_the_value_before(self, ask: Ask, give: Ask) -> None:
        for value in ("one", "two"):
            give("systeme.api_key", value)

        assert ask("secrets", "show", "systeme.api_key").out == "two\n"
        assert names_in(ask) == [("systeme.api_key", 2)]

    @pytest.mark.parametrize("value", ["", "  \n", "two words", "k\u00e9y", "a\x07b", "x" * 501])
    def test_refuses_what_cannot_be_a_secret(self, ask: Ask, give: Ask, value: str) -> None:
        said = give("systeme.api_key", value)

        assert said.exit_code == 1
        assert names_in(ask) == []

    @pytest.mark.parametrize(
        "value", ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ", "whsec_not-base-64", "whsec_"]
    )
    def test_refuses_what_the_standard_refuses_to_sign_with(
        self, ask: Ask, give: Ask, value: str
    ) -> None:
        assert give(HOOK, value).exit_code == 1
        assert give(HOOK, SIGNING_SECRET).exit_code == 0
        assert ask("secrets", "show", HOOK).out == f"{SIGNING_SECRET}\n"


class TestRotating:
    def test_makes_a_new_one_and_says_until_when_the_old_one_is_valid(self, ask: Ask) -> None:
        first = ask("secrets", "rotate", HOOK)
        old = ask("secrets", "show", HOOK).out
        again = ask("secrets", "rotate", HOOK, "--json")

        assert (first.exit_code, again.json) == (0, {"name": HOOK})
        assert ask("secrets", "show", HOOK).out != old
        assert names_in(ask) == [(HOOK, 2), (HOOK, 1)]
        assert "Valid until" in ask("secrets", "list").out

    def test_leaves_the_query_of_the_url_out_of_account(self, ask: Ask) -> None:
        ask("secrets", "rotate", "webhook:HTTPS://hooks.example.com:443/a?key=1")

        assert names_in(ask) == [(HOOK, 1)]

    def test_a_token_in_an_address_is_listed_by_its_host_and_a_digest_alone(self, ask: Ask) -> None:
        token = "Ab3Ab3Ab3Ab3Ab3Ab3Ab3"
        said = ask("secrets", "rotate", f"webhook:https://hooks.example.com/on/{token}")
        [(name, _)] = names_in(ask)

        assert str(name).startswith("webhook:https://hooks.example.com/•••#")
        assert token not in said.out + said.err + ask("secrets", "list").out
        by_url = ask("secrets", "show", f"webhook:https://hooks.example.com/on/{token}?key=1")
        assert by_url.out == ask("secrets", "show", str(name)).out
        ask("secrets", "rotate", f"webhook:https://hooks.example.com/on/{token}x")
        assert len({name for name, _ in names_in(ask)}) == 2

    def test_of_a_providers_credential_is_wrong_use(self, ask: Ask) -> None:
        said = ask("secrets", "rotate", "systeme.api_key")

        assert said.exit_code == 2
        assert "made by its provider" in said.err


class TestNaming:
    @pytest.mark.parametrize("name", ["kajabi", "webhook:", "webhook:ftp://a/", "https://a.b/"])
    def test_something_that_needs_no_secret_is_wrong_use(self, ask: Ask, name: str) -> None:
        for command in ("set", "rotate", "show"):
            said = ask("secrets", command, name)

            assert said.exit_code == 2
            assert "kajabi.client_id" in said.err

    @pytest.mark.parametrize(("name", "how"), [("systeme.api_key", "set"), (HOOK, "rotate")])
    def test_a_secret_that_is_not_there_says_what_makes_it(
        self, ask: Ask, name: str, how: str
    ) -> None:
        said = ask("secrets", "show", name)

        assert said.exit_code == 3
        assert f"`order-ledger secrets {how}`" in said.err
