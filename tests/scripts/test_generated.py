"""The made-up orders: the same for the same rules, and in the proportions that are promised."""

import json
from collections import Counter, defaultdict
from datetime import timedelta
from itertools import islice, pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from adapters.messaging.contracts import CONFIGURATION_DATA_BY_TYPE, ORDER_DATA_BY_TYPE
from adapters.messaging.parsing import parse
from adapters.web.orders.list_view import PAGE_ROWS
from scripts.feeding.catalogue import Addresses
from scripts.feeding.generated import GeneratedRules, generated_messages, spread_over
from scripts.feeding.messages import DEMO_SHOP, Message
from scripts.feeding.retail import RetailRules
from scripts.running.__main__ import FIRST_ORDERS
from scripts.running.demo import FORMER_BOOKS
from scripts.running.feeding import HISTORY, Source, live_rules
from tests.scripts.examples import NOW, contents, data_of

ORDERS = 3_000
RULES = spread_over(timedelta(days=30), ORDERS, NOW, 1, ("demo", "other"))
SMALL = spread_over(timedelta(days=1), 50, NOW, 1, ("demo",))


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    return list(generated_messages(RULES))


@pytest.fixture(scope="module")
def placed(messages: list[Message]) -> list[dict[str, Any]]:
    return data_of(messages, "order.placed.v1")


def test_the_same_rules_give_the_same_messages() -> None:
    assert list(generated_messages(SMALL)) == list(generated_messages(SMALL))


@pytest.mark.parametrize("other", [{"seed": 2}, {"start": SMALL.start + timedelta(seconds=1)}])
def test_other_rules_give_orders_with_other_ids_and_numbers(other: dict[str, Any]) -> None:
    these, those = (list(generated_messages(rules)) for rules in (SMALL, replace(SMALL, **other)))
    shared = {message.id for message in these} & {message.id for message in those}
    assert not [message_id for message_id in shared if "/order" in message_id]
    numbers = [
        {placed["number"] for placed in data_of(batch, "order.placed.v1")}
        for batch in (these, those)
    ]
    assert not numbers[0] & numbers[1]


def test_a_shop_is_the_same_whatever_the_seed() -> None:
    settings = [
        [message for message in generated_messages(rules) if ".config." in message.subject]
        for rules in (SMALL, replace(SMALL, seed=2))
    ]
    assert settings[0] == settings[1] != []


def test_some_customers_buy_the_same_course_twice(placed: list[dict[str, Any]]) -> None:
    orders = defaultdict(set)
    for order in placed:
        for action in order["actions"]:
            if course := action["settings"].get("offer_name"):
                orders[order["customer"]["email"], course].add(order["number"])
    twice = sum(len(numbers) > 1 for numbers in orders.values())
    assert len(placed) / 200 < twice < len(placed) / 20


def test_messages_come_in_order_of_time(messages: list[Message]) -> None:
    times = [message.time for message in messages]
    assert times == sorted(times)


def test_the_messages_of_busy_orders_are_interleaved() -> None:
    busy = generated_messages(spread_over(timedelta(hours=1), 300, NOW, 1, ("demo",)))
    orders = [message.subject.split(".")[3] for message in busy if ".order." in message.subject]
    changes = sum(one != other for one, other in pairwise(orders))
    assert changes > 2 * len(set(orders))


def test_nothing_is_said_about_the_future(messages: list[Message]) -> None:
    assert max(message.time for message in messages) <= NOW


def test_they_never_end_unless_told_to() -> None:
    endless = GeneratedRules(start=NOW, gap=timedelta(seconds=10))
    assert len(list(islice(generated_messages(endless), 5_000))) == 5_000


def test_ids_are_unique(messages: list[Message]) -> None:
    assert len({message.id for message in messages}) == len(messages)


def test_every_type_of_the_contract_occurs_and_passes_the_ledgers_own_door(
    messages: list[Message],
) -> None:
    kinds = {
        parse(message.subject, message.body, now=NOW, digest_key=b"key").type
        for message in messages
    }
    assert kinds == {*ORDER_DATA_BY_TYPE, *CONFIGURATION_DATA_BY_TYPE}


def test_addresses_are_nobodys(messages: list[Message]) -> None:
    text = b"".join(message.body for message in messages).decode()
    domains = {part.split('"')[0] for part in text.split("@")[1:]}
    assert domains == {"example.com"}


def test_sums_add_up(placed: list[dict[str, Any]]) -> None:
    for order in placed:
        listed = sum(line["list_price"] for line in order["lines"])
        assert order["total"] == listed - sum(item["amount"] for item in order.get("discounts", []))


class TestProportions:
    """Of 3,000 visits; the bounds are wide enough for any seed."""

    def test_some_visits_end_where_they_began(
        self, messages: list[Message], placed: list[dict[str, Any]]
    ) -> None:
        numbers = {order["number"] for order in placed}
        assert 0.2 < 1 - len(numbers) / ORDERS < 0.4
        assert len(data_of(messages, "order.started.v1")) == ORDERS

    def test_most_customers_are_finnish_and_some_are_not(
        self, placed: list[dict[str, Any]]
    ) -> None:
        countries = Counter(order["country"] for order in placed)
        assert 0.7 < countries["FI"] / countries.total() < 0.9
        assert len(countries) > 8

    def test_several_currencies_and_vat_rates_occur(self, placed: list[dict[str, Any]]) -> None:
        assert {order["currency"] for order in placed} == {"EUR", "SEK", "GBP", "USD", "JPY"}
        rates = {line["vat_rate"] for order in placed for line in order["lines"]}
        assert rates >= {0, 1000, 1350, 2400, 2500, 2550}

    def test_some_take_bumps_pre_upsells_and_upgrades(self, placed: list[dict[str, Any]]) -> None:
        kinds = Counter(line["kind"] for order in placed for line in order["lines"])
        upgrades = [
            line for order in placed for line in order["lines"] if line.get("replaces_product")
        ]
        assert kinds["product"] > kinds["order_bump"] > kinds["pre_upsell"] > 100
        assert 50 < len(upgrades) < len(placed) / 4
        for order in placed:
            sold = {line["name"] for line in order["lines"]}
            assert not sold & {line.get("replaces_product") for line in order["lines"]}

    def test_some_use_codes_and_some_pay_nothing(self, placed: list[dict[str, Any]]) -> None:
        codes = Counter(item["code"] for order in placed for item in order.get("discounts", []))
        assert 0.08 < codes.total() / len(placed) < 0.25
        assert len(codes) == 5
        assert 0 < sum(order["total"] == 0 for order in placed) < len(placed) / 10

    def test_payments_go_by_several_providers_and_some_fail(self, messages: list[Message]) -> None:
        received = data_of(messages, "payment.received.v1")
        providers = {payment["provider"] for payment in received}
        assert providers == {"stripe", "paytrail", "epassi", "paypal", "invoice", "free"}
        assert 50 < len(data_of(messages, "payment.failed.v1")) < len(received) / 4

    def test_paytrail_and_epassi_take_euros_only(self, messages: list[Message]) -> None:
        for kind in ("payment.started.v1", "payment.received.v1"):
            for payment in data_of(messages, kind):
                if payment["provider"] in {"paytrail", "epassi"}:
                    assert payment["amount"]["currency"] == "EUR"

    def test_some_are_refunded_elsewhere_and_some_are_revised_before_payment(
        self, messages: list[Message], placed: list[dict[str, Any]]
    ) -> None:
        assert 10 < len(data_of(messages, "refund.recorded.v1")) < len(placed) / 15
        assert 10 < len(placed) - len({order["number"] for order in placed}) < len(placed) / 10

    def test_some_are_paid_in_part_and_some_twice(self, messages: list[Message]) -> None:
        totals: dict[str, int] = {}
        received: dict[str, int] = defaultdict(int)
        for message, (kind, data) in zip(messages, contents(messages), strict=True):
            order = message.subject.split(".")[3]
            if kind == "order.placed.v1":
                totals[order] = data["total"]
            if kind == "payment.received.v1":
                received[order] += data["amount"]["amount"]
        part = sum(amount < totals[order] for order, amount in received.items())
        twice = sum(amount > totals[order] for order, amount in received.items())
        assert 5 < part < 100
        assert 1 < twice < 50

    def test_actions_come_from_all_three_levels(self, placed: list[dict[str, Any]]) -> None:
        actions = [action for order in placed for action in order["actions"]]
        assert {action["level"] for action in actions} == {"product", "offer", "checkout"}
        assert {action["settings"]["kind"] for action in actions} == {
            "receipt_email",
            "custom_email",
            "webhook",
            "kajabi_grant",
            "systeme_contact",
        }

    def test_an_action_carries_a_revision_that_was_published(
        self, messages: list[Message], placed: list[dict[str, Any]]
    ) -> None:
        published = {
            (event["subject"], event["data"]["revision"]): event["data"]["settings"]
            for event in map(json.loads, (message.body for message in messages))
            if event["type"] == "action.configured.v1"
        }
        for order in placed:
            for action in order["actions"]:
                key = (action["setting_id"], action["revision"])
                assert key in published


def test_the_first_orders_of_a_run_have_refunds_and_settings_that_were_bettered_since() -> None:
    first = list(generated_messages(spread_over(HISTORY, FIRST_ORDERS, NOW, 1, (DEMO_SHOP,))))
    assert len(data_of(first, "refund.recorded.v1")) > 1
    former = {
        action["settings"]["url"]
        for order in data_of(first, "order.placed.v1")
        for action in order["actions"]
        if (action["setting_id"], action["revision"]) == ("books", 1)
    }
    assert [urlsplit(url).path for url in former] == [f"/hooks/{FORMER_BOOKS}"]


@pytest.mark.parametrize("minutes", [0, 3, 30])
def test_most_of_the_newest_visits_of_a_run_are_orders_and_many_are_paid(minutes: int) -> None:
    source, now = Source(file=None, rules=RetailRules(), orders=0), NOW + timedelta(minutes=minutes)
    rules = replace(live_rules(source, NOW), until=now)
    seen: dict[str, set[str]] = defaultdict(set)
    for message in generated_messages(rules):
        if ".order." in message.subject:
            seen[message.subject.split(".")[3]].add(json.loads(message.body)["type"])
    newest = list(seen.values())[-PAGE_ROWS:]
    assert len(newest) == PAGE_ROWS
    assert sum("order.placed.v1" in kinds for kinds in newest) > 0.5 * PAGE_ROWS
    assert sum("payment.received.v1" in kinds for kinds in newest) > 0.35 * PAGE_ROWS


def test_actions_go_to_nobody_unless_receivers_are_named() -> None:
    assert all(host.endswith(".example.com") for host in _hosts(SMALL))


def test_actions_go_to_the_receivers_that_are_named() -> None:
    here = Addresses(kajabi="http://k.test", books="http://b.test", crm="http://c.test")
    assert _hosts(replace(SMALL, addresses=here)) == {"k.test", "b.test", "c.test"} | ABANDONED


ABANDONED = {"old-books.example.com"}
"""Of the webhook that is set up and taken away again."""


def _hosts(rules: GeneratedRules) -> set[str]:
    settings = (one["settings"] for one in data_of(list(generated_messages(rules)), "action.configured.v1"))  # fmt: skip
    urls = (value for one in settings for name, value in one.items() if name.endswith("url"))
    return {urlsplit(url).hostname or "" for url in urls}
