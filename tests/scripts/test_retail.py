"""What becomes of each kind of line in the retail file."""

from datetime import timedelta

import pytest

from adapters.messaging.parsing import parse
from scripts.feeding.retail import RetailRules, retail_messages
from scripts.feeding.usage import Usage
from tests.scripts.examples import MUG, NOW, TRAY, contents, data_of, read, reasons

SALE = MUG.split(",")


def line(**changes: str) -> str:
    names = ("invoice", "code", "name", "quantity", "at", "price", "customer", "country")
    return ",".join((dict(zip(names, SALE, strict=True)) | changes).values())


def cancelled(quantity: int = -6, **changes: str) -> str:
    return line(**{"invoice": "C900009", "at": "12/2/10 9:00", "quantity": str(quantity)} | changes)


class TestInvoices:
    def test_an_invoice_becomes_an_order_that_was_paid_in_full(self) -> None:
        messages, usage = read(MUG, TRAY)
        assert [kind for kind, _ in contents(messages)] == [
            "order.started.v1",
            "order.placed.v1",
            "payment.started.v1",
            "payment.received.v1",
        ]
        (placed,) = data_of(messages, "order.placed.v1")
        (received,) = data_of(messages, "payment.received.v1")
        assert placed["number"] == "900001"
        assert placed["country"] == "GB"
        assert placed["total"] == received["amount"]["amount"] == 6 * 255 + 1250
        assert usage.lines_used == usage.lines_read == 2

    def test_the_same_product_twice_is_two_lines(self) -> None:
        messages, _ = read(MUG, MUG)
        (placed,) = data_of(messages, "order.placed.v1")
        assert [item["product_id"] for item in placed["lines"]] == ["10001", "10001"]
        assert [item["line_id"] for item in placed["lines"]] == ["line-2", "line-3"]

    def test_commas_and_quotes_in_a_description_are_kept(self) -> None:
        messages, _ = read(line(name='"MUG, ""GOOD MORNING"""'))
        (placed,) = data_of(messages, "order.placed.v1")
        assert placed["lines"][0]["name"] == 'MUG, "GOOD MORNING"'

    def test_a_line_without_a_customer_belongs_to_a_guest_of_that_invoice(self) -> None:
        messages, usage = read(line(customer=""))
        (placed,) = data_of(messages, "order.placed.v1")
        assert ".guest900001@example." in placed["customer"]["email"]
        assert usage.lines_used == 1

    def test_postage_and_bank_charges_that_a_customer_paid_are_part_of_the_order(self) -> None:
        messages, usage = read(line(code="POST"), line(code="BANK CHARGES"))
        (placed,) = data_of(messages, "order.placed.v1")
        assert len(placed["lines"]) == usage.lines_used == 2

    def test_the_interleaved_lines_of_two_invoices_find_their_orders(self) -> None:
        messages, usage = read(MUG, line(invoice="900002"), TRAY)
        assert [len(placed["lines"]) for placed in data_of(messages, "order.placed.v1")] == [2, 1]
        assert usage.lines_used == 3

    def test_uk_local_time_becomes_utc(self) -> None:
        summer, _ = read(line(at="7/1/10 8:26"))
        winter, _ = read(MUG)
        assert {message.time.isoformat() for message in summer} == {"2010-07-01T07:26:00+00:00"}
        assert {message.time.isoformat() for message in winter} == {"2010-12-01T08:26:00+00:00"}

    def test_vat_is_the_uks_of_2010_within_the_eu_and_none_outside(self) -> None:
        messages, _ = read(MUG, line(invoice="900002", customer="7", country="Japan"))
        british, japanese = data_of(messages, "order.placed.v1")
        assert british["lines"][0]["vat_rate"] == 1750
        assert japanese["lines"][0]["vat_rate"] == 0


class TestLinesThatCannotBeUsed:
    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("537", "malformed_line"),
            ("", "malformed_line"),
            (line() + ",more", "malformed_line"),
            (line(name='"UNCLOSED'), "malformed_line"),
            (line(at="13/45/10 8:26"), "malformed_line"),
            (line(price="free"), "malformed_line"),
            (line(price="NaN"), "malformed_line"),
            (line(quantity="six"), "malformed_line"),
            (line(invoice=""), "malformed_line"),
            (line(invoice="A900001"), "malformed_line"),
            (line(code=""), "malformed_line"),
            (line(country="Atlantis"), "unknown_country"),
            (line(price="0"), "zero_price"),
            (line(price="-1.5"), "negative_price"),
            (line(price="0.001"), "fraction_of_a_penny"),
            (line(quantity="-3"), "negative_quantity"),
            (line(quantity="-3", price="0"), "negative_quantity"),
            (line(quantity="0"), "out_of_range"),
            (line(quantity="1000001"), "out_of_range"),
            (line(price="9999999999999"), "out_of_range"),
            (cancelled(quantity=3), "cancellation_of_nothing"),
            (cancelled(), "no_earlier_purchase"),
            (cancelled(customer=""), "cancellation_without_customer"),
            (cancelled(code="D"), "discount_without_product"),
        ],
    )
    def test_each_is_reported_with_its_reason_and_the_others_go_through(
        self, text: str, reason: str
    ) -> None:
        messages, usage = read(text, TRAY)
        assert reasons(usage) == {2: reason}
        assert usage.unused[0].text == text
        assert (usage.lines_read, usage.lines_used, usage.lines_unused) == (2, 1, {reason: 1})
        assert {number for message in messages for number in message.lines} == {3}

    def test_bytes_that_are_not_utf8_are_reported(self) -> None:
        usage = Usage()
        assert not list(retail_messages([b"900001,\xff"], RetailRules(), usage))
        assert reasons(usage) == {1: "malformed_line"}

    def test_a_line_of_another_customer_or_country_is_not_mixed_into_an_invoice(self) -> None:
        _, usage = read(MUG, line(customer="70002"), line(country="France"))
        assert reasons(usage) == {3: "differs_from_invoice", 4: "differs_from_invoice"}

    def test_an_order_has_at_most_a_thousand_lines(self) -> None:
        messages, usage = read(*[MUG] * 1001)
        (placed,) = data_of(messages, "order.placed.v1")
        assert len(placed["lines"]) == 1000
        assert reasons(usage) == {1002: "over_lines_max"}

    def test_without_a_heading_the_first_line_is_a_line(self) -> None:
        _, usage = read(TRAY, heading=MUG)
        assert usage.lines_used == 2


class TestCancellations:
    def test_one_becomes_a_refund_of_the_line_that_was_bought(self) -> None:
        messages, usage = read(TRAY, MUG, cancelled(quantity=-2))
        (refund,) = data_of(messages, "refund.recorded.v1")
        assert refund["lines"] == [{"line_id": "line-3", "amount": 510}]
        assert refund["refund_id"] == "C900009"
        assert usage.lines_used == 3

    def test_what_was_given_back_already_cannot_be_given_back_again(self) -> None:
        messages, usage = read(MUG, cancelled(-4), cancelled(-3, invoice="C900010"))
        assert len(data_of(messages, "refund.recorded.v1")) == 1
        assert reasons(usage) == {4: "exceeds_purchase"}

    def test_one_is_never_split_over_two_purchases(self) -> None:
        _, usage = read(MUG, line(invoice="900002"), cancelled(-7))
        assert reasons(usage) == {4: "exceeds_purchase"}

    def test_the_purchase_at_the_same_price_is_meant_then_the_latest(self) -> None:
        dearer = line(invoice="900003", price="3")
        messages, _ = read(MUG, line(invoice="900002"), dearer, cancelled())
        (refund,) = data_of(messages, "refund.recorded.v1")
        assert refund["payment_id"] == "payment-900002"

    def test_a_purchase_at_another_price_will_do_if_it_is_large_enough(self) -> None:
        messages, _ = read(line(price="3"), cancelled())
        (refund,) = data_of(messages, "refund.recorded.v1")
        assert refund["lines"][0]["amount"] == 6 * 255

    def test_a_later_purchase_is_not_meant(self) -> None:
        _, usage = read(cancelled(at="12/1/10 8:00"), MUG)
        assert reasons(usage) == {2: "no_earlier_purchase"}

    def test_another_customers_purchase_is_not_meant(self) -> None:
        _, usage = read(MUG, cancelled(customer="70002"))
        assert reasons(usage) == {3: "no_earlier_purchase"}

    def test_two_lines_against_one_purchase_are_added_up(self) -> None:
        messages, usage = read(MUG, cancelled(-1), cancelled(-2))
        (refund,) = data_of(messages, "refund.recorded.v1")
        assert refund["lines"] == [{"line_id": "line-2", "amount": 3 * 255}]
        assert usage.lines_used == 3

    def test_one_cancellation_of_two_invoices_is_a_refund_of_each(self) -> None:
        other = line(invoice="900002", code="10002")
        messages, _ = read(MUG, other, cancelled(), cancelled(code="10002"))
        refunds = [message for message in messages if "refund" in message.subject]
        assert len({message.subject for message in refunds}) == len(refunds) == 2


class TestWhatIsAdded:
    def test_it_follows_from_the_seed(self) -> None:
        assert read(MUG, TRAY)[0] == read(MUG, TRAY)[0]
        assert read(MUG, rules=RetailRules(seed=2))[0] != read(MUG)[0]

    def test_it_says_that_it_is_synthetic(self) -> None:
        messages, _ = read(MUG)
        (placed,) = data_of(messages, "order.placed.v1")
        (started,) = data_of(messages, "order.started.v1")
        assert "email" in placed["customer"]["custom_fields"]["synthetic"]
        assert started["link"]["id"].startswith("synthetic-")
        assert started["offer"]["id"].startswith("synthetic-")

    def test_a_customer_has_one_email_in_all_their_orders(self) -> None:
        messages, _ = read(MUG, line(invoice="900002"))
        first, second = data_of(messages, "order.placed.v1")
        assert first["customer"] == second["customer"]

    def test_a_discount_code_never_changes_what_is_paid(self) -> None:
        invoices = [line(invoice=str(910000 + number)) for number in range(200)]
        placed = data_of(read(*invoices)[0], "order.placed.v1")
        discounted = [order for order in placed if order.get("discounts", [])]
        assert 0 < len(discounted) < len(placed)
        for order in placed:
            off = sum(discount["amount"] for discount in order.get("discounts", []))
            assert off == sum(item["discount"] for item in order["lines"])
            assert order["lines"][0]["list_price"] - off == order["total"] == 1530


class TestTimes:
    def test_kept_times_are_history(self) -> None:
        (placed,) = data_of(read(MUG)[0], "order.placed.v1")
        assert placed["imported"] is True

    def test_moved_times_end_now_and_are_live(self) -> None:
        messages, _ = read(MUG, cancelled(-1), rules=RetailRules(moved_to=NOW))
        (placed,) = data_of(messages, "order.placed.v1")
        assert "imported" not in placed
        assert messages[-1].time == NOW
        assert messages[-1].time - messages[0].time == timedelta(days=1, minutes=34)

    def test_a_moved_file_is_a_new_set_of_orders(self) -> None:
        kept, _ = read(MUG)
        moved, _ = read(MUG, rules=RetailRules(moved_to=NOW))
        assert not {message.id for message in kept} & {message.id for message in moved}
        assert kept[0].subject != moved[0].subject

    def test_messages_come_in_order_of_time(self) -> None:
        messages, _ = read(line(invoice="900002", at="12/3/10 9:00"), MUG, cancelled(-1))
        times = [message.time for message in messages]
        assert times == sorted(times)


def test_every_message_passes_the_ledgers_own_door() -> None:
    messages, _ = read(MUG, TRAY, line(customer="", invoice="900002"), cancelled(-1))
    for message in messages:
        parsed = parse(message.subject, message.body, now=NOW, digest_key=b"key")
        assert parsed.message_id == message.id
