"""Which access a grant claims, when it justifies it, and where its removal goes."""

import pytest
from msgspec.structs import replace

from domain.configuration.access_target import access_target
from domain.configuration.settings import ActionSettings, KajabiGrant, ReceiptEmail
from domain.identifiers import ActionId
from domain.order.claims import (
    claimed_access,
    is_leaving,
    justifying_grants,
    removable_access,
)
from domain.order.destination import destination_in
from domain.order.events import (
    ActionAdded,
    ActionCancelled,
    ActionOutcomeLate,
    ActionReconfigured,
    ActionRequested,
    OrderCompleted,
    OrderFact,
    RefundedDataRestored,
    RefundFailed,
    RefundIssued,
    RefundRequested,
)
from domain.order.sparing import Spared, justified_within
from domain.order.state import Order
from domain.order.values import Answer, Justification, PlannedAction, RunCause
from tests.examples import (
    BUMP,
    CLUB,
    COURSE,
    COURSE_BACK,
    GRANT,
    GRANT_ACTION,
    OPERATOR,
    ORDER_ID,
    REFUND,
    action_started,
    at,
    back,
    done,
    failed,
    paid,
    placed,
    received,
    refunded,
    removal_of,
    request_refund,
    requested,
    started,
    succeeded,
)
from tests.spec import given, order_after

URL = "https://checkout.example.com/webhooks/offers/token/1/activate"
BY_URL = KajabiGrant(offer_name="Course", activation_url=URL)
BY_API = KajabiGrant(offer_name="Course", offer_id="2150")
OTHER = KajabiGrant(offer_name="Other", offer_id="2151")
REMOVAL = removal_of(GRANT_ACTION)
REFUNDED = refunded(COURSE_BACK, remove_access=(COURSE,))
REMOVING = (
    *REFUNDED,
    ActionAdded(at=at(23), action=REMOVAL),
    requested(REMOVAL, cause=RunCause.REFUND, minute=23),
)
GRANTED = (*paid(GRANT_ACTION), *done(GRANT_ACTION))
SAME_COURSE = replace(GRANT_ACTION, action_id=CLUB, line_id=BUMP, name="Course again")
ANEW = requested(GRANT_ACTION, run=2, cause=RunCause.RERUN, minute=40)
SPARED = ActionCancelled(
    at=at(24), action_id=REMOVAL.action_id, run=1, reason="access_still_justified"
)


def justifying(*history: OrderFact) -> list[ActionId]:
    return [grant.action_id for grant in justifying_grants(order_after(*history))]


class TestTheNameOfAnAccess:
    @pytest.mark.parametrize(
        "settings",
        [
            BY_URL,
            replace(BY_URL, offer_name="Renamed", send_grant_email=True),
            replace(BY_URL, activation_url=f"{URL}?send_offer_grant_email=true"),
            replace(BY_URL, activation_url=f"{URL}#top"),
        ],
    )
    def test_is_one_for_an_activation_address_however_it_is_called(
        self, settings: KajabiGrant
    ) -> None:
        assert access_target(settings) == access_target(BY_URL) != ""

    @pytest.mark.parametrize(
        "settings",
        [replace(BY_URL, activation_url=f"{URL}2"), BY_API, OTHER],
    )
    def test_is_another_for_another_offer_or_way(self, settings: KajabiGrant) -> None:
        assert access_target(settings) not in ("", access_target(BY_URL))

    @pytest.mark.parametrize("settings", [ReceiptEmail(), KajabiGrant(offer_name="Nothing")])
    def test_is_none_where_no_course_is_opened(self, settings: ActionSettings) -> None:
        assert access_target(settings) == ""

    def test_tells_no_secret(self) -> None:
        assert "token" not in access_target(BY_URL)


class TestAGrantJustifiesItsAccess:
    @pytest.mark.parametrize(
        "news",
        [
            (requested(GRANT_ACTION),),
            (requested(GRANT_ACTION), action_started(GRANT)),
            (requested(GRANT_ACTION), action_started(GRANT), failed(GRANT, retry_at=at(9))),
            done(GRANT_ACTION),
        ],
    )
    def test_while_it_gives_it_or_is_about_to(self, news: tuple[OrderFact, ...]) -> None:
        assert justifying(*paid(GRANT_ACTION), *news) == [GRANT]

    @pytest.mark.parametrize(
        "news",
        [(), (requested(GRANT_ACTION), action_started(GRANT), failed(GRANT))],
    )
    def test_not_before_it_is_asked_for_nor_after_it_failed(
        self, news: tuple[OrderFact, ...]
    ) -> None:
        assert justifying(*paid(GRANT_ACTION), *news) == []

    def test_not_once_a_refund_in_force_takes_it(self) -> None:
        assert justifying(*GRANTED, *REMOVING) == []

    def test_also_while_a_refund_leaves_access_alone(self) -> None:
        assert justifying(*GRANTED, *refunded(COURSE_BACK)) == [GRANT]

    @pytest.mark.parametrize(
        "end",
        [
            RefundedDataRestored(at=at(30), refund_ids=(REFUND,), by=OPERATOR),
            RefundFailed(at=at(30), refund_id=REFUND),
        ],
    )
    def test_again_once_that_refund_is_not_in_force(self, end: OrderFact) -> None:
        assert justifying(*GRANTED, *REMOVING, end) == [GRANT]

    def test_again_once_a_person_gives_it_anew(self) -> None:
        taken = (action_started(REMOVAL.action_id, minute=24), succeeded(REMOVAL.action_id))
        assert justifying(*GRANTED, *REMOVING, *taken, ANEW) == [GRANT]
        assert justifying(*GRANTED, *REMOVING, ANEW) == [GRANT]

    def test_not_once_the_removal_is_asked_for_after_that(self) -> None:
        again = requested(REMOVAL, run=2, cause=RunCause.RERUN, minute=41)
        assert justifying(*GRANTED, *REMOVING, ANEW, again) == []

    def test_also_where_it_was_called_off_before_it_began_and_is_given_after_all(self) -> None:
        called_off = ActionCancelled(at=at(22), action_id=GRANT, run=1, reason="refunded")
        history = (*paid(GRANT_ACTION), requested(GRANT_ACTION), *REFUNDED, called_off)
        assert justifying(*history) == []
        assert justifying(*history, ANEW) == [GRANT]


class TestAnImportedOrder:
    paid = (
        started(),
        placed(GRANT_ACTION, imported=True),
        received(),
        OrderCompleted(at=at(4)),
    )

    def test_stands_for_the_access_that_the_former_system_gave(self) -> None:
        assert justifying(*self.paid) == [GRANT]
        assert claimed_access(order_after(*self.paid).actions[0]) == {
            access_target(GRANT_ACTION.settings)
        }

    def test_that_was_never_paid_stands_for_none(self) -> None:
        assert justifying(*self.paid[:2]) == []

    def test_has_its_access_taken_back_by_a_refund(self) -> None:
        wish = request_refund(back(COURSE, 10_000, remove_access=True), refund_payments=False)
        order = (
            given(*self.paid)
            .when(wish)
            .then_kinds(
                RefundRequested, RefundIssued, ActionCancelled, ActionAdded, ActionRequested
            )
        )
        assert [grant.action_id for grant in justifying_grants(order)] == []


class TestARemovalThatIsNotCarriedOut:
    def test_because_it_is_spared_ends_the_grants_claim(self) -> None:
        order = order_after(*GRANTED, *REMOVING, SPARED)
        assert not order.actions_by_id[GRANT].holds_access
        assert order.actions_by_id[GRANT].removal_target
        restored = RefundedDataRestored(at=at(30), refund_ids=(REFUND,), by=OPERATOR)
        assert justifying(*GRANTED, *REMOVING, SPARED, restored) == []

    def test_because_a_person_did_it_ends_the_grants_claim(self) -> None:
        by_hand = replace(SPARED, reason="done_by_hand")
        assert not order_after(*GRANTED, *REMOVING, by_hand).actions_by_id[GRANT].holds_access

    def test_because_the_refund_failed_leaves_the_claim(self) -> None:
        kept = replace(SPARED, reason="refund_failed")
        assert order_after(*GRANTED, *REMOVING, kept).actions_by_id[GRANT].holds_access

    def test_says_why_until_it_is_asked_for_again(self) -> None:
        because = Justification(
            order_id=ORDER_ID, number="1002", action_id=GRANT, action="Course access"
        )
        spared = replace(SPARED, justified_by=because)
        removal = order_after(*GRANTED, *REMOVING, spared).actions_by_id[REMOVAL.action_id]
        assert (removal.called_off, removal.justified_by) == ("access_still_justified", because)
        again = requested(REMOVAL, run=2, cause=RunCause.RERUN, minute=41)
        after = order_after(*GRANTED, *REMOVING, spared, again).actions_by_id[REMOVAL.action_id]
        assert (after.called_off, after.justified_by) == ("", None)


class TestSettingsThatWereReplaced:
    first = replace(GRANT_ACTION, settings=BY_API)
    replaced = (
        *paid(first),
        *done(first),
        requested(first, run=2, cause=RunCause.RERUN, minute=8),
        action_started(GRANT, run=2, minute=9),
        failed(GRANT, run=2, minute=10),
        ActionReconfigured(at=at(11), action_id=GRANT, settings=OTHER, revision=2),
    )
    running = (
        *replaced,
        requested(replace(first, settings=OTHER), run=3, cause=RunCause.RERUN, minute=11),
    )

    def test_leave_the_access_that_is_held_what_it_is(self) -> None:
        grant = order_after(*self.replaced).actions_by_id[GRANT]
        assert claimed_access(grant) == {access_target(BY_API)}
        assert removable_access(grant) == access_target(BY_API)

    def test_add_the_access_that_they_are_about_to_give(self) -> None:
        grant = order_after(*self.running).actions_by_id[GRANT]
        assert claimed_access(grant) == {access_target(BY_API), access_target(OTHER)}

    def test_are_those_of_the_access_once_it_is_given(self) -> None:
        given = (*self.running, action_started(GRANT, run=3), succeeded(GRANT, run=3))
        assert removable_access(order_after(*given).actions_by_id[GRANT]) == access_target(OTHER)


def test_a_grant_that_succeeds_late_claims_its_access() -> None:
    called_off = ActionCancelled(at=at(22), action_id=GRANT, run=1, reason="refunded")
    late = ActionOutcomeLate(
        at=at(24),
        action_id=GRANT,
        run=1,
        attempt=1,
        succeeded=True,
        personal=Answer(removal_target="late"),
    )
    begun = (*paid(GRANT_ACTION), requested(GRANT_ACTION), action_started(GRANT))
    order = order_after(*begun, *REFUNDED, called_off, *REMOVING[3:], late)
    grant = order.actions_by_id[GRANT]
    assert (grant.holds_access, grant.removal_target) == (True, "late")
    assert grant.granted_settings == GRANT_ACTION.settings
    assert is_leaving(order, grant)


class TestAnotherLineOfTheSameOrder:
    both = (*paid(GRANT_ACTION, SAME_COURSE), *done(GRANT_ACTION), *done(SAME_COURSE))

    def test_justifies_the_access_that_a_refund_would_take(self) -> None:
        spared = justified_within(order_after(*self.both, *REMOVING), {GRANT})
        by = Justification(order_id=ORDER_ID, number="1001", action_id=CLUB, action="Course again")
        assert spared == {access_target(GRANT_ACTION.settings): Spared(by=by, is_held=True)}

    def test_that_is_only_about_to_give_it_does_not_settle_it(self) -> None:
        third = replace(SAME_COURSE, action_id=ActionId("third"))
        coming = (*paid(GRANT_ACTION, third), *done(GRANT_ACTION), requested(third))
        [waiting] = justified_within(order_after(*coming, *REMOVING), {GRANT}).values()
        assert (waiting.by.action_id, waiting.is_held) == ("third", False)
        both = (*paid(GRANT_ACTION, SAME_COURSE, third), *done(GRANT_ACTION), *done(SAME_COURSE))
        [held] = justified_within(order_after(*both, requested(third), *REMOVING), {GRANT}).values()
        assert (held.by.action_id, held.is_held) == (CLUB, True)

    def test_justifies_nothing_when_it_is_refunded_too(self) -> None:
        lines = refunded(COURSE_BACK, remove_access=(COURSE, BUMP))
        again = removal_of(SAME_COURSE)
        removing = (
            ActionAdded(at=at(23), action=again),
            requested(again, cause=RunCause.REFUND, minute=23),
        )
        order = order_after(*self.both, *lines, *REMOVING[3:], *removing)
        assert justified_within(order, {GRANT}) == {}

    def test_justifies_nothing_that_is_to_go_with_it(self) -> None:
        assert justified_within(order_after(*self.both), {GRANT, CLUB}) == {}


class TestARemovalGoes:
    @pytest.mark.parametrize(
        ("settings", "destination"),
        [
            (BY_API, "kajabi-api"),
            (
                replace(BY_URL, deactivation_url="https://checkout.example.com/x/deactivate"),
                "checkout.example.com",
            ),
            (BY_URL, "access-removal"),
        ],
    )
    def test_to_whoever_gave_the_access(self, settings: KajabiGrant, destination: str) -> None:
        grant = replace(GRANT_ACTION, settings=settings)
        order = order_after(*paid(grant), *done(grant), *REMOVING)
        assert _destination(order, REMOVAL) == destination

    def test_nowhere_in_particular_where_the_grant_is_not_known(self) -> None:
        assert _destination(order_after(*paid(), *REMOVING), REMOVAL) == "access-removal"

    def test_as_any_other_action_does(self) -> None:
        assert _destination(order_after(*GRANTED), GRANT_ACTION) == "kajabi.example.com"


def _destination(order: Order, action: PlannedAction) -> str:
    return destination_in(order, order.actions_by_id[action.action_id])
