"""What needs a look by the command line: causes, re-runs of many, changes as they come; shops set."""

import asyncio
import sys
from contextlib import suppress

import msgspec
import pytest

from adapters.bootstrap import open_parts
from adapters.settings import Settings
from adapters.shops.settings import ShopSettings
from tests.adapters.cli.conftest import Ask
from tests.stories import SECRET, SHOP

NO_GRACE = ("shops", "set", "demo", "--grace", "0s")


def causes_of(ask: Ask) -> list[dict[str, object]]:
    return msgspec.convert(
        ask("attention", "causes", "--json").json["causes"], list[dict[str, object]]
    )


def grant_of(ask: Ask) -> str:
    """Name the cause of the grant that failed."""
    [cause] = [one for one in causes_of(ask) if one["code"] == "http_500"]
    return str(cause["cause_id"])


@pytest.mark.usefixtures("two_orders")
class TestShops:
    def test_a_shop_begins_with_the_defaults(self, ask: Ask) -> None:
        shown = ask("shops", "show", "demo", "--json").json
        assert (shown["shop"], shown["display_name"], shown["grace_seconds"]) == (
            "demo",
            "Demo shop",
            300,
        )

    def test_what_is_set_stays_when_something_else_is_set(self, ask: Ask) -> None:
        first = ask("shops", "set", "demo", "--grace", "20s", "--sender", "shop@example.com")
        assert first.exit_code == 0, first.err
        ask("shops", "set", "demo", "--address", r"Katu 1\n00100 Helsinki", "--alert-age", "1h")
        shown = ask("shops", "show", "demo", "--json").json
        assert (shown["grace_seconds"], shown["alert_age_seconds"]) == (20, 3_600)
        assert shown["sender"] == "shop@example.com"
        assert shown["address"] == "Katu 1\n00100 Helsinki"
        assert "0:00:20" in ask("shops", "show", "demo").out

    def test_an_alert_webhook_is_shown_without_what_is_secret(self, ask: Ask) -> None:
        url = f"https://alerts.example.com/{SECRET}?token={SECRET}"
        answers = [
            ask("shops", "set", "demo", "--alert-webhook", url),
            ask("shops", "show", "demo"),
            ask("shops", "show", "demo", "--json"),
        ]
        assert all("alerts.example.com" in one.out for one in answers)
        assert not any(SECRET in one.out + one.err for one in answers)

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            (("--sender", "nobody"), "--sender cannot"),
            (("--alert-webhook", "ftp://x"), "--alert-webhook cannot"),
            ((), "nothing is to be changed"),
        ],
        ids=str,
    )
    def test_what_cannot_be_set_is_refused(
        self, ask: Ask, options: tuple[str, ...], sentence: str
    ) -> None:
        answer = ask("shops", "set", "demo", *options)
        assert answer.exit_code == 2
        assert sentence in answer.err

    def test_a_shop_that_is_not_served_cannot_be_set(self, ask: Ask) -> None:
        assert ask("shops", "set", "other", "--grace", "1m").exit_code == 3
        assert ask("shops", "show", "other").exit_code == 3


@pytest.mark.usefixtures("two_orders")
class TestCauses:
    def test_a_shorter_grace_shows_what_waits_without_anything_new(self, ask: Ask) -> None:
        assert {one["kind"] for one in causes_of(ask)} == {"external_refund_unallocated"}
        ask(*NO_GRACE)
        told = ask("attention", "causes").out
        assert "Kajabi grant: http_500" in told
        assert "school.example.com" in told
        assert SECRET not in told

    def test_all_of_a_cause_runs_again(self, ask: Ask) -> None:
        ask(*NO_GRACE)
        cause = grant_of(ask)
        tried = ask("attention", "rerun", cause, "--dry-run")
        done = ask("attention", "rerun", cause, "--by", "laura", "--json")
        history = ask("orders", "history", "1001").out
        assert tried.out == "1 actions would run again.\n"
        assert (done.exit_code, done.json["requested"], done.json["remaining"]) == (0, 1, 0)
        assert "laura" in history

    def test_a_cause_that_nothing_has_is_not_found(self, ask: Ask) -> None:
        answer = ask("attention", "rerun", "0123456789")
        assert answer.exit_code == 3
        assert "attention causes" in answer.err


@pytest.mark.usefixtures("two_orders")
async def test_watching_tells_each_change_of_the_count(settings: Settings) -> None:
    watching = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "adapters.cli", "attention", "--watch", "--json"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert watching.stdout is not None
    try:
        async with open_parts(settings) as parts:
            assert await watching.stdout.readline() == b'{"count":1}\n'
            await parts.shop_settings.put(
                SHOP, ShopSettings(display_name="Demo shop", alert_email="owner@example.com")
            )
            async with parts.pool.connection() as connection:
                await connection.execute("DELETE FROM read_models.attention_v2")
            assert await watching.stdout.readline() == b'{"count":0}\n'
    finally:
        with suppress(ProcessLookupError):
            watching.terminate()
        await watching.wait()
