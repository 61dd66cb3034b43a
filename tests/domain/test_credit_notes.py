"""The number of a credit note: the shop's next, one for each refund, for ever."""

from domain.credit_notes.book import NEW_BOOK, CreditNoteBook, IssueCreditNote, decide, evolve
from domain.credit_notes.events import CreditNoteIssued
from domain.identifiers import RefundId, credit_notes_stream, shop_of
from domain.order.commands.refunds import NumberCreditNote
from domain.order.events import CreditNoteNumbered, RefundedDataRestored, RefundFailed
from domain.order.evolve import evolve as evolve_order
from tests.examples import (
    BUMP_BACK,
    COURSE_BACK,
    NOW,
    OPERATOR,
    ORDER_ID,
    REFUND,
    SECOND_REFUND,
    SELLER,
    SHOP,
    at,
    paid,
    refund_requested,
    refunded,
    transfer,
)
from tests.spec import given, order_after


def issue(refund_id: RefundId = REFUND, prefix: str = "") -> IssueCreditNote:
    return IssueCreditNote(now=NOW, order_id=ORDER_ID, refund_id=refund_id, prefix=prefix)


def number(refund_id: RefundId = REFUND, number: int = 17) -> NumberCreditNote:
    return NumberCreditNote(
        now=NOW, refund_id=refund_id, number=number, prefix="KL-", seller=SELLER
    )


def numbered(refund_id: RefundId = REFUND, number: int = 17) -> CreditNoteNumbered:
    return CreditNoteNumbered(
        at=NOW, refund_id=refund_id, number=number, prefix="KL-", seller=SELLER
    )


class TestTheBookOfAShop:
    def test_it_counts_from_one(self) -> None:
        assert decide(issue(prefix="KL-"), NEW_BOOK) == [
            CreditNoteIssued(at=NOW, number=1, order_id=ORDER_ID, refund_id=REFUND, prefix="KL-")
        ]

    def test_each_fact_is_one_number_so_a_number_is_its_facts_version(self) -> None:
        book = NEW_BOOK
        for version in range(1, 5):
            [fact] = decide(issue(), book)
            book = evolve(book, fact, NOW)
            assert fact.number == book.last_number == version

    def test_another_prefix_does_not_begin_anew(self) -> None:
        [fact] = decide(issue(prefix="2027-"), CreditNoteBook(last_number=41))

        assert (fact.prefix, fact.number) == ("2027-", 42)

    def test_its_stream_is_its_shops(self) -> None:
        assert shop_of(credit_notes_stream(SHOP)) == SHOP


class TestTheNumberOfARefund:
    def test_a_refund_in_force_takes_the_number_with_the_shop_as_it_calls_itself(self) -> None:
        order = given(*paid(), *refunded(COURSE_BACK)).when(number()).then(numbered())

        note = order.refunds_by_id[REFUND].credit_note
        assert note is not None
        assert (note.shown_number, note.seller, note.issued_at) == ("KL-17", SELLER, NOW)

    def test_a_refund_keeps_its_number(self) -> None:
        history = (*paid(), *refunded(COURSE_BACK), numbered())

        given(*history).when(number(number=18)).then_nothing()

    def test_it_keeps_it_when_it_fails_or_is_restored_later(self) -> None:
        history = (*paid(), *refunded(COURSE_BACK), numbered())
        failed = RefundFailed(at=at(50), refund_id=REFUND)
        restored = RefundedDataRestored(at=at(50), refund_ids=(REFUND,), by=OPERATOR)

        for end in (failed, restored):
            given(*history, end).when(number(number=18)).then_nothing()
            assert order_after(*history, end).refunds_by_id[REFUND].credit_note is not None

    def test_a_refund_that_is_not_in_force_gets_none(self) -> None:
        asked = refund_requested(transfer(4_000), lines=(BUMP_BACK,))

        given(*paid(), asked).when(number()).then_rejected("refund_not_in_force")

    def test_a_refund_that_is_not_known_gets_none(self) -> None:
        given(*paid()).when(number()).then_rejected("refund_unknown")

    def test_another_refunds_number_is_another_refunds(self) -> None:
        order = order_after(*paid(), *refunded(COURSE_BACK))

        assert evolve_order(order, numbered(SECOND_REFUND), NOW) == order
