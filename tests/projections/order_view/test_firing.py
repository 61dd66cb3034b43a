"""What a wish comes to: what is recorded, what fires, to whom, and what to beware of."""

import pytest
from msgspec.structs import replace

from domain.configuration.settings import (
    AccessRemoval,
    ActionSettings,
    CustomEmail,
    KajabiGrant,
    ReceiptEmail,
    RefundConfirmation,
    SystemeContact,
    Webhook,
)
from domain.order.commands.persons import PersonsWish
from domain.order.commands.refunds import AllocateExternalRefund
from domain.order.commands.transfers import ConfirmManualRefund
from domain.order.decide import decide
from domain.order.events import ActionAdded, CustomerDataErased, OrderFact, RefundTransferUnresolved
from domain.order.values import LatestConfiguration
from projections.order_view.action_details import action_details
from projections.order_view.differences import Difference, differences, newer_configuration
from projections.order_view.firing import Effects, effects
from projections.order_view.recipients import reach_of
from projections.order_view.refund_sentences import NEW_REFUND
from tests.examples import (
    COURSE,
    COURSE_BACK,
    CUSTOMER_KEY,
    EXTERNAL,
    GRANT,
    GRANT_ACTION,
    HOOK,
    HOOK_ACTION,
    HOOK_SETTING,
    HOOK_SETTINGS,
    NOW,
    OPERATOR,
    RECEIPT,
    RECEIPT_ACTION,
    REFUND,
    TRANSFER,
    action_started,
    at,
    back,
    complete,
    done,
    failed,
    observe,
    paid,
    placed,
    received,
    refund_requested,
    refunded,
    removal_of,
    request_refund,
    requested,
    rerun,
    started,
    transfer,
)
from tests.spec import order_after

KAJABI_URL = "https://kajabi.example.com/s3cret/on"
REMOVAL = removal_of(GRANT_ACTION)


def effects_of(wish: PersonsWish, *history: OrderFact) -> Effects:
    order = order_after(*history)
    return effects(wish, order, decide(wish, order))


def warned(told: Effects) -> list[tuple[str, str | None]]:
    return [(caution.code.value, caution.action_id) for caution in told.cautions]


class TestFiring:
    def test_only_what_runs_fires(self) -> None:
        history = (*paid(RECEIPT_ACTION, HOOK_ACTION), requested(HOOK_ACTION), action_started(HOOK))

        told = effects_of(complete(), *history)

        assert [(one.action_id, one.run) for one in told.fires] == [(RECEIPT, 1)]
        assert warned(told) == [("left_running", HOOK)]

    def test_what_is_recorded_is_said_in_sentences(self) -> None:
        told = effects_of(complete(), *paid(RECEIPT_ACTION))

        assert [fact.says for fact in told.recorded] == [
            f"Marked as completed by {OPERATOR}",
            "Receipt: run 1 requested (complete)",
        ]

    def test_new_settings_show_what_they_change(self) -> None:
        history = (*paid(HOOK_ACTION), requested(HOOK_ACTION), action_started(HOOK), failed(HOOK))
        latest = LatestConfiguration(settings=Webhook(url="https://b.example.com/"), revision=2)
        wish = replace(rerun(HOOK), use_latest_configuration=True, latest=latest)

        [firing] = effects_of(wish, *history).fires

        assert (firing.kind, firing.revision, firing.recipient) == ("webhook", 2, "b.example.com")
        assert [one.field for one in firing.differences] == ["url"]

    def test_the_secrets_of_settings_stay_hidden(self) -> None:
        grant = replace(
            GRANT_ACTION, settings=KajabiGrant(offer_name="Course", activation_url=KAJABI_URL)
        )

        told = effects_of(complete(), *paid(grant))

        assert "s3cret" not in str(told)
        assert told.fires[0].destination == "kajabi.example.com"


class TestCautions:
    def test_what_succeeded_before_happens_again(self) -> None:
        told = effects_of(rerun(confirmed=True), *paid(RECEIPT_ACTION), *done(RECEIPT_ACTION))

        assert warned(told) == [("fires_again", RECEIPT)]

    def test_a_forced_run_may_happen_twice_and_says_what_to_judge_it_by(self) -> None:
        history = (*paid(RECEIPT_ACTION), requested(), action_started(minute=20))
        wish = replace(rerun(force=True), now=at(22))

        told = effects_of(wish, *history)

        assert warned(told) == [("forced", RECEIPT)]
        assert "for 2 min (one attempt lasts at most 50 s)" in told.cautions[0].says

    def test_nobody_is_there_to_write_to(self) -> None:
        erased = CustomerDataErased(at=at(40), customer_key=CUSTOMER_KEY, by=OPERATOR)

        told = effects_of(rerun(), *paid(RECEIPT_ACTION), erased)

        assert warned(told) == [("no_recipient", RECEIPT)]

    def test_what_belongs_to_a_refund_does_not_run_again(self) -> None:
        removal = ActionAdded(at=at(23), action=REMOVAL)
        history = (*paid(GRANT_ACTION), *done(GRANT_ACTION), *refunded(COURSE_BACK), removal)

        told = effects_of(complete(), *history)

        assert ("not_run_again", REMOVAL.action_id) in warned(told)

    def test_without_running_nothing_fires(self) -> None:
        told = effects_of(complete(run_actions=False), *paid(RECEIPT_ACTION))

        assert told.fires == ()
        assert warned(told) == [("nothing_fires", None)]
        assert told.cautions[0].says == "Nothing fires."

    def test_without_running_what_was_still_to_be_tried_is_called_off(self) -> None:
        told = effects_of(complete(run_actions=False), *paid(RECEIPT_ACTION), requested())

        assert told.cautions[0].says.endswith("What was still to be tried is called off.")

    def test_without_running_a_run_going_on_is_left_alone_and_asks_no_more(self) -> None:
        running = (requested(), action_started())

        told = effects_of(complete(run_actions=False), *paid(RECEIPT_ACTION), *running)

        assert warned(told) == [("nothing_fires", None), ("left_running", RECEIPT)]
        nothing, left = (caution.says for caution in told.cautions)
        assert "called off" not in nothing
        assert "not known yet, and it no longer asks for attention" in left

    def test_restoring_says_what_becomes_of_the_total(self) -> None:
        told = effects_of(
            complete(restore=True, run_actions=False),
            *paid(GRANT_ACTION),
            *refunded(COURSE_BACK, remove_access=(COURSE,)),
        )

        [restored, _] = told.cautions
        assert restored.code == "data_restored"
        assert "140.00 EUR" in restored.says
        assert "40.00 EUR" in restored.says

    def test_settings_stay_where_nothing_newer_is_published(self) -> None:
        history = (*paid(HOOK_ACTION), requested(HOOK_ACTION), action_started(HOOK), failed(HOOK))
        same = LatestConfiguration(settings=HOOK_SETTINGS, revision=1)

        told = effects_of(replace(complete(use_latest=True), latest={HOOK_SETTING: same}), *history)

        assert warned(told) == [("settings_stay", HOOK)]

    def test_settings_that_the_checkout_took_away_are_said_to_be_gone(self) -> None:
        history = (*paid(HOOK_ACTION), requested(HOOK_ACTION), action_started(HOOK), failed(HOOK))

        told = effects_of(complete(use_latest=True), *history)

        assert warned(told) == [("settings_gone", HOOK)]
        assert "no longer published" in told.cautions[0].says

    def test_settings_that_are_the_latest_already_stay_in_a_rerun_too(self) -> None:
        history = (*paid(HOOK_ACTION), requested(HOOK_ACTION), action_started(HOOK), failed(HOOK))
        same = LatestConfiguration(settings=HOOK_SETTINGS, revision=1)
        wish = replace(rerun(HOOK), use_latest_configuration=True, latest=same)

        assert warned(effects_of(wish, *history)) == [("settings_stay", HOOK)]


class TestWhatSpeaksAgainstGiving:
    def test_money_that_was_not_received(self) -> None:
        told = effects_of(complete(), started(), placed(RECEIPT_ACTION))

        assert warned(told) == [("not_paid", None)]
        assert told.cautions[0].says.startswith("0.00 EUR of 140.00 EUR was received")

    def test_a_former_system_that_may_have_delivered(self) -> None:
        history = (started(), placed(RECEIPT_ACTION, imported=True), received())

        assert warned(effects_of(rerun(), *history)) == [("imported", None)]

    def test_a_refund_that_is_not_restored(self) -> None:
        history = (*paid(RECEIPT_ACTION, HOOK_ACTION), *refunded(COURSE_BACK))

        kept = effects_of(complete(), *history)
        restored = effects_of(complete(restore=True), *history)
        alone = effects_of(rerun(HOOK), *history)

        assert ("refunded", None) in warned(kept)
        assert warned(alone) == [("refunded", None)]
        assert alone.cautions[0].says.startswith("100.00 EUR is refunded and not restored")
        assert "refunded" not in dict(warned(restored))

    def test_it_is_no_matter_where_nothing_is_given(self) -> None:
        removal = ActionAdded(at=at(23), action=REMOVAL)
        history = (*paid(GRANT_ACTION), *done(GRANT_ACTION), *refunded(COURSE_BACK), removal)

        told = effects_of(rerun(REMOVAL.action_id), *history)
        nothing = effects_of(complete(run_actions=False), started(), placed(RECEIPT_ACTION))

        assert warned(told) == []
        assert warned(nothing) == [("nothing_fires", None)]


class TestARecipient:
    order = order_after(*paid(GRANT_ACTION), *done(GRANT_ACTION))

    @pytest.mark.parametrize(
        ("settings", "whom"),
        [
            (ReceiptEmail(), "aino@example.com"),
            (CustomEmail(subject="Hello", body="Welcome"), "aino@example.com"),
            (RefundConfirmation(refund_id="refund-1"), "aino@example.com"),
            (Webhook(url="https://user:pw@hooks.example.com:8443/a?b=c"), "hooks.example.com:8443"),
            (Webhook(url="nonsense"), "nobody: who or where is not known any more"),
            (
                KajabiGrant(offer_name="Course", activation_url=KAJABI_URL),
                "aino@example.com at kajabi.example.com",
            ),
            (
                KajabiGrant(offer_name="Course", activation_url="nonsense"),
                "nobody: who or where is not known any more",
            ),
            (KajabiGrant(offer_name="Course", offer_id="42"), "aino@example.com at Kajabi"),
            (SystemeContact(tags=("buyer",)), "aino@example.com at Systeme.io"),
            (
                AccessRemoval(granted_by=GRANT, refund_id="refund-1"),
                "aino@example.com at kajabi.example.com",
            ),
            (
                AccessRemoval(granted_by="no-such", refund_id="refund-1"),
                "nobody: who or where is not known any more",
            ),
        ],
    )
    def test_is_who_is_reached_and_where(self, settings: ActionSettings, whom: str) -> None:
        assert reach_of(self.order, settings).whom == whom

    def test_is_nobody_once_the_customer_is_forgotten(self) -> None:
        erased = CustomerDataErased(at=at(40), customer_key=CUSTOMER_KEY, by=OPERATOR)
        order = order_after(*paid(GRANT_ACTION), erased)

        assert not reach_of(order, GRANT_ACTION.settings).is_known


class TestDifferences:
    def test_are_told_field_by_field(self) -> None:
        before = CustomEmail(subject="Hello", body="Welcome")
        after = CustomEmail(subject="Hi", body="Welcome")

        assert differences(before, after) == (
            Difference(field="subject", before="Hello", after="Hi", is_secret=False),
        )

    def test_there_are_none_where_nothing_changed(self) -> None:
        assert differences(HOOK_SETTINGS, HOOK_SETTINGS) == ()

    def test_of_a_secret_are_seen_without_the_secret(self) -> None:
        before = KajabiGrant(offer_name="Course", activation_url=KAJABI_URL)
        after = replace(before, activation_url=f"{KAJABI_URL}2", send_grant_email=True)

        url, flag = differences(before, after)

        assert (url.field, url.is_secret, url.before) == (
            "activation_url",
            True,
            "https://kajabi.example.com/•••",
        )
        assert (flag.field, flag.before, flag.after) == ("send_grant_email", False, True)

    def test_another_kind_has_other_fields(self) -> None:
        told = differences(SystemeContact(tags=("a", "b")), HOOK_SETTINGS)

        assert [(one.field, one.before, one.after) for one in told] == [
            ("kind", "systeme_contact", "webhook"),
            ("tags", ("a", "b"), None),
            ("url", None, HOOK_SETTINGS.url),
        ]

    def test_an_action_without_a_later_revision_has_none(self) -> None:
        action = order_after(*paid(HOOK_ACTION)).actions_by_id[HOOK]
        own = order_after(*paid(RECEIPT_ACTION)).actions_by_id[RECEIPT]
        same = LatestConfiguration(settings=HOOK_SETTINGS, revision=1)

        assert newer_configuration(action, {HOOK_SETTING: same}) is None
        assert newer_configuration(action, {}) is None
        assert newer_configuration(own, {HOOK_SETTING: same}) is None

    def test_an_action_that_is_ahead_of_the_known_revisions_has_no_later_one(self) -> None:
        ahead = order_after(*paid(replace(HOOK_ACTION, revision=3))).actions_by_id[HOOK]
        known = LatestConfiguration(settings=HOOK_SETTINGS, revision=2)

        assert newer_configuration(ahead, {HOOK_SETTING: known}) is None


def test_a_newer_configuration_is_offered_only_of_what_has_failed() -> None:
    newer = {HOOK_SETTING: LatestConfiguration(settings=HOOK_SETTINGS, revision=2)}
    waiting = (*paid(HOOK_ACTION), requested(HOOK_ACTION))
    for history, revision in (
        (waiting, None),
        ((*waiting, action_started(HOOK), failed(HOOK)), 2),
        ((*waiting, action_started(HOOK), failed(HOOK, retry_at=at(90))), 2),
    ):
        action = order_after(*history).actions_by_id[HOOK]

        offered = action_details(action, {}, newer).newer_configuration

        assert (offered.revision if offered else None) == revision


class TestRefunding:
    def test_what_must_be_paid_back_by_hand_is_warned_of_with_its_reason(self) -> None:
        told = effects_of(request_refund(back(COURSE, 2_500)), *paid(provider="epassi"))

        assert [(one.code.value, one.says) for one in told.cautions] == [
            (
                "paid_back_by_hand",
                (
                    "25.00 EUR: No money moves by itself: Epassi returns whole payments only. "
                    "Pay it back in Epassi's own service, then confirm it."
                ),
            )
        ]

    def test_what_is_recorded_only_is_said_to_return_nothing(self) -> None:
        wish = request_refund(back(COURSE, 2_500), refund_payments=False)

        [caution] = effects_of(wish, *paid()).cautions

        assert caution.says == (
            "25.00 EUR is recorded as refunded in the order's data only; no money is returned."
        )

    def test_it_is_said_whether_the_customer_of_a_refund_is_told(self) -> None:
        wish = request_refund(back(COURSE, 2_500))

        assert effects_of(wish, *paid()).telling.startswith("The customer is sent a credit note")
        silent = replace(wish, tell_customer=False)
        assert effects_of(silent, *paid()).telling == "The customer is not told."
        assert effects_of(complete(), *paid()).telling == ""

    def test_a_refund_that_is_only_tried_has_no_name_yet(self) -> None:
        tried = request_refund(back(COURSE, 2_500), refund_id=NEW_REFUND, refund_payments=False)

        assert [one.says for one in effects_of(tried, *paid()).recorded] == [
            "Refund of 25.00 EUR requested by laura (recorded only)",
            "Refund counts in the order's data",
        ]

    def test_what_moves_by_itself_needs_no_warning(self) -> None:
        assert effects_of(request_refund(back(COURSE, 2_500)), *paid()).cautions == ()

    def test_money_that_was_not_paid_frees_what_was_to_be_refunded(self) -> None:
        lost = RefundTransferUnresolved(
            at=at(21), refund_id=REFUND, transfer_id=TRANSFER, code="timeout"
        )
        asked = refund_requested(transfer(10_000), lines=(COURSE_BACK,))
        word = ConfirmManualRefund(
            now=NOW, refund_id=REFUND, transfer_id=TRANSFER, by=OPERATOR, was_paid=False
        )

        told = effects_of(word, *paid(), asked, lost)

        assert [one.code.value for one in told.cautions] == ["refund_failed"]

    def test_an_access_removal_fires_at_once_to_whom_its_grant_went(self) -> None:
        granted = (*paid(GRANT_ACTION), *done(GRANT_ACTION))
        wish = request_refund(back(COURSE, 10_000, remove_access=True), refund_payments=False)

        [removal] = effects_of(wish, *granted).fires

        assert (removal.kind, removal.run) == ("access_removal", 1)
        assert removal.recipient == "aino@example.com"

    def test_what_a_providers_own_refund_gave_to_no_line_is_told(self) -> None:
        observed = observe(10_500)
        history = (*paid(), *decide(observed, order_after(*paid())))
        word = AllocateExternalRefund(
            now=NOW,
            external_refund_id=EXTERNAL,
            refund_id=REFUND,
            by=OPERATOR,
            lines=(back(COURSE, 10_000),),
        )

        [caution] = effects_of(word, *history).cautions

        assert caution.says.startswith("5.00 EUR of it is for no line;")
