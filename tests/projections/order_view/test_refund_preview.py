"""The preview of a refund: what can go back, to where, how, and what becomes of access."""

import pytest
from msgspec.structs import replace

from domain.configuration.settings import KajabiGrant
from domain.identifiers import ActionId
from domain.money import Money
from domain.order.commands.refunds import RequestRefund
from domain.order.events import (
    ActionCancelled,
    CustomerDataErased,
    ExternalRefundObserved,
    OrderCompleted,
    OrderFact,
    OrderStarted,
    PaymentReceived,
)
from domain.order.refunds import request_refund as decide_refund
from domain.order.values import Answer, Customer, Justification, RefundLine, TransferMethod
from domain.rejection import Rejection
from projections.order_view.access_preview import AccessEffect
from projections.order_view.general import customer_named
from projections.order_view.refund_preview import RefundPreview, refund_preview
from tests.examples import (
    BUMP,
    BUMP_BACK,
    BUMP_LINE,
    CLUB,
    CLUB_ACTION,
    COURSE,
    COURSE_BACK,
    COURSE_LINE,
    CUSTOMER_KEY,
    EXTERNAL,
    GRANT,
    GRANT_ACTION,
    OPERATOR,
    ORDER_ID,
    PAYMENT,
    SECOND_PAYMENT,
    SECOND_REFUND,
    TOTAL,
    action_started,
    at,
    back,
    done,
    euros,
    paid,
    placed,
    received,
    refund_requested,
    refunded,
    request_refund,
    requested,
    started,
    transfer,
)
from tests.spec import order_after

ALL = request_refund(back(COURSE, 10_000), back(BUMP, 4_000))
GRANTED = (
    *paid(GRANT_ACTION, CLUB_ACTION),
    *done(GRANT_ACTION),
    *done(CLUB_ACTION),
    OrderCompleted(at=at(6)),
)
FREE_LINE = replace(BUMP_LINE, list_price=0, gross=0, vat=0)


def preview(wish: RequestRefund, *history: OrderFact) -> RefundPreview:
    return refund_preview(order_after(*history), wish)


def in_currency(fact: OrderFact, currency: str) -> OrderFact:
    if isinstance(fact, OrderStarted):
        return replace(fact, currency=currency)
    if isinstance(fact, PaymentReceived):
        return replace(fact, amount=Money(fact.amount.amount, currency))
    return fact


def effects(shown: RefundPreview) -> dict[str, AccessEffect]:
    return {access.action_id: access.effect for access in shown.accesses}


class TestLines:
    def test_each_line_shows_its_maximum_and_what_was_paid_and_refunded_before(self) -> None:
        part = refunded(RefundLine(line_id=COURSE, amount=2_500, vat=508))
        course, bump = preview(request_refund(), *paid(), *part).lines

        assert (course.paid, course.refunded) == (euros(10_000), euros(2_500))
        assert (course.maximum, course.maximum_recorded) == (euros(7_500), euros(7_500))
        assert (bump.maximum, bump.refunded) == (euros(4_000), euros(0))

    def test_returning_and_recording_have_different_maxima_where_money_is_short(self) -> None:
        course, bump = preview(request_refund(), started(), placed(), received(amount=5_000)).lines

        assert (course.maximum, course.maximum_recorded) == (euros(5_000), euros(10_000))
        assert (bump.maximum, bump.maximum_recorded) == (euros(4_000), euros(4_000))

    def test_the_vat_shown_is_that_of_the_amount_at_the_lines_own_rate(self) -> None:
        old_rate = replace(COURSE_LINE, vat_rate=2_400, vat=1_935)
        history = (started(), placed(lines=(old_rate, BUMP_LINE)), received())
        course, bump = preview(
            request_refund(back(COURSE, 5_000), back(BUMP, 4_000)), *history
        ).lines

        assert (course.vat_rate, course.vat) == (2_400, euros(968))
        assert (bump.vat_rate, bump.vat) == (2_550, euros(813))

    def test_access_can_be_removed_only_when_the_line_is_then_refunded_in_full(self) -> None:
        for amount, can_remove in ((9_999, False), (10_000, True)):
            course, bump = preview(request_refund(back(COURSE, amount)), *GRANTED).lines
            assert (course.has_access, course.can_remove_access) == (True, can_remove)
            assert (bump.has_access, bump.can_remove_access) == (False, False)

    def test_access_of_a_line_that_was_refunded_before_can_still_be_removed(self) -> None:
        shown = preview(
            request_refund(back(COURSE, 0, remove_access=True), refund_id=SECOND_REFUND),
            *GRANTED,
            *refunded(COURSE_BACK),
        )
        assert shown.lines[0].remove_access
        assert effects(shown)[GRANT] is AccessEffect.TAKEN_BACK
        assert shown.says == "No money goes back."


class TestMoney:
    def test_stripe_gives_back_by_itself(self) -> None:
        shown = preview(ALL, *paid())

        [transfer] = shown.transfers
        assert (transfer.payment_id, transfer.amount) == (PAYMENT, euros(TOTAL))
        assert (transfer.provider, transfer.payment_method) == ("stripe", "card")
        assert transfer.moves_by_itself
        assert transfer.says == "Goes back by itself, through Stripe."
        assert shown.says == "140.00 EUR goes back by itself."

    def test_a_partial_epassi_refund_says_that_no_money_moves_and_what_to_do(self) -> None:
        shown = preview(request_refund(back(COURSE, 10_000)), *paid(provider="epassi"))

        [transfer] = shown.transfers
        assert (transfer.method, transfer.moves_by_itself) == (TransferMethod.MANUAL, False)
        assert transfer.says == (
            "No money moves by itself: Epassi returns whole payments only. "
            "Pay it back in Epassi's own service, then confirm it."
        )
        assert shown.says == "100.00 EUR must be paid back by hand: no money moves by itself."

    def test_an_amount_that_stripe_cannot_write_is_paid_back_by_hand_and_says_why(self) -> None:
        in_dinars = [in_currency(fact, "KWD") for fact in (started(), placed(), received())]
        for amount, moves in ((1_230, True), (1_234, False)):
            [transfer] = preview(request_refund(back(COURSE, amount)), *in_dinars).transfers
            assert transfer.moves_by_itself is moves
        assert transfer.says == (
            "No money moves by itself: Stripe pays back KWD in steps of 0.010 KWD. "
            "Pay it back in Stripe's own service, then confirm it."
        )

    def test_a_whole_epassi_refund_goes_back_by_itself_once_it_is_configured(self) -> None:
        history = paid(provider="epassi")
        assert preview(ALL, *history).transfers[0].moves_by_itself
        without = replace(ALL, providers=frozenset())
        [transfer] = preview(without, *history).transfers
        assert not transfer.moves_by_itself
        assert "the shop has not set Epassi's credentials" in transfer.says

    def test_a_method_without_direct_refunds_says_where_to_do_it(self) -> None:
        [transfer] = preview(ALL, *paid(provider="invoice")).transfers
        assert transfer.says == (
            "No money moves by itself: the ledger has no way to ask Invoice. "
            "Pay it back the way it was paid, then confirm it."
        )

    def test_a_refund_by_hand_says_that_its_provider_is_not_asked(self) -> None:
        shown = preview(replace(ALL, by_hand=True), *paid())

        [transfer] = shown.transfers
        assert (transfer.method, transfer.moves_by_itself) == (TransferMethod.MANUAL, False)
        assert transfer.says == (
            "No money moves by itself: Stripe is not asked, as you wish. "
            "Pay it back in Stripe's own service, then confirm it."
        )
        assert shown.says == "140.00 EUR must be paid back by hand: no money moves by itself."

    def test_a_recorded_only_refund_says_that_no_money_is_returned(self) -> None:
        shown = preview(replace(ALL, refund_payments=False), *paid())

        [transfer] = shown.transfers
        assert (transfer.method, transfer.moves_by_itself) == (TransferMethod.NONE, False)
        assert transfer.says.startswith("No money is returned")
        assert shown.says == "140.00 EUR is recorded as refunded, and no money is returned."

    def test_recording_what_nobody_paid_says_so_too(self) -> None:
        shown = preview(replace(ALL, refund_payments=False), started(), placed())
        assert shown.transfers == ()
        assert "no money is returned" in shown.says

    def test_an_email_refund_says_that_the_customer_is_asked(self) -> None:
        history = (started(), placed(), received(provider="paytrail", sub_method="spankki"))
        [transfer] = preview(ALL, *history).transfers
        assert transfer.moves_by_itself
        assert (
            transfer.says
            == "Goes back by itself: Paytrail asks the customer by email for an account."
        )

    def test_an_email_refund_of_an_erased_customer_is_for_a_person(self) -> None:
        history = (
            started(),
            placed(),
            received(provider="paytrail", sub_method="spankki"),
            CustomerDataErased(at=at(30), customer_key=CUSTOMER_KEY, by=OPERATOR),
        )
        [transfer] = preview(ALL, *history).transfers
        assert not transfer.moves_by_itself
        assert "whose data was erased" in transfer.says

    def test_an_order_paid_by_two_payments_shows_both_ways_back(self) -> None:
        history = (
            started(),
            placed(),
            received(amount=10_000),
            received(SECOND_PAYMENT, 4_000, provider="epassi"),
        )
        shown = preview(request_refund(back(COURSE, 10_000), back(BUMP, 1_000)), *history)

        assert [(one.payment_id, one.moves_by_itself) for one in shown.transfers] == [
            (PAYMENT, True),
            (SECOND_PAYMENT, False),
        ]
        assert shown.says == "100.00 EUR goes back by itself; 10.00 EUR must be paid back by hand."

    def test_money_above_the_total_stands_apart(self) -> None:
        shown = preview(request_refund(excess=5_000), *paid(), received(SECOND_PAYMENT, minute=5))
        assert (shown.excess_maximum, shown.excess) == (euros(TOTAL), euros(5_000))
        assert shown.amount == euros(5_000)

    def test_it_shows_what_the_same_request_then_records(self) -> None:
        order = order_after(*paid(provider="epassi"))
        shown = refund_preview(order, ALL)
        requested_fact = decide_refund(ALL, order)[0]
        transfers = getattr(requested_fact, "transfers", ())
        assert [(one.payment_id, one.amount, one.method) for one in shown.transfers] == [
            (one.payment_id, one.amount, one.method) for one in transfers
        ]

    def test_a_request_that_would_be_refused_is_refused(self) -> None:
        with pytest.raises(Rejection) as refusal:
            preview(request_refund(back(COURSE, 10_001)), *paid())
        assert refusal.value.code == "amount_out_of_range"

    def test_an_order_that_was_only_opened_has_nothing_to_show(self) -> None:
        with pytest.raises(Rejection) as refusal:
            preview(request_refund(), started())
        assert refusal.value.code == "order_not_placed"

    def test_amounts_are_of_the_orders_currency(self) -> None:
        yen = replace(started(), currency="JPY")
        in_yen = replace(received(), amount=Money(TOTAL, "JPY"))
        shown = preview(ALL, yen, placed(), in_yen)
        assert shown.says == "14000 JPY goes back by itself."


class TestAccess:
    def test_what_is_not_asked_for_is_kept(self) -> None:
        shown = preview(ALL, *GRANTED)
        assert effects(shown) == {GRANT: AccessEffect.KEPT, CLUB: AccessEffect.KEPT}
        assert [one.can_remove for one in shown.accesses] == [True, True]
        assert shown.can_remove_offer_access

    def test_a_products_access_can_go_only_with_its_whole_price(self) -> None:
        shown = preview(request_refund(back(COURSE, 9_999)), *GRANTED)
        assert [one.can_remove for one in shown.accesses] == [False, True]

    def test_what_is_asked_for_is_taken_back(self) -> None:
        wish = request_refund(back(COURSE, 10_000, remove_access=True), remove_offer_access=True)
        shown = preview(wish, *GRANTED)
        assert effects(shown) == {GRANT: AccessEffect.TAKEN_BACK, CLUB: AccessEffect.TAKEN_BACK}
        assert [one.line_id for one in shown.accesses] == [COURSE, None]
        assert shown.remove_offer_access

    def test_a_grant_that_is_still_to_come_is_called_off(self) -> None:
        wish = request_refund(back(COURSE, 10_000, remove_access=True))
        shown = preview(wish, *paid(GRANT_ACTION), requested(GRANT_ACTION))
        assert effects(shown) == {GRANT: AccessEffect.CALLED_OFF}

    def test_a_running_grant_is_taken_back(self) -> None:
        wish = request_refund(back(COURSE, 10_000, remove_access=True))
        settings = KajabiGrant(
            offer_name="Course",
            activation_url="https://kajabi.example.com/on",
            deactivation_url="https://kajabi.example.com/off",
        )
        grant = replace(GRANT_ACTION, settings=settings)
        history = (*paid(grant), requested(grant), action_started(GRANT))
        assert effects(preview(wish, *history)) == {GRANT: AccessEffect.TAKEN_BACK}

    def test_an_access_that_another_purchase_gives_is_spared_and_says_why(self) -> None:
        wish = request_refund(back(COURSE, 10_000, remove_access=True))
        order = order_after(*GRANTED)
        why = Justification(
            order_id=ORDER_ID, number="1002", action_id=ActionId("grant-2"), action="Piano course"
        )
        shown = refund_preview(order, wish, spared={GRANT: why, ActionId("other"): why})
        assert effects(shown) == {GRANT: AccessEffect.SPARED, CLUB: AccessEffect.KEPT}
        says = "It stays: Piano course of order 1002 gives it too."
        assert shown.accesses[0].says == says

    def test_what_the_former_system_gave_must_be_removed_by_hand(self) -> None:
        wish = request_refund(back(COURSE, 10_000, remove_access=True))
        history = (started(), placed(GRANT_ACTION, imported=True), received())
        shown = preview(wish, *history)
        assert effects(shown) == {GRANT: AccessEffect.BY_HAND}
        assert shown.accesses[0].says.startswith("It must be removed by hand")

    def test_what_was_granted_without_a_way_back_must_be_removed_by_hand(self) -> None:
        asked, begun, ended = done(GRANT_ACTION)
        told_nothing = replace(ended, personal=Answer(reference="granted"))
        wish = request_refund(back(COURSE, 10_000, remove_access=True))
        shown = preview(wish, *paid(GRANT_ACTION), asked, begun, told_nothing)
        assert effects(shown) == {GRANT: AccessEffect.BY_HAND}

    def test_access_that_was_never_given_cannot_be_removed(self) -> None:
        gone = ActionCancelled(at=at(8), action_id=GRANT, run=1, reason="refunded")
        shown = preview(ALL, *paid(GRANT_ACTION), requested(GRANT_ACTION), gone)
        assert effects(shown) == {GRANT: AccessEffect.GONE}
        assert not shown.accesses[0].can_remove
        assert not any(line.has_access or line.can_remove_access for line in shown.lines)
        assert not shown.can_remove_offer_access

    def test_a_line_without_a_price_counts_as_full(self) -> None:
        gift = replace(GRANT_ACTION, line_id=BUMP)
        history = (started(), placed(gift, lines=(COURSE_LINE, FREE_LINE)), received(amount=10_000))
        shown = preview(request_refund(), *history)
        assert [line.can_remove_access for line in shown.lines] == [False, True]


class TestWhoseAndHowMuch:
    def test_it_names_whose_money_it_is(self) -> None:
        erased = CustomerDataErased(at=at(30), customer_key=CUSTOMER_KEY, by=OPERATOR)

        assert preview(request_refund(), *paid()).customer == "Aino Virtanen <aino@example.com>"
        assert preview(request_refund(), *paid(), erased).customer == ""

    def test_a_company_without_a_persons_name_is_named(self) -> None:
        company = Customer(email="info@example.com", company="Example Oy")

        assert customer_named(company) == "Example Oy <info@example.com>"
        assert customer_named(replace(company, company="")) == "<info@example.com>"

    def test_nothing_is_explained_where_nothing_was_refunded(self) -> None:
        assert preview(request_refund(), *paid()).limits == ()

    def test_what_is_only_requested_is_told_apart(self) -> None:
        asked = refund_requested(transfer(4_000), lines=(BUMP_BACK,))

        assert preview(request_refund(), *paid(), asked).limits == (
            "40.00 EUR of what stands as refunded is requested: it does not count yet.",
        )

    def test_what_became_of_the_money_explains_a_maximum_of_nothing(self) -> None:
        by_itself = ExternalRefundObserved(
            at=at(30), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(TOTAL)
        )
        shown = preview(request_refund(), *paid(), by_itself)

        assert [line.maximum for line in shown.lines] == [euros(0), euros(0)]
        assert shown.limits == (
            "140.00 EUR came in, 140.00 EUR went back already: that limits what can be returned.",
        )

    def test_an_order_that_is_paid_in_part_says_so(self) -> None:
        history = (started(), placed(), received(amount=5_000))

        assert preview(request_refund(), *history).limits == (
            "50.00 EUR came in: that limits what can be returned.",
        )


class TestTelling:
    def test_it_says_that_the_customer_gets_a_credit_note(self) -> None:
        shown = preview(request_refund(back(COURSE, 1_000)), *paid())

        assert shown.telling.startswith("The customer is sent a credit note")

    def test_it_says_that_nobody_is_told(self) -> None:
        silent = request_refund(back(COURSE, 1_000), tell_customer=False)
        erased = CustomerDataErased(at=at(30), customer_key=CUSTOMER_KEY, by=OPERATOR)

        assert preview(silent, *paid()).telling == "The customer is not told."
        told = preview(request_refund(back(COURSE, 1_000)), *paid(), erased)
        assert told.telling == "The customer is not told."

    def test_where_nothing_is_asked_for_it_says_nothing(self) -> None:
        assert preview(request_refund(), *paid()).telling == ""
