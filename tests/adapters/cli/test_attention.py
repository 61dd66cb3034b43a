"""What needs a look by the command line: causes, re-runs of many, changes as they come; shops set."""

import asyncio
import sys
from contextlib import suppress
from uuid import UUID

import msgspec
import pytest
from msgspec.structs import replace

from adapters.bootstrap import open_parts
from adapters.commands.requests import Requester
from adapters.commands.rerun_wishes import RerunAll
from adapters.settings import Settings
from adapters.shops.settings import ShopSettings
from domain.identifiers import OrderId
from tests.adapters.cli.conftest import Ask, follow
from tests.stories import COURSE, PLACED, SECRET, SHOP, Story, started

BEFORE = len(COURSE.facts)
NO_GRACE = ("shops", "set", "demo", "--grace", "0s")


def causes_of(ask: Ask) -> list[dict[str, object]]:
    return msgspec.convert(
        ask("attention", "causes", "--json").json["causes"], list[dict[str, object]]
    )


def grant_of(ask: Ask) -> str:
    """Name the cause of the grant that failed."""
    [cause] = [one for one in causes_of(ask) if one["code"] == "http_500"]
    return str(cause["cause_id"])


def failing(number: int) -> Story:
    """Make another order like `COURSE`, whose grant failed likewise."""
    order_id = OrderId(UUID(int=2_000 + number))
    placed = replace(PLACED, number=f"{2_000 + number}")
    return Story(order_id=order_id, facts=(started(order_id), placed, *COURSE.facts[2:]))


def version_of(ask: Ask, number: str) -> int:
    return msgspec.convert(ask("orders", "show", number, "--json").json["version"], int)


async def break_off(settings: Settings, cause: str, key: str) -> None:
    """Wish for all of a cause, and end after the first that is asked for."""
    requester, options = Requester(shop=SHOP, by="laura", key=key), RerunAll(cause=cause)
    async with open_parts(settings) as parts:
        choice = await parts.reruns.choose(requester, options)
        await parts.reruns.carry_out(requester, options, choice.targets[:1])


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
            (("--alert-email", "notanaddress"), "It takes one email address, such as"),
            (("--alert-age", "8d"), "It takes 0s to 7d."),
            (("--alert-age", "bogus"), "write it as 90s, 5m or 1h"),
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
        assert tried.out == "1 action would be requested again.\n"
        assert (done.exit_code, done.json["requested"], done.json["remaining"]) == (0, 1, 0)
        assert "laura" in history

    def test_a_key_answers_the_same_for_ever_and_never_runs_what_fails_later(
        self, ask: Ask, settings: Settings
    ) -> None:
        ask(*NO_GRACE)
        wish = ("attention", "rerun", grant_of(ask), "--idempotency-key", "k" * 200, "--json")
        first = ask(*wish)
        asyncio.run(follow(settings))
        none_left = ask(*wish)
        asyncio.run(follow(settings, failing(1)))
        assert grant_of(ask) == wish[2], "the same cause stands again"
        later = ask(*wish, "--per-second", "1")
        assert (first.exit_code, first.json["requested"]) == (0, 1)
        assert first.out == none_left.out == later.out
        assert [version_of(ask, number) for number in ("1001", "2001")] == [BEFORE + 1, BEFORE]

    def test_a_wish_that_broke_off_goes_on_with_what_it_was_about(
        self, ask: Ask, settings: Settings
    ) -> None:
        ask(*NO_GRACE)
        asyncio.run(follow(settings, failing(1), failing(2)))
        cause = grant_of(ask)
        asyncio.run(break_off(settings, cause, "k1"))
        asyncio.run(follow(settings, failing(3)))
        key = ("--idempotency-key", "k1", "--per-second", "1")
        done = ask("attention", "rerun", cause, *key, "--json").json
        numbers = ("1001", "2001", "2002", "2003")
        assert (done["requested"], done["refused"], done["remaining"]) == (3, [], 0)
        assert [version_of(ask, number) - BEFORE for number in numbers] == [1, 1, 1, 0]

    def test_a_key_stands_for_one_cause(self, ask: Ask) -> None:
        ask(*NO_GRACE)
        key = ("--idempotency-key", "k1")
        assert ask("attention", "rerun", grant_of(ask), *key).exit_code == 0
        answer = ask("attention", "rerun", "0123456789", *key)
        assert answer.exit_code == 1
        assert "Take another --idempotency-key" in answer.err

    @pytest.mark.parametrize("cause", ["0123456789", "nonsense"])
    def test_a_cause_that_nothing_has_is_not_found(self, ask: Ask, cause: str) -> None:
        answer = ask("attention", "rerun", cause)
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
