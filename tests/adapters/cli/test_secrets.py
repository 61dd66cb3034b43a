"""`secrets`: set by stdin, listed without values, rotated, shown one at a time."""

import asyncio
import io

import pytest

from adapters.bootstrap import open_parts
from adapters.postgres.secrets import CREDENTIAL_NAMES
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


def values_of(settings: Settings, name: str) -> tuple[str, ...]:
    """Read a secret as who uses it does."""

    async def read() -> tuple[str, ...]:
        async with open_parts(settings) as parts:
            return await parts.secrets.valid(SHOP, name)

    return asyncio.run(read())


def names_in(ask: Ask) -> list[tuple[object, object]]:
    listed = ask("secrets", "list", "--json").json["secrets"]
    assert isinstance(listed, list)
    return [(one["name"], one["generation"]) for one in listed]


class TestSetting:
    def test_takes_the_value_from_stdin_and_prints_it_nowhere(
        self, ask: Ask, give: Ask, settings: Settings
    ) -> None:
        said = give("systeme.api_key", "sesame-open-up\n")
        listed = ask("secrets", "list")

        assert (said.exit_code, listed.exit_code) == (0, 0)
        assert "systeme.api_key" in listed.out
        assert "sesame" not in said.out + said.err + listed.out
        assert values_of(settings, "systeme.api_key") == ("sesame-open-up",)

    def test_lets_a_receiver_that_must_verify_be_told(self, ask: Ask, give: Ask) -> None:
        give(HOOK, SIGNING_SECRET)
        shown = ask("secrets", "show", HOOK, "--json").json
        assert shown == {"name": HOOK, "secret": SIGNING_SECRET}

    def test_asks_unseen_at_a_terminal(
        self, ask: Ask, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        terminal = io.StringIO()
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr("sys.stdin", terminal)
        monkeypatch.setattr("getpass.getpass", lambda prompt: f"typed-at-{prompt.strip(': ')}")

        assert ask("secrets", "set", "kajabi.client_id").exit_code == 0
        assert values_of(settings, "kajabi.client_id") == ("typed-at-kajabi.client_id",)

    def test_voids_the_value_before(self, ask: Ask, give: Ask, settings: Settings) -> None:
        for value in ("one", "two"):
            give("systeme.api_key", value)

        assert values_of(settings, "systeme.api_key") == ("two",)
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

    def test_a_secret_that_is_not_there_says_what_makes_it(self, ask: Ask) -> None:
        said = ask("secrets", "show", HOOK)

        assert said.exit_code == 3
        assert "`order-ledger secrets rotate`" in said.err


class TestShowing:
    @pytest.mark.parametrize("name", CREDENTIAL_NAMES)
    def test_a_credential_is_refused_whether_it_is_set_or_not(
        self, ask: Ask, give: Ask, name: str
    ) -> None:
        before = ask("secrets", "show", name)
        give(name, "s3cret-value")
        after = ask("secrets", "show", name, "--json")

        assert (before.exit_code, after.exit_code) == (1, 1)
        assert after.json["code"] == "secret_not_shown"
        assert "s3cret-value" not in after.out + after.err
