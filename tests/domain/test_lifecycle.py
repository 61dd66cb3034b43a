"""Start, place, revise, note, erase."""

from msgspec.structs import replace

from domain.order.commands.lifecycle import AddNote, DiscountAsked, EraseCustomerData
from domain.order.events import CustomerDataErased, NoteAdded, OrderPlaced, OrderRevised
from domain.order.needs import needs_of_customer
from domain.order.values import FreeText
from tests.examples import (
    BUMP_LINE,
    COURSE_BACK,
    COURSE_LINE,
    CUSTOMER,
    CUSTOMER_KEY,
    GRANT_ACTION,
    HOOK,
    HOOK_ACTION,
    NOW,
    OPERATOR,
    OTHER_KEY,
    RECEIPT,
    RECEIPT_ACTION,
    REFUND,
    TOTAL,
    asked,
    at,
    done,
    paid,
    payment_started,
    place,
    placed,
    received,
    refund_requested,
    requested,
    start,
    started,
    transfer,
    transferred,
)
from tests.spec import given, order_after

ONE_LINE = (asked(COURSE_LINE),)


class TestStartOrder:
    def test_opening_the_checkout_starts_the_order(self) -> None:
        order = given().when(start()).then(started())
        assert order.created_at == started().at

    def test_the_same_start_again_changes_nothing(self) -> None:
        given(started()).when(start()).then_nothing()

    def test_an_order_cannot_be_started_with_another_content(self) -> None:
        given(started()).when(start(currency="SEK")).then_rejected("order_differs")


class TestPlaceOrder:
    def test_the_form_places_the_order_with_everything_worked_out(self) -> None:
        order = given(started()).when(place(RECEIPT_ACTION)).then(placed(RECEIPT_ACTION))
        assert order.number == "1001"
        assert order.customer == CUSTOMER
        assert order.original_total == order.total == TOTAL

    def test_an_import_is_marked_as_history(self) -> None:
        order = given(started()).when(place(imported=True)).then(placed(imported=True))
        assert order.is_imported

    def test_the_form_waits_for_the_start(self) -> None:
        given().when(place()).then_rejected("order_not_started")

    def test_the_same_form_again_changes_nothing(self) -> None:
        given(started(), placed()).when(place()).then_nothing()

    def test_the_same_form_again_changes_nothing_after_payment(self) -> None:
        given(*paid()).when(place()).then_nothing()

    def test_the_form_can_be_revised_before_payment(self) -> None:
        revised = given(started(), placed(GRANT_ACTION), payment_started()).when(
            place(lines=(asked(COURSE_LINE),), total=10_000)
        )
        order = revised.then_kinds(OrderRevised)
        assert order.original_total == 10_000
        assert order.actions == ()

    def test_an_action_that_ran_before_the_revision_keeps_its_runs_and_so_its_keys(self) -> None:
        before = given(started(), placed(RECEIPT_ACTION, GRANT_ACTION), requested(RECEIPT_ACTION))
        order = before.when(place(RECEIPT_ACTION, HOOK_ACTION, lines=ONE_LINE, total=10_000))
        after = order.then_kinds(OrderRevised)
        assert {one.action_id: one.run for one in after.actions} == {RECEIPT: 1, HOOK: 0}

    def test_an_action_that_ran_stays_even_if_the_revision_leaves_it_out(self) -> None:
        before = given(started(), placed(RECEIPT_ACTION), requested(RECEIPT_ACTION))
        after = before.when(place(lines=ONE_LINE, total=10_000)).then_kinds(OrderRevised)
        assert [one.run for one in after.actions] == [1]

    def test_the_form_cannot_be_revised_once_money_has_come(self) -> None:
        given(started(), placed(), received(amount=1)).when(
            place(lines=(asked(COURSE_LINE),), total=10_000)
        ).then_rejected("already_paid")

    def test_a_revision_cannot_turn_an_order_into_history(self) -> None:
        given(started(), placed()).when(place(imported=True)).then_rejected("order_differs")

    def test_a_form_with_another_customer_is_a_revision(self) -> None:
        moved = replace(place(), customer=replace(CUSTOMER, phone="+358 40 000 0000"))
        given(started(), placed()).when(moved).then_kinds(OrderRevised)

    def test_a_corrected_email_comes_with_a_new_key(self) -> None:
        corrected = replace(
            place(), customer=replace(CUSTOMER, email="a@example.com"), customer_key=OTHER_KEY
        )
        order = given(started(), placed()).when(corrected).then_kinds(OrderRevised)
        assert order.customer_key == OTHER_KEY
        assert order.customer_keys == {CUSTOMER_KEY, OTHER_KEY}

    def test_discount_codes_are_kept_with_what_they_took_off(self) -> None:
        discounted = replace(
            place(total=TOTAL - 1_400), discounts=(DiscountAsked(code="TEN", amount=1_400),)
        )
        order = given(started()).when(discounted).then_kinds(OrderPlaced)
        assert [(d.code, d.amount) for d in order.discounts] == [("TEN", 1_400)]
        assert [line.discount for line in order.lines] == [1_000, 400]


class TestAddNote:
    note = AddNote(now=NOW, command_id="note-1", by=OPERATOR, text="Called back")
    added = NoteAdded(
        at=NOW, command_id="note-1", by=OPERATOR, personal=FreeText(text="Called back")
    )

    def test_a_note_is_kept_with_its_author(self) -> None:
        order = given(started(), placed()).when(self.note).then(self.added)
        assert [(note.by, note.text) for note in order.notes] == [(OPERATOR, "Called back")]

    def test_the_same_note_by_a_new_wish_is_a_second_note(self) -> None:
        again = replace(self.note, command_id="note-2")
        order = given(started(), placed(), self.added).when(again).then_kinds(NoteAdded)
        assert len(order.notes) == 2

    def test_a_note_needs_a_customer_under_whose_key_it_is_kept(self) -> None:
        given(started()).when(self.note).then_rejected("order_not_placed")


class TestEraseCustomerData:
    erase = EraseCustomerData(now=NOW, customer_key=CUSTOMER_KEY, by=OPERATOR)
    erased = CustomerDataErased(at=NOW, customer_key=CUSTOMER_KEY, by=OPERATOR)

    def test_erasing_forgets_the_person_and_keeps_the_money(self) -> None:
        order = given(*paid()).when(self.erase).then(self.erased)
        assert order.customer is None
        assert order.received_total == TOTAL

    def test_erasing_warns_of_what_still_needs_the_person(self) -> None:
        by_email = replace(received(provider="paytrail"), sub_method="spankki")
        history = (
            *(started(), placed(RECEIPT_ACTION, HOOK_ACTION, GRANT_ACTION), by_email),
            requested(RECEIPT_ACTION),
            requested(HOOK_ACTION),
            *done(GRANT_ACTION),
            refund_requested(transfer(10_000), lines=(COURSE_BACK,)),
        )
        assert needs_of_customer(order_after(*history)) == ("Receipt", REFUND)
        assert needs_of_customer(order_after(*history, transferred())) == ("Receipt",)
        by_api = (*paid(), refund_requested(transfer(10_000), lines=(COURSE_BACK,)))
        assert needs_of_customer(order_after(*by_api)) == ()

    def test_erasing_twice_changes_nothing(self) -> None:
        given(*paid(), self.erased).when(self.erase).then_nothing()

    def test_an_order_without_that_customer_is_not_erased(self) -> None:
        given(started()).when(self.erase).then_rejected("customer_unknown")

    def test_erasing_an_earlier_key_leaves_the_present_customer(self) -> None:
        revised = OrderRevised(
            at=at(2),
            number="1001",
            customer_key=OTHER_KEY,
            country="FI",
            analytics_consent=True,
            lines=(COURSE_LINE, BUMP_LINE),
            total=TOTAL,
            personal=CUSTOMER,
        )
        order = given(started(), placed(), revised).when(self.erase).then(self.erased)
        assert order.customer == CUSTOMER

    def test_the_same_form_after_erasing_changes_nothing(self) -> None:
        given(started(), placed(), self.erased).when(place()).then_nothing()

    def test_erasing_forgets_whatever_was_said(self) -> None:
        order = order_after(started(), placed(), TestAddNote.added, self.erased)
        assert order.notes[0].text == ""
