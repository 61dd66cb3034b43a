"""What a receipt says. `tests/golden/receipt.*.txt` pin it in both languages."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from adapters.documents.language import language_of
from adapters.documents.receipt_contents import receipt_of
from adapters.executors.email.receipt import receipt_letter
from adapters.mail.letter import Letter
from adapters.shops.settings import ShopSettings
from domain.order.events import RefundedDataRestored
from domain.order.state import Order
from domain.order.values import Customer
from tests.adapters.executors.email.given import COURSE_ORDER, DEMO, PAID_ORDER, order_of
from tests.examples import (
    BUMP_BACK,
    CUSTOMER,
    OPERATOR,
    REFUND,
    SECOND_PAYMENT,
    TOTAL,
    at,
    issued,
    received,
    refund_requested,
    refunded,
    transfer,
    transferred,
)

GOLDEN = Path(__file__).parents[3] / "golden"


def receipt(order: Order = PAID_ORDER, shop: ShopSettings = DEMO) -> Letter:
    assert order.customer is not None
    return receipt_letter(order, order.customer, shop)


def english(order: Order = PAID_ORDER) -> Letter:
    return receipt(replace(order, country="SE"))


class _Seen(HTMLParser):
    """What a reader of the page sees, and where the page would load things from."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= dict(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(("country", "language"), [("FI", "fi"), ("SE", "en")])
def test_a_receipt_reads_as_pinned(country: str, language: str) -> None:
    letter = receipt(replace(COURSE_ORDER, country=country))

    assert letter.text == (GOLDEN / f"receipt.{language}.txt").read_text()


def test_its_subject_names_the_order_and_the_shop() -> None:
    assert receipt().subject == "Kuitti tilauksesta 1001, Piano school"
    assert english().subject == "Receipt for order 1001, Piano school"
    assert receipt(shop=ShopSettings()).subject == "Kuitti tilauksesta 1001"


def test_text_and_page_both_say_everything() -> None:
    letter = receipt(COURSE_ORDER)
    page = _Seen(letter.html).text

    assert COURSE_ORDER.customer is not None
    contents = receipt_of(COURSE_ORDER, COURSE_ORDER.customer, DEMO, language_of("FI"))
    for words in _words(to_builtins(contents)):
        assert words in letter.text
        assert words in page


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    seen = _Seen(receipt(COURSE_ORDER).html)

    assert set(seen.tags).isdisjoint({"img", "script", "link", "iframe", "style", "a", "form"})
    assert set(seen.attributes).isdisjoint({"src", "href", "srcset", "background"})
    assert "url(" not in receipt(COURSE_ORDER).html


def test_what_customers_and_merchants_write_is_never_markup() -> None:
    mean = "<script>alert(1)</script>"
    customer = Customer(email="a@example.com", first_name=mean)
    letter = receipt(order_of(customer), replace(DEMO, display_name=mean, address=mean))

    assert "<script" not in letter.html
    assert letter.html.count("&lt;script&gt;") == 3
    assert mean in letter.text


def test_without_refunds_discounts_or_a_shops_own_words_their_parts_are_left_out() -> None:
    letter = receipt_letter(replace(PAID_ORDER, country="SE"), CUSTOMER, ShopSettings())

    for part in ("Refunds", "Discounts", "Business ID", "Total after"):
        assert part not in letter.text
        assert part not in letter.html


def test_a_receipt_sent_after_a_refund_shows_it_and_what_is_left() -> None:
    letter = english(order_of(facts=refunded(BUMP_BACK)))

    assert "Refund, 2 March 2026: -€40.00" in letter.text
    assert "Total: €140.00" in letter.text
    assert "Total after refunds: €100.00\nVAT included: €20.32" in letter.text


def test_a_refund_that_was_restored_is_not_on_the_receipt() -> None:
    restored = RefundedDataRestored(at=at(40), refund_ids=(REFUND,), by=OPERATOR)

    assert "Refunds" in english(order_of(facts=refunded(BUMP_BACK))).text
    assert "Refunds" not in english(order_of(facts=(*refunded(BUMP_BACK), restored))).text


def test_money_above_the_total_that_went_back_is_among_the_refunds() -> None:
    back = refund_requested(transfer(TOTAL), excess=TOTAL)
    order = order_of(facts=(received(SECOND_PAYMENT), back, transferred(), issued()))

    letter = english(order)

    assert letter.text.count("Card, 2 March 2026: €140.00") == 2
    assert "Refund, 2 March 2026: -€140.00" in letter.text
    assert "Total after refunds: €140.00" in letter.text


def test_a_payment_that_failed_is_not_on_the_receipt() -> None:
    assert "Card" not in english(COURSE_ORDER).text


def _words(contents: object) -> Iterator[str]:
    if isinstance(contents, str):
        yield contents
    elif isinstance(contents, dict | list | tuple):
        for part in contents.values() if isinstance(contents, dict) else contents:
            yield from _words(part)
