"""What needs a look by the command line: causes, re-runs of many, changes as they come; shops set."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from uuid import UUID

import msgspec
import pytest
from msgspec.structs import replace
from psycopg import AsyncConnection

from adapters.bootstrap import open_parts
from adapters.cli.attention_rerun_answer import NAMED_MAX
from adapters.commands.requests import Requester
from adapters.commands.rerun_answer import RerunAnswer
from adapters.commands.rerun_options import RerunManyOptions
from adapters.settings import Settings
from adapters.shops.settings import ShopSettings
from domain.identifiers import OrderId, PaymentId, SettingId
from domain.order.events import OrderPlaced, PaymentReceived
from tests.adapters.cli.conftest import Answer, Ask, follow
from tests.adapters.commands.given import publish
from tests.stories import COURSE, KAJABI, PLACED, SECRET, SHOP, Story, started
from tests.support import Database

BEFORE = len(COURSE.facts)
SETTING = SettingId("grant-piano")
PAID, BEGUN = COURSE.facts[4], COURSE.facts[6]
assert isinstance(PAID, PaymentReceived)
END_ALL = """
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE datname = '{name}'
"""
NO_GRACE = ("shops", "set", "demo", "--grace", "0s")


def causes_of(ask: Ask) -> list[dict[str, object]]:
    return msgspec.convert(
        ask("attention", "causes", "--json").json["causes"], list[dict[str, object]]
    )


def requested(answer: Answer) -> int:
    """Count the actions that were asked for."""
    return len(msgspec.convert(answer.json["requested"], list[object]))


def grant_of(ask: Ask) -> str:
    """Name the cause of the grant that failed."""
    [cause] = [one for one in causes_of(ask) if one["code"] == "http_500"]
    return str(cause["cause_id"])


def failing(number: int) -> Story:
    """Make another order like `COURSE`, whose grant failed likewise."""
    order_id = OrderId(UUID(int=2_000 + number))
    placed = replace(PLACED, number=f"{2_000 + number}")
    return Story(order_id=order_id, facts=(started(order_id), placed, *COURSE.facts[2:]))


def paid_twice(number: int) -> Story:
    """Make such an order whose customer paid again."""
    story = failing(number)
    again = replace(PAID, payment_id=PaymentId("pay-3"), transaction_id="tx-3")
    return Story(order_id=story.order_id, facts=(*story.facts[:5], again))


def running(number: int) -> Story:
    """Make such an order whose grant is under way."""
    story = failing(number)
    return Story(order_id=story.order_id, facts=(*story.facts[:6], BEGUN))


def published(number: int) -> Story:
    """Make such an order whose grant has published settings."""
    story = failing(number)
    placed = story.facts[1]
    assert isinstance(placed, OrderPlaced)
    actions = tuple(
        replace(one, setting_id=SETTING, revision=1) if one.action_id == "grant" else one
        for one in placed.actions
    )
    facts = (story.facts[0], replace(placed, actions=actions), *story.facts[2:])
    return Story(order_id=story.order_id, facts=facts)


async def announce(settings: Settings) -> None:
    """Publish newer settings of the grant."""
    newer = replace(KAJABI, offer_name="Grand piano course")
    async with open_parts(settings) as parts:
        await publish(parts, newer, setting_id=SETTING, shop=SHOP)


def version_of(ask: Ask, number: str) -> int:
    return msgspec.convert(ask("orders", "show", number, "--json").json["version"], int)


async def break_off(settings: Settings, cause: str, key: str) -> None:
    """Wish for all of a cause, and end after the first that is asked for."""
    requester, options = Requester(shop=SHOP, by="laura", key=key), RerunManyOptions(cause=cause)
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
        ask("shops", "set", "demo", "--credit-note-prefix", "KL-")
        assert "KL-1, KL-2 …" in ask("shops", "show", "demo").out

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
            (("--credit-note-prefix", "KL1"), "the last of them no digit"),
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

    def test_a_list_that_is_cut_says_so(self, ask: Ask, settings: Settings) -> None:
        ask(*NO_GRACE)
        asyncio.run(follow(settings, failing(1)))
        assert ask("attention", "--limit", "1").out.endswith("1 of 2 shown: --limit\n")
        assert "shown" not in ask("attention", "--limit", "2").out

    def test_all_of_a_cause_runs_again(self, ask: Ask) -> None:
        ask(*NO_GRACE)
        cause = grant_of(ask)
        tried = ask("attention", "rerun", cause, "--dry-run")
        done = ask("attention", "rerun", cause, "--by", "laura", "--json")
        history = ask("orders", "history", "1001").out
        assert tried.out == (
            "1 action would be requested again:\n"
            "  1001  Course access (run 2) → Aino.Virtanen@example.com at school.example.com\n"
        )
        assert (done.exit_code, requested(done), done.json["remaining"]) == (0, 1, 0)
        assert "laura" in history

    def test_a_dry_run_names_the_first_that_would_run_and_all_to_programs(
        self, ask: Ask, settings: Settings
    ) -> None:
        ask(*NO_GRACE)
        asyncio.run(follow(settings, *map(failing, range(1, NAMED_MAX + 2))))
        wish = ("attention", "rerun", grant_of(ask), "--dry-run")
        told, document = ask(*wish), ask(*wish, "--json")
        lines = told.out.splitlines()
        fires = msgspec.convert(document.json["fires"], list[dict[str, object]])
        assert lines[0] == f"{NAMED_MAX + 2} actions would be requested again:"
        assert (len(lines), lines[-1]) == (NAMED_MAX + 2, "  … and 2 more")
        assert {(one["action_id"], one["destination"]) for one in fires} == {
            ("grant", "school.example.com")
        }
        assert len({one["number"] for one in fires}) == len(fires) == NAMED_MAX + 2
        assert SECRET not in told.out + document.out
        assert version_of(ask, "1001") == BEFORE

    def test_programs_get_the_document_of_the_http_api(self, ask: Ask) -> None:
        ask(*NO_GRACE)
        cause = grant_of(ask)
        document = ask("attention", "rerun", cause, "--json").json
        assert set(document) == {"cause", *RerunAnswer.__struct_fields__}
        assert document["cause"] == cause
        assert document["requested"] == [{"order_id": str(COURSE.order_id), "action_id": "grant"}]

    def test_a_cause_without_actions_is_left_to_a_person(self, ask: Ask) -> None:
        [cause] = causes_of(ask)
        answer = ask("attention", "rerun", str(cause["cause_id"]))
        assert "attention rerun" not in ask("attention", "causes").out, "no hint that does not help"
        assert (answer.exit_code, answer.out) == (1, "")
        assert "External refund unallocated" in answer.err
        assert "orders show 1001" in answer.err

    def test_money_above_the_total_is_returned_or_let_be(
        self, ask: Ask, settings: Settings
    ) -> None:
        asyncio.run(follow(settings, paid_twice(1)))
        [cause] = [one for one in causes_of(ask) if one["kind"] == "money_above_total"]
        answer = ask("attention", "rerun", str(cause["cause_id"]))
        assert answer.exit_code == 1
        assert "Return the money or complete the order: `order-ledger orders show" in answer.err

    def test_what_is_running_is_said_and_nothing_is_done(
        self, ask: Ask, settings: Settings
    ) -> None:
        ask(*NO_GRACE)
        asyncio.run(follow(settings, running(1)))
        [cause] = [one for one in causes_of(ask) if one["error"] == "no_answer_yet"]
        wish = ("attention", "rerun", str(cause["cause_id"]), "--idempotency-key", "k1")
        refused = [ask(*wish), ask(*wish, "--dry-run"), ask(*wish, "--json")]
        assert [one.exit_code for one in refused] == [1, 1, 1]
        assert all("nothing runs again: 1 running" in one.err for one in refused)
        assert all("--force" in one.err for one in refused)
        assert refused[2].json["code"] == "refused"
        forced = ask(*wish, "--force")
        assert forced.out == "1 action was requested again.\n", "a refusal leaves its key free"

    def test_what_was_published_anew_is_counted_and_taken(
        self, ask: Ask, settings: Settings
    ) -> None:
        ask(*NO_GRACE)
        asyncio.run(follow(settings, published(1)))
        asyncio.run(announce(settings))
        cause = grant_of(ask)
        latest = ("--use-latest-configuration",)
        told = ask("attention", "causes").out
        tried = ask("attention", "rerun", cause, "--dry-run", *latest)
        done = ask("attention", "rerun", cause, *latest, "--json")
        sheet = ask("orders", "show", "2001", "--json").json
        assert "newer settings for 1 action: --use-latest-configuration" in told
        assert "  2001  Course access (run 2, revision 2) → " in tried.out
        assert "      Offer name: Piano course → Grand piano course" in tried.out
        assert "Left: 1 no settings are published for them now" in tried.out
        assert requested(done) == 1
        assert done.json["refused"] == [
            {
                "order_id": str(COURSE.order_id),
                "action_id": "grant",
                "code": "no_latest_configuration",
            }
        ]
        actions = msgspec.convert(sheet["actions"], list[dict[str, object]])
        assert [one["revision"] for one in actions if one["action_id"] == "grant"] == [2]

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
        words = ask(*wish[:-1]).out.splitlines()
        assert (first.exit_code, requested(first), first.json["is_repeat"]) == (0, 1, False)
        assert none_left.json == later.json == first.json | {"is_repeat": True}
        assert words[0].startswith(f"Known already: recorded by {first.json['by']}, ")
        assert words[0].endswith("; nothing new fires. It came to this:")
        assert words[1:] == ["1 action was requested again."]
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
        answer = ask("attention", "rerun", cause, *key, "--json")
        done = answer.json
        numbers = ("1001", "2001", "2002", "2003")
        assert (requested(answer), done["refused"], done["remaining"]) == (3, [], 0)
        assert done["is_repeat"] is False, "most of it was asked for only now"
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
    async with watching("--json") as lines, open_parts(settings) as parts:
        assert told(await lines.readline()) == {"shop": "demo", "count": 1}
        await parts.shop_settings.put(
            SHOP, ShopSettings(display_name="Demo shop", alert_email="owner@example.com")
        )
        async with parts.pool.connection() as connection:
            await connection.execute("DELETE FROM read_models.attention_v3")
        assert told(await lines.readline()) == {"shop": "demo", "count": 0}


@pytest.mark.usefixtures("two_orders")
async def test_watching_says_once_that_the_ledger_is_away_and_once_that_it_is_back(
    database: Database, postgres_url: str
) -> None:
    allow = f'ALTER DATABASE "{database.name}" ALLOW_CONNECTIONS {{}}'
    async with (
        watching() as lines,
        await AsyncConnection.connect(postgres_url, autocommit=True) as server,
    ):
        first = await lines.readline()
        await server.execute(allow.format("false").encode())
        await server.execute(END_ALL.format(name=database.name).encode())
        away = await lines.readline()
        await server.execute(allow.format("true").encode())
        back = await lines.readline()
    assert [
        re.sub(r"^\d+\.\d\d\.\d\d  demo  ", "", one.decode()) for one in (first, away, back)
    ] == [
        "1 order needs attention\n",
        "The ledger does not answer; waiting (last known: 1)\n",
        "1 order needs attention\n",
    ]


@asynccontextmanager
async def watching(*options: str) -> AsyncIterator[asyncio.StreamReader]:
    """Watch until the block ends; it says nothing but its lines."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "adapters.cli", "attention", "--watch", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        yield process.stdout
        process.terminate()
        assert await process.stderr.read() == b""
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


def told(line: bytes) -> dict[str, object]:
    """Read a line, but for its time."""
    document = msgspec.json.decode(line, type=dict[str, object])
    assert datetime.fromisoformat(str(document.pop("at"))).tzinfo
    return document
