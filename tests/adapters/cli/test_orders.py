"""`orders`: the table, one order now or then, its history."""

import asyncio
from itertools import dropwhile, takewhile
from uuid import UUID

import msgspec
import pytest

from adapters.settings import Settings
from domain.identifiers import LineId, OrderId
from domain.order.events import NoteAdded
from domain.order.values import Customer, FreeText, LineKind
from tests.adapters.cli.conftest import Ask, stand
from tests.stories import (
    BEGAN_AT,
    COURSE,
    COURSE_ID,
    OPENED_ID,
    PLACED,
    SECRET,
    Story,
    started,
)

ROW_LINES_MAX = 8
SHOWN = (
    "1001",
    "▲",
    "Partially",
    "275.00 EUR",
    "of 300.00 EUR",
    "Aino.Virtanen",
    "Piano course",
    "+ Sheet music",
    "bump",
    "pre-upsell",
    "Paytrail",
    "newsletter",
    "#early",
    "FI",
    "2 of 2 orders",
)
"""What the product's table shows of `COURSE`."""

HOSTILE = Story(
    order_id=OrderId(UUID(int=1003)),
    facts=(
        started(OrderId(UUID(int=1003))),
        msgspec.structs.replace(
            PLACED,
            number="1003",
            lines=(msgspec.structs.replace(PLACED.lines[0], name="[red]\x1b[31m\x9b31m[/]"),),
            actions=(msgspec.structs.replace(PLACED.actions[0], name="[red]"),),
            personal=Customer(email="[red]\x1b[31m\x9b31m[/]@example.com"),
        ),
        NoteAdded(
            at=BEGAN_AT,
            command_id="n",
            by="laura",
            personal=FreeText(text="[red]\x1b[2J[/]"),
        ),
    ),
)

LONG_ID = OrderId(UUID("0192e4a1-7c3b-4d5e-8f60-000000001004"))
LONG = Story(
    order_id=LONG_ID,
    facts=(
        started(LONG_ID),
        msgspec.structs.replace(
            PLACED,
            number="1004",
            lines=tuple(
                msgspec.structs.replace(
                    PLACED.lines[0],
                    line_id=LineId(f"long-{count}"),
                    kind=LineKind.ORDER_BUMP if count == 24 else LineKind.PRODUCT,
                    name=f"WHITE HANGING HEART T-LIGHT HOLDER {count}",
                )
                for count in range(1, 25)
            ),
            discounts=(),
            actions=(),
            personal=Customer(email="customer-17850@shop.example.com"),
        ),
    ),
)
"""A wholesale order as real shops have them."""

pytestmark = pytest.mark.usefixtures("two_orders")


def numbers(ask: Ask, *filters: str) -> list[str]:
    """Ask for the orders table and return the ids of its orders."""
    answer = ask("orders", "list", "--json", *filters)
    assert answer.exit_code == 0, answer.err
    orders = answer.json["orders"]
    assert isinstance(orders, list)
    return [order["number"] for order in orders]


class TestTheTable:
    def test_every_order_is_listed_the_newest_first(self, ask: Ask) -> None:
        assert numbers(ask) == ["", "1001"]

    def test_each_filter_finds_its_order_and_nothing_else(self, ask: Ask) -> None:
        for option, of_course, of_neither in (
            ("--number", "1001", "1002"),
            ("--email", "virtanen@EXAMPLE", "nobody@example.com"),
            ("--first-name", "ai", "virtanen"),
            ("--last-name", "VIRTA", "aino"),
            ("--status", "partially_refunded", "paid"),
            ("--payment-status", "partially-refunded", "overpaid"),
            ("--discount-code", "AUTUMN10", "AUTUMN"),
            ("--q", "1001", "10"),
            ("--q", "Aino", "Laura"),
            ("--created-to", "2026-11-20T09:00:00Z", "2026-11-19"),
        ):
            assert numbers(ask, option, of_course) == ["1001"], option
            assert numbers(ask, option, of_neither) == [], option

    def test_source_and_tag_are_those_of_the_checkout_link(self, ask: Ask) -> None:
        assert numbers(ask, "--source", "newsletter", "--tag", "early") == ["", "1001"]
        assert numbers(ask, "--source", "newsletter", "--tag", "late") == []

    def test_the_attention_filter_parts_the_orders_in_two(self, ask: Ask) -> None:
        assert numbers(ask, "--attention") == ["1001"]
        assert numbers(ask, "--no-attention") == [""]

    def test_a_day_is_the_merchants_and_both_ends_are_in_it(self, ask: Ask) -> None:
        assert numbers(ask, "--created-from", "2026-11-20", "--created-to", "2026-11-20") == [
            "",
            "1001",
        ]
        assert numbers(ask, "--created-from", "2026-11-21") == []

    def test_pages_continue_where_the_one_before_ended(self, ask: Ask) -> None:
        first = ask("orders", "list", "--json", "--limit", "1").json
        cursor = first["next_cursor"]

        assert isinstance(cursor, str)
        assert first["count"] == {"count": 2, "more": False}
        assert numbers(ask, "--limit", "1", "--cursor", cursor) == ["1001"]

    def test_json_tells_money_in_minor_units_and_times_in_utc(self, ask: Ask) -> None:
        orders = ask("orders", "list", "--json", "--number", "1001").json["orders"]

        assert isinstance(orders, list)
        (order,) = orders
        assert order["total"] == {"amount": 27_500, "currency": "EUR"}
        assert order["created_at"] == "2026-11-20T08:00:00Z"
        assert order["payment"] == {
            "provider": "paytrail",
            "method": "bank",
            "status": "received",
        }

    def test_people_see_all_that_the_product_shows_at_any_width(
        self, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for columns in (80, 140):
            monkeypatch.setenv("COLUMNS", str(columns))
            out = ask("orders", "list").out

            assert max(map(len, out.splitlines())) <= columns
            assert [word for word in SHOWN if word not in " ".join(out.split())] == [], out

    def test_an_order_of_many_products_leaves_room_for_others(
        self, ask: Ask, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asyncio.run(stand(settings, LONG))
        for columns in (80, 140):
            monkeypatch.setenv("COLUMNS", str(columns))
            out = ask("orders", "list").out
            rows = dropwhile(lambda line: not line.startswith("1004"), out.splitlines())
            row = list(takewhile(lambda line: line.strip() and "1001" not in line, rows))

            assert 1 < len(row) <= ROW_LINES_MAX, out
            assert "+ 21 more" in " ".join(out.split())
        assert "T-LIGHT HOLDER 24" in " ".join(ask("orders", "show", "1004").out.split())

    def test_an_order_without_a_number_shows_how_its_id_begins(self, ask: Ask) -> None:
        assert str(OPENED_ID)[:8] in ask("orders", "list").out

    def test_exact_times_are_shown_on_request(self, ask: Ask) -> None:
        assert "20 Nov 2026" in " ".join(ask("orders", "list", "--exact").out.split())

    def test_a_filter_that_finds_nothing_says_so(self, ask: Ask) -> None:
        answer = ask("orders", "list", "--number", "none")

        assert (answer.exit_code, answer.out) == (0, "No orders match.\n")


class TestOneOrder:
    def test_an_order_is_found_by_number_or_by_id(self, ask: Ask) -> None:
        for named in ("1001", str(COURSE_ID)):
            details = ask("orders", "show", named, "--json").json

            assert (details["number"], details["version"]) == ("1001", len(COURSE.facts))

    def test_an_order_is_found_by_how_its_id_begins(self, ask: Ask, settings: Settings) -> None:
        asyncio.run(stand(settings, LONG))
        for length in (8, 9, 13, 35):
            details = ask("orders", "show", str(LONG_ID)[:length], "--json").json

            assert details["number"] == "1004"
        assert ask("orders", "show", str(LONG_ID)[:7]).exit_code == 3

    def test_a_beginning_of_several_ids_names_them_instead(
        self, ask: Ask, settings: Settings
    ) -> None:
        twin = OrderId(UUID(int=LONG_ID.int + 1))
        asyncio.run(stand(settings, LONG, Story(order_id=twin, facts=(started(twin),))))
        answer = ask("orders", "show", str(LONG_ID)[:8])

        assert answer.exit_code == 2
        assert f"{LONG_ID}, {twin}" in answer.err

    def test_people_see_every_section(self, ask: Ask) -> None:
        out = ask("orders", "show", "1001").out

        for shown in (
            "Piano for beginners",
            "275.00 EUR (originally 300.00 EUR)",
            "AUTUMN10: -20.00 EUR",
            "Sheet music (order bump)",
            "25.5 %",
            "199.21 EUR",
            "Aino.Virtanen@example.com",
            "Beginner",
            "Analytics consent",
            "card_declined",
            "osuuspankki",
            "http_500 Internal server error",
            "One book came damaged",
            "Called, is happy",
            "20 Nov 2026, 10.00.00 (Helsinki)",
        ):
            assert shown in out, shown

    def test_an_action_id_begins_its_line_whole_at_any_width(
        self, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "24")
        first = [
            line.split()[0]
            for line in ask("orders", "show", "1001").out.splitlines()
            if line.split()
        ]

        assert {action.action_id for action in PLACED.actions} <= set(first)

    def test_what_is_piped_is_not_folded(self, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("COLUMNS")
        lines = map(str.rstrip, ask("orders", "history", "1001").out.splitlines())

        assert any(line.endswith("(through Paytrail): One book came damaged") for line in lines)

    def test_no_secret_is_ever_printed(self, ask: Ask) -> None:
        for command in ("show", "history"):
            for form in ([], ["--json"]):
                assert SECRET not in ask("orders", command, "1001", *form).out

    def test_the_past_is_a_version(self, ask: Ask) -> None:
        details = ask("orders", "show", "1001", "--version", "4", "--json").json

        assert (details["version"], details["status"]) == (4, "in_progress")

    def test_the_past_is_also_what_the_ledger_knew_at_a_time(self, ask: Ask) -> None:
        now = ask("orders", "show", "1001", "--as-of", "2099-01-01", "--json").json
        before = ask("orders", "show", "1001", "--as-of", BEGAN_AT.isoformat())

        assert now["version"] == len(COURSE.facts)
        assert before.exit_code == 3
        assert "had not begun" in before.err

    def test_an_order_that_was_only_opened_can_be_shown(self, ask: Ask) -> None:
        answer = ask("orders", "show", str(OPENED_ID))

        assert answer.exit_code == 0
        assert "Started" in answer.out

    def test_the_history_tells_who_did_what_and_what_it_changed(self, ask: Ask) -> None:
        out = ask("orders", "history", "1001").out

        assert "Payment of 300.00 EUR received (paytrail bank)" in out
        assert "Payment status: Failed → Paid" in out
        assert "Checkout demo" in out

    def test_the_history_tells_when_a_fact_happened_that_came_late(self, ask: Ask) -> None:
        out = " ".join(ask("orders", "history", "1001").out.split())

        assert "happened 20 Nov 2026, 10.00.00" in out
        assert "(Helsinki)" in out

    def test_the_history_names_each_day_once(self, ask: Ask) -> None:
        out = ask("orders", "history", "1001").out
        days = {line.strip() for line in out.splitlines() if line.strip().endswith("2026")}

        assert days
        assert all(out.count(f"     {day}") == 1 for day in days)

    def test_the_history_as_json_has_every_fact(self, ask: Ask) -> None:
        events = ask("orders", "history", "1001", "--json").json["events"]

        assert isinstance(events, list)
        assert [event["event"] for event in events] == [
            type(fact).__name__ for fact in COURSE.facts
        ]


class TestHostileWords:
    def test_what_a_customer_typed_is_shown_and_does_nothing(
        self, ask: Ask, settings: Settings
    ) -> None:
        asyncio.run(stand(settings, HOSTILE))
        for command in (["list"], ["show", "1003"], ["history", "1003"]):
            out = ask("orders", *command).out

            assert "\x1b" not in out
            assert "\x9b" not in out
        assert "[red]␛[31m�31m[/]@example.com" in ask("orders", "show", "1003").out


class TestNo:
    def test_an_unknown_order_ends_with_3_and_says_how_to_find_one(self, ask: Ask) -> None:
        for command in ("show", "history"):
            for named in ("4711", "00000000-0000-0000-0000-00000000ffff"):
                answer = ask("orders", command, named)

                assert (answer.exit_code, answer.out) == (3, "")
                assert f"there is no order {named} in the shop demo" in answer.err
                assert "orders list --q" in answer.err

    def test_a_version_that_the_order_has_not_reached_ends_with_3(self, ask: Ask) -> None:
        answer = ask("orders", "show", "1001", "--version", "99")

        assert answer.exit_code == 3
        assert f"only come to version {len(COURSE.facts)}" in answer.err

    def test_two_pasts_at_once_are_a_wrong_use(self, ask: Ask) -> None:
        answer = ask("orders", "show", "1001", "--version", "1", "--as-of", "2026-11-20")

        assert answer.exit_code == 2

    def test_an_option_that_makes_no_sense_ends_with_2(self, ask: Ask) -> None:
        for option, value in (
            ("--limit", "0"),
            ("--limit", "201"),
            ("--status", "cancelled"),
            ("--created-from", "yesterday"),
            ("--colour", "blue"),
        ):
            answer = ask("orders", "list", option, value)

            assert (answer.exit_code, answer.out) == (2, "")
            assert option in answer.err

    def test_an_argument_that_is_not_text_ends_with_2(self, ask: Ask) -> None:
        for words in (("list", "--q", "\udcff"), ("show", "\udcff")):
            answer = ask("orders", *words)

            assert (answer.exit_code, answer.err) == (2, "error: an argument is not UTF-8 text\n")

    def test_a_time_that_is_none_is_answered_with_a_good_one(self, ask: Ask) -> None:
        for command in (["list", "--created-to"], ["show", "1001", "--as-of"]):
            answer = ask("orders", *command, "23.11.2026")

            assert answer.exit_code == 2
            assert "2026-11-23T09:46:12" in " ".join(answer.err.replace("│", "").split())

    def test_a_cursor_that_is_not_ours_is_refused_with_its_code(self, ask: Ask) -> None:
        answer = ask("orders", "list", "--cursor", "nonsense")

        assert answer.exit_code == 1
        assert "unknown_cursor" in answer.err

    def test_a_shop_that_does_not_exist_ends_with_3_and_lists_those_that_do(self, ask: Ask) -> None:
        answer = ask("orders", "list", "--shop", "other")

        assert answer.exit_code == 3
        assert "Shops of this ledger: demo." in answer.err

    def test_with_several_shops_one_must_be_named(self, ask: Ask) -> None:
        ask("shops", "add", "second")
        answer = ask("orders", "list")

        assert answer.exit_code == 2
        assert "demo, second" in answer.err
        assert ask("orders", "show", "1001", "--shop", "second").exit_code == 3

    def test_a_ledger_without_a_server_ends_with_4_and_says_what_to_do(
        self, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
        answer = ask("orders", "list")

        assert (answer.exit_code, answer.out) == (4, "")
        assert "order-ledger up" in answer.err
