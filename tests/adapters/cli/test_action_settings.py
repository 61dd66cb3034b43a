"""`settings`: what the checkout published, from a terminal."""

import asyncio

import pytest

from adapters.bootstrap import open_parts
from adapters.cli.exits import ExitCode
from adapters.settings import Settings
from domain.configuration.settings import KajabiGrant, SystemeContact
from domain.identifiers import SettingId
from tests.adapters.cli.conftest import Ask
from tests.adapters.commands.given import SECRET, publish
from tests.examples import HOOK_SETTING, HOOK_SETTINGS, SHOP


@pytest.fixture(autouse=True)
def _published(settings: Settings) -> None:
    async def stand() -> None:
        async with open_parts(settings) as parts:
            await parts.shops.add(SHOP, "Courses")
            await publish(parts, HOOK_SETTINGS, revision=1)
            await publish(parts, revision=2)
            contact = SettingId("contact")
            await publish(parts, SystemeContact(tags=("a", "b")), setting_id=contact)
            await publish(parts, None, revision=3, setting_id=contact)
            grant = KajabiGrant(
                offer_name="Course", activation_url=f"https://k.example.com/{SECRET}"
            )
            await publish(parts, grant, setting_id=SettingId("grant"))

    asyncio.run(stand())


def test_all_are_listed_by_id_removed_ones_too(ask: Ask) -> None:
    answer = ask("settings", "list")

    assert answer.exit_code == ExitCode.OK, answer.err
    rows = [line.split()[0] for line in answer.out.splitlines()[2:]]
    assert rows == ["contact", "grant", HOOK_SETTING]
    assert "3, removed" in answer.out


def test_a_page_says_where_the_next_begins(ask: Ask) -> None:
    page = ask("settings", "list", "--limit", "1")

    assert "Next page: --cursor contact" in page.out
    assert "Next page" not in ask("settings", "list", "--cursor", "contact").out


def test_every_revision_is_shown_with_what_it_changed(ask: Ask) -> None:
    answer = ask("settings", "show", HOOK_SETTING)

    assert answer.exit_code == ExitCode.OK, answer.err
    assert "URL: https://hooks.example.com/a → https://hooks.example.com/b?•••" in " ".join(
        answer.out.split()
    )


def test_a_removal_has_no_number_of_its_own(ask: Ask) -> None:
    rows = ask("settings", "show", "contact").out.splitlines()
    removal = next(line for line in rows if "removed" in line)

    assert removal.startswith("   ")


def test_one_revision_can_be_asked_for(ask: Ask) -> None:
    shown = ask("settings", "show", HOOK_SETTING, "--revision", "1", "--json").json["revisions"]
    missing = ask("settings", "show", HOOK_SETTING, "--revision", "7")

    assert isinstance(shown, list)
    assert [one["revision"] for one in shown] == [1]
    assert missing.exit_code == ExitCode.NOT_FOUND
    assert "There are: 2, 1." in missing.err


def test_a_setting_that_there_is_not_says_where_they_are(ask: Ask) -> None:
    answer = ask("settings", "show", "no-such")

    assert answer.exit_code == ExitCode.NOT_FOUND
    assert "settings list" in answer.err


def test_no_output_tells_a_secret(ask: Ask) -> None:
    for command in (["list"], ["show", "grant"], ["show", HOOK_SETTING]):
        for form in ([], ["--json"]):
            answer = ask("settings", *command, *form)

            assert answer.exit_code == ExitCode.OK
            assert SECRET not in answer.out
