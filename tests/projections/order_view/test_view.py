"""The order sheet: what an order's facts leave to look at."""

from datetime import timedelta

import msgspec

from domain.money import Money
from domain.order.stages import ActionStage, OrderStatus, PaymentStage, PaymentStatus
from projections.order_view.details import DiscountDetails, OrderDetails, VatDetails
from projections.order_view.view import until, view
from tests.stories import BEGAN_AT, COURSE, OPENED, SECRET, Story, recorded

GRACE = timedelta(minutes=5)
NOW = BEGAN_AT + timedelta(days=1)


def seen(story: Story, versions: int | None = None) -> OrderDetails:
    details = view(recorded(story)[:versions], NOW, GRACE)
    assert details is not None
    return details


def euros(amount: int) -> Money:
    return Money(amount, "EUR")


class TestGeneral:
    def test_the_total_is_the_original_less_the_refunds_in_force(self) -> None:
        general = seen(COURSE).general

        assert (general.original_total, general.total) == (euros(30_000), euros(27_500))
        assert (general.received, general.returned) == (euros(30_000), euros(3_000))

    def test_offer_source_tags_and_discounts_are_those_of_the_checkout(self) -> None:
        general = seen(COURSE).general

        assert (general.offer, general.source) == ("Piano for beginners", "newsletter")
        assert general.tags == ("autumn", "early")
        assert general.discounts == (DiscountDetails(code="AUTUMN10", amount=euros(2_000)),)

    def test_each_line_says_its_kind_its_price_and_what_was_refunded(self) -> None:
        lines = seen(COURSE).general.lines

        assert [(line.name, line.kind, line.gross, line.refunded) for line in lines] == [
            ("Piano course", "product", euros(18_000), euros(0)),
            ("Sheet music", "order_bump", euros(5_000), euros(2_500)),
            ("Private lesson", "pre_upsell", euros(7_000), euros(0)),
        ]
        assert lines[0].replaces_product == "Piano trial"

    def test_a_refund_that_is_not_issued_yet_takes_nothing_off(self) -> None:
        general = seen(COURSE, versions=12).general

        assert {line.refunded for line in general.lines} == {euros(0)}
        assert general.total == euros(30_000)

    def test_the_vat_breakdown_adds_up_stored_figures_by_rate(self) -> None:
        assert seen(COURSE).general.vat == (
            VatDetails(
                vat_rate=2550,
                net=euros(19_921),
                vat=euros(5_079),
                gross=euros(25_000),
                refunded=euros(0),
                refunded_vat=euros(0),
            ),
            VatDetails(
                vat_rate=1400,
                net=euros(4_386),
                vat=euros(614),
                gross=euros(5_000),
                refunded=euros(2_500),
                refunded_vat=euros(307),
            ),
        )


class TestCustomer:
    def test_all_fields_of_the_billing_form_and_the_consent_are_shown(self) -> None:
        customer = seen(COURSE).customer

        assert customer is not None
        assert msgspec.structs.asdict(customer) == {
            "email": "Aino.Virtanen@example.com",
            "first_name": "Aino",
            "last_name": "Virtanen",
            "phone": "+358 40 0000000",
            "company": "Virtanen Oy",
            "business_id": "1234567-8",
            "street": "Katu 1",
            "postal_code": "00100",
            "city": "Helsinki",
            "region": "",
            "country": "FI",
            "custom_fields": {"Level": "Beginner"},
            "analytics_consent": True,
            "is_erased": False,
        }

    def test_an_erased_customer_leaves_the_money_and_no_person(self) -> None:
        started, placed, *_ = COURSE.facts
        erased = msgspec.structs.replace(placed, personal=None)
        details = seen(Story(order_id=COURSE.order_id, facts=(started, erased)))

        assert details.customer is not None
        assert details.customer.is_erased
        assert (details.customer.email, details.customer.country) == ("", "FI")
        assert details.general.total == euros(30_000)


class TestPaymentsActionsRefunds:
    def test_every_payment_is_shown_the_failed_one_with_its_reason(self) -> None:
        assert [
            (payment.payment_id, payment.provider, payment.status, payment.code, payment.message)
            for payment in seen(COURSE).payments
        ] == [
            (
                "pay-1",
                "stripe",
                PaymentStage.FAILED,
                "card_declined",
                "The card of Aino was declined",
            ),
            ("pay-2", "paytrail", PaymentStage.RECEIVED, "", ""),
        ]

    def test_every_action_is_shown_with_its_status_its_product_and_its_error(self) -> None:
        assert [
            (action.name, action.product, action.status, action.code, action.message)
            for action in seen(COURSE).actions
        ] == [
            ("Receipt", "", ActionStage.SUCCEEDED, "", ""),
            (
                "Course access",
                "Piano course",
                ActionStage.FAILED,
                "http_500",
                "Internal server error",
            ),
            ("Tell the CRM", "", ActionStage.PLANNED, "", ""),
        ]

    def test_a_refund_says_what_for_how_and_why(self) -> None:
        (refund,) = seen(COURSE).refunds

        assert (refund.is_in_force, refund.amount, refund.owed) == (True, euros(2_500), euros(0))
        assert (refund.by, refund.reason) == ("laura", "One book came damaged")
        assert [(line.product, line.amount, line.vat) for line in refund.lines] == [
            ("Sheet music", euros(2_500), euros(307))
        ]
        assert [(one.provider, one.method, one.reference) for one in refund.transfers] == [
            ("paytrail", "provider", "re-1")
        ]

    def test_what_a_provider_returned_by_itself_waits_for_a_person(self) -> None:
        (external,) = seen(COURSE).external_refunds

        assert (external.amount, external.is_unallocated) == (euros(500), True)

    def test_notes_are_shown(self) -> None:
        assert [(note.by, note.text) for note in seen(COURSE).notes] == [
            ("laura", "Called, is happy")
        ]

    def test_no_secret_of_an_action_is_shown(self) -> None:
        assert SECRET not in msgspec.json.encode(seen(COURSE), enc_hook=str).decode()


class TestThePast:
    def test_the_past_is_what_the_first_facts_leave(self) -> None:
        details = seen(COURSE, versions=4)

        assert (details.version, details.status) == (4, OrderStatus.IN_PROGRESS)
        assert details.payment_status is PaymentStatus.FAILED
        assert details.refunds == ()

    def test_a_moment_keeps_what_was_recorded_by_then(self) -> None:
        facts = recorded(COURSE)

        assert [fact.version for fact in until(facts, facts[2].recorded_at)] == [1, 2, 3]
        assert view(until(facts, BEGAN_AT), NOW, GRACE) is None

    def test_an_order_that_was_only_opened_has_no_total_and_no_customer(self) -> None:
        details = seen(OPENED)

        assert details.status is OrderStatus.STARTED
        assert (details.number, details.general.total, details.customer) == ("", None, None)

    def test_a_paid_order_with_a_failed_action_asks_for_a_look_once_its_time_is_over(self) -> None:
        facts = recorded(COURSE)[:8]
        early = view(facts, facts[-1].recorded_at, GRACE)
        late = view(facts, facts[-1].recorded_at + GRACE, GRACE)

        assert early is not None
        assert early.attention == ()
        assert late is not None
        assert "Course access" in {reason.action for reason in late.attention}
