"""What became of alerts, by the command line: what reached nobody is no all-clear."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.alerts.channel import Channel
from adapters.alerts.store import AlertStore
from adapters.bootstrap import open_parts
from adapters.settings import Settings
from processors.alerting import SETTLE, Look, notices_of
from processors.episodes import SeenCause, Subject
from tests.adapters.cli.conftest import Ask, stand
from tests.stories import SHOP

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
CAUSE = SeenCause(
    cause="0123456789",
    subject=Subject(
        kind="action_unfinished",
        action_kind="webhook",
        error="http_503",
        destination="crm.example.com",
    ),
    since=NOW,
    orders=3,
    numbers=("1001",),
)
ADDRESSES = ("--alert-email", "owner@example.com", "--alert-webhook", "https://a.example.com/x")


@pytest.fixture(autouse=True)
def _a_shop(settings: Settings) -> None:
    asyncio.run(stand(settings))


async def tell(settings: Settings, failures: dict[Channel, str], *, is_done: bool = True) -> None:
    """Make a message by both ways, and try each once; an empty failure is none."""
    async with open_parts(settings) as parts:
        store = AlertStore(parts.pool)
        looks = [NOW, NOW + SETTLE]
        for now in looks:
            look = Look(now=now, grace=SETTLE, alert_age=timedelta(hours=1), told_at=None)
            decision = notices_of([CAUSE], await store.last(SHOP, [CAUSE.cause]), look)
            await store.save(SHOP, decision, list(Channel), now)
        for alert in await store.waiting(NOW + SETTLE, len(Channel)):
            done_at, retry_at = (NOW, None) if is_done else (None, NOW + timedelta(minutes=1))
            failure = failures.get(alert.channel, "")
            await store.tried(alert, failure=failure, done_at=done_at, retry_at=retry_at)


def test_a_shop_without_addresses_is_not_taken_for_one_without_trouble(ask: Ask) -> None:
    assert "The shop has set no address" in ask("alerts", "list").out
    ask("shops", "set", "demo", *ADDRESSES)
    assert ask("alerts", "list").out == "No alerts were made.\n"


def test_each_message_is_listed_with_what_became_of_it(ask: Ask, settings: Settings) -> None:
    ask("shops", "set", "demo", *ADDRESSES)
    asyncio.run(tell(settings, {Channel.EMAIL: "mailbox_refused"}))
    listed = ask("alerts", "list").out
    assert "Given up: mailbox_refused" in listed
    assert "The last alert by email reached nobody (mailbox_refused)." in listed
    assert "order-ledger shops set demo --alert-email ADDRESS" in listed
    assert "The last alert by webhook" not in listed
    told = ask("alerts", "list", "--json").json["alerts"]
    assert isinstance(told, list)
    assert [(one["channel"], one["state"], one["tries"], one["notices"]) for one in told] == [
        ("email", "given_up", 1, 1),
        ("webhook", "sent", 1, 1),
    ]
    assert len(str(ask("alerts", "list", "--limit", "1", "--json").json).split("channel")) == 2


def test_what_is_tried_again_says_when(ask: Ask, settings: Settings) -> None:
    ask("shops", "set", "demo", *ADDRESSES)
    asyncio.run(tell(settings, {Channel.WEBHOOK: "http_503"}, is_done=False))
    listed = ask("alerts", "list").out
    assert "http_503, again at 23 Nov 2026, 11.01.00 (Helsinki)" in listed
    assert "Waiting" in listed
    assert "reached nobody" not in listed


def test_a_shop_shows_its_last_alert(ask: Ask, settings: Settings) -> None:
    ask("shops", "set", "demo", *ADDRESSES)
    assert "Last email" not in ask("shops", "show", "demo").out
    asyncio.run(tell(settings, {Channel.EMAIL: "mailbox_refused"}))
    shown = ask("shops", "show", "demo").out
    assert "Last email    Given up: mailbox_refused, 23 Nov 2026, 11.00.05 (Helsinki)" in shown
    assert "Last webhook  Sent, 23 Nov 2026, 11.00.05 (Helsinki)" in shown
    last = ask("shops", "show", "demo", "--json").json["last_alerts"]
    assert isinstance(last, list)
    assert [one["state"] for one in last] == ["given_up", "sent"]
    ask("shops", "set", "demo", "--alert-email", "")
    assert "Last email" not in ask("shops", "show", "demo").out
