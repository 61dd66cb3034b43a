"""What a credit note says. `tests/golden/credit_note.*.txt` pin it in both languages."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from adapters.credit_notes.letters import credit_note_letter
from domain.order.events import (
    CustomerDataErased,
    ExternalRefundAllocated,
    ExternalRefundObserved,
    OrderFact,
    RefundedDataRestored,
    RefundFailed,
    RefundTransferPending,
    RefundTransferUnresolved,
)
from domain.order.state import Order
from domain.order.values import Customer, RefundLine, TransferMethod
from tests.adapters.credit_notes.given import STORY, document, numbered, order_with
from tests.examples import (
    BUMP_BACK,
    COURSE,
    COURSE_BACK,
    CUSTOMER_KEY,
    EXTERNAL,
    NOW,
    OPERATOR,
    PAYMENT,
    REFUND,
    SECOND_TRANSFER,
    TRANSFER,
    at,
    euros,
    issued,
    received,
    refund_requested,
    refunded,
    transfer,
    transfer_failed,
    transferred,
)

GOLDEN = Path(__file__).parents[2] / "golden"
A_DAY = 24 * 60
"""In minutes."""
CARD = "Card, Stripe, payment of 2 March 2026"


def money_of(*facts: OrderFact) -> tuple[str, ...]:
    """Say what the credit note tells of the money."""
    return document(order_with(*facts, numbered())).page.paybacks


def text_of(*facts: OrderFact) -> str:
    return document(order_with(*facts, numbered())).text()


@pytest.mark.parametrize(("country", "language"), [("FI", "fi"), ("SE", "en")])
def test_it_reads_as_pinned(country: str, language: str) -> None:
    text = document(replace(STORY, country=country)).text()

    assert text == (GOLDEN / f"credit_note.{language}.txt").read_text()


class TestWhatALawyerLooksFor:
    def test_it_names_the_document_that_it_corrects(self) -> None:
        page = document(STORY).page

        assert page.number == "KL-17"
        assert page.corrects == "Oikaisee tilauksen 1001 kuittia, päivätty 20. marraskuuta 2026."

    def test_all_amounts_are_positive(self) -> None:
        text = text_of(*refunded(COURSE_BACK, BUMP_BACK))

        assert "Total: €140.00" in text
        assert "-€" not in text
        assert "\N{MINUS SIGN}" not in text

    def test_vat_is_the_refunds_own_by_the_lines_original_rates(self) -> None:
        odd = RefundLine(line_id=COURSE, amount=10_000, vat=1)
        page = document(order_with(*refunded(odd, BUMP_BACK), numbered())).page

        assert [(line.rate, line.vat) for line in page.lines] == [
            ("25.5%", "€0.01"),
            ("25.5%", "€8.13"),
        ]
        assert [(row.rate, row.net, row.vat, row.gross) for row in page.vat] == [
            ("25.5%", "€131.86", "€8.14", "€140.00")
        ]
        assert page.total_vat == "€8.14"

    def test_the_seller_is_the_one_of_its_issue(self) -> None:
        seller = document(STORY).page.seller

        assert (seller.name, seller.business_id) == ("Piano school", "FI12345678")
        assert seller.address == ("Koulukatu 2", "00100 Helsinki")

    def test_a_part_of_a_line_says_of_what(self) -> None:
        part = RefundLine(line_id=COURSE, amount=2_500, vat=508)

        assert "part of €100.00" in text_of(*refunded(part))
        assert "part of" not in text_of(*refunded(COURSE_BACK))

    def test_money_above_the_total_has_no_vat(self) -> None:
        asked = refund_requested(transfer(1_000), excess=1_000)
        text = text_of(received(amount=15_000), asked, transferred(), issued())

        assert "Paid above the order's total, without VAT: €10.00" in text
        assert "VAT included: €0.00" in text
        assert "VAT breakdown" not in text


class TestWhatItSaysOfTheMoney:
    def test_returned_through_the_provider(self) -> None:
        assert money_of(*refunded(BUMP_BACK)) == (
            f"€40.00 was returned on 2 March 2026: {CARD}, reference re_1.",
        )

    def test_to_be_paid_back_by_the_shop(self) -> None:
        assert money_of(*refunded(BUMP_BACK, method=TransferMethod.MANUAL)) == (
            "The shop will pay back €40.00.",
        )

    def test_taken_over_by_a_provider_that_asks_the_customer(self) -> None:
        bank = received(provider="paytrail", sub_method="spankki")
        [said] = money_of(bank, *refunded(BUMP_BACK))

        assert said.startswith(
            "Paytrail took over €40.00 on 2 March 2026 and asks you by email for an account: "
        )

    def test_paid_back_by_the_shop(self) -> None:
        by_hand = replace(transferred(reference=""), at=at(2 * A_DAY), confirmed_by=OPERATOR)
        facts = (*refunded(BUMP_BACK, method=TransferMethod.MANUAL), by_hand)

        assert money_of(*facts) == ("The shop paid back €40.00 on 4 March 2026.",)

    def test_recorded_without_money(self) -> None:
        assert money_of(*refunded(BUMP_BACK, method=TransferMethod.NONE)) == (
            "€40.00 is credited. This credit note does not move money by itself.",
        )

    def test_partly_returned_and_partly_owed(self) -> None:
        asked = refund_requested(
            transfer(10_000), transfer(4_000, number=2), lines=(COURSE_BACK, BUMP_BACK)
        )
        facts = (asked, transferred(), transfer_failed(SECOND_TRANSFER), issued())

        assert money_of(*facts) == (
            f"€100.00 was returned on 2 March 2026: {CARD}, reference re_1.",
            "The shop will pay back €40.00.",
        )

    @pytest.mark.parametrize(
        "meanwhile",
        [
            RefundTransferPending(
                at=at(A_DAY), refund_id=REFUND, transfer_id=TRANSFER, reference="re_1"
            ),
            RefundTransferUnresolved(
                at=at(A_DAY), refund_id=REFUND, transfer_id=TRANSFER, code="timeout"
            ),
        ],
    )
    def test_returned_on_the_day_that_it_was_not_on_that_of_the_request_or_of_news_before(
        self, meanwhile: OrderFact
    ) -> None:
        asked = refund_requested(transfer(4_000), lines=(BUMP_BACK,))
        returned = replace(transferred(), at=at(3 * A_DAY))

        assert money_of(asked, meanwhile, returned, issued(minute=3 * A_DAY)) == (
            f"€40.00 was returned on 5 March 2026: {CARD}, reference re_1.",
        )

    def test_returned_by_the_provider_on_another_day_than_what_was_recorded_only(self) -> None:
        matched = ExternalRefundObserved(
            at=at(2 * A_DAY),
            external_refund_id=EXTERNAL,
            payment_id=PAYMENT,
            amount=euros(4_000),
            matched_refund=REFUND,
            matched_transfer=TRANSFER,
        )

        assert money_of(*refunded(BUMP_BACK, method=TransferMethod.NONE), matched) == (
            f"€40.00 was returned on 4 March 2026: {CARD}, reference re_external.",
        )

    def test_returned_on_the_day_that_the_provider_told_before_a_person_named_it(self) -> None:
        observed = ExternalRefundObserved(
            at=at(A_DAY), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(4_000)
        )
        named = replace(transferred(reference=EXTERNAL), at=at(4 * A_DAY), confirmed_by=OPERATOR)
        facts = (*refunded(BUMP_BACK, method=TransferMethod.MANUAL), observed, named)

        assert money_of(*facts) == ("The shop paid back €40.00 on 3 March 2026.",)

    def test_returned_by_the_provider_itself_on_the_day_that_it_told(self) -> None:
        observed = ExternalRefundObserved(
            at=at(21), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(4_000)
        )
        allocated = ExternalRefundAllocated(
            at=at(3 * A_DAY),
            external_refund_id=EXTERNAL,
            refund_id=REFUND,
            lines=(BUMP_BACK,),
            by=OPERATOR,
        )

        assert money_of(observed, allocated) == (
            f"€40.00 was returned on 2 March 2026: {CARD}, reference re_external.",
        )

    def test_not_returned_and_void_when_it_failed_later(self) -> None:
        failed = RefundFailed(at=at(30), refund_id=REFUND)
        text = text_of(*refunded(BUMP_BACK), transfer_failed(), failed)

        assert "€40.00 was not returned." in text
        assert "this credit note is void" in text

    def test_void_when_the_refund_was_withdrawn_with_the_money_still_told(self) -> None:
        restored = RefundedDataRestored(at=at(30), refund_ids=(REFUND,), by=OPERATOR)
        text = text_of(*refunded(BUMP_BACK), restored)

        assert "This refund was withdrawn" in text
        assert "€40.00 was returned" in text

    def test_nothing_of_a_transfer_without_an_amount(self) -> None:
        assert money_of(refund_requested(transfer(0), lines=()), issued()) == ()


class TestHowItIsLaidOut:
    def test_text_and_page_both_say_everything(self) -> None:
        shown = document(STORY)
        page = re.sub(r"<[^>]+>", "", shown.html())

        for words in _words(to_builtins(shown.page)):
            assert words in shown.text()
            assert words in page

    def test_the_letter_has_the_document_attached_under_its_number(self) -> None:
        letter = credit_note_letter(STORY, STORY.refunds_by_id[REFUND], NOW)
        [attached] = letter.attachments

        assert letter.subject == "Hyvitys tilauksesta 1001, Piano school"
        assert (attached.name, attached.media_type) == (
            "hyvityslasku-KL-17.pdf",
            "application/pdf",
        )
        assert attached.content.startswith(b"%PDF-")

    def test_a_shop_without_a_name_is_not_named_in_the_subject(self) -> None:
        nobody = replace(numbered(), seller=replace(numbered().seller, name=""))
        order = order_with(*refunded(BUMP_BACK), nobody)

        letter = credit_note_letter(order, order.refunds_by_id[REFUND], NOW)
        assert letter.subject == "Refund for order 1001"

    def test_a_forgotten_customer_is_not_on_it(self) -> None:
        erased = CustomerDataErased(at=at(40), customer_key=CUSTOMER_KEY, by=OPERATOR)
        order = order_with(*refunded(BUMP_BACK), numbered(), erased)

        assert document(order).page.customer == ("The customer's details were erased.", "Sweden")

    def test_what_people_write_is_never_markup(self) -> None:
        mean = "<script>alert(1)</script>"
        order = _named(mean)

        assert "<script" not in document(order).html()
        assert mean in document(order).text()


def _named(name: str) -> Order:
    customer = Customer(email="a@example.com", first_name=name)
    return replace(order_with(*refunded(BUMP_BACK), numbered()), customer=customer)


def _words(contents: object) -> Iterator[str]:
    if isinstance(contents, str):
        yield contents
    elif isinstance(contents, dict | list | tuple):
        for part in contents.values() if isinstance(contents, dict) else contents:
            yield from _words(part)
