"""What the read model of grants says of an order."""

from msgspec.structs import replace

from domain.configuration.access_target import access_target
from domain.configuration.settings import KajabiGrant
from domain.order.events import ActionAdded, ActionReconfigured, OrderFact
from domain.order.values import RunCause
from projections.grants.projection import GRANTS, Grant, GrantsRow
from tests.examples import (
    CLUB_ACTION,
    COURSE,
    COURSE_BACK,
    CUSTOMER_KEY,
    GRANT,
    GRANT_ACTION,
    HOOK_ACTION,
    ORDER_ID,
    SHOP,
    action_started,
    at,
    done,
    failed,
    paid,
    refunded,
    removal_of,
    requested,
    started,
)
from tests.spec import order_after

PAID = paid(GRANT_ACTION, CLUB_ACTION, HOOK_ACTION)
HELD = Grant(
    action_id=GRANT,
    action="Course access",
    target=access_target(GRANT_ACTION.settings),
    offer="Course",
    product="Course",
    is_held=True,
    is_leaving=False,
)


def row_after(*history: OrderFact) -> GrantsRow | None:
    return GRANTS.row(order_after(*history), 7, 70)


def grants_after(*history: OrderFact) -> tuple[Grant, ...]:
    row = row_after(*history)
    assert row is not None
    return row.grants


def test_an_order_that_gives_no_access_has_no_row() -> None:
    assert row_after(started()) is None
    assert row_after(*PAID) is None
    assert row_after(*PAID, *done(HOOK_ACTION)) is None


def test_it_tells_the_customer_by_the_id_of_their_key_alone() -> None:
    row = row_after(*PAID, *done(GRANT_ACTION))
    assert row == GrantsRow(
        shop=SHOP,
        order_id=ORDER_ID,
        version=7,
        position=70,
        customer=CUSTOMER_KEY,
        number="1001",
        grants=(HELD,),
    )


def test_it_shows_what_is_there_and_what_is_about_to_be() -> None:
    held, coming = grants_after(*PAID, *done(GRANT_ACTION), requested(CLUB_ACTION))
    assert (held.is_held, coming.is_held) == (True, False)
    assert (coming.offer, coming.product) == ("Club", "")


def test_what_a_refund_takes_is_shown_as_leaving_for_as_long_as_it_is_there() -> None:
    removal = removal_of(GRANT_ACTION)
    history = (
        *PAID,
        *done(GRANT_ACTION),
        *refunded(COURSE_BACK, remove_access=(COURSE,)),
        ActionAdded(at=at(23), action=removal),
        requested(removal, cause=RunCause.REFUND, minute=23),
    )
    assert grants_after(*history) == (replace(HELD, is_leaving=True),)
    assert row_after(*history, *done(removal, minute=24)) is None


def test_a_grant_whose_settings_were_replaced_has_both_accesses_while_it_runs() -> None:
    new = replace(GRANT_ACTION, settings=KajabiGrant(offer_name="New", offer_id="9"))
    history = (
        *PAID,
        *done(GRANT_ACTION),
        requested(GRANT_ACTION, run=2, cause=RunCause.RERUN, minute=8),
        action_started(GRANT, run=2, minute=8.1),
        failed(GRANT, run=2, minute=8.2),
        ActionReconfigured(at=at(9), action_id=GRANT, settings=new.settings, revision=2),
        requested(new, run=3, cause=RunCause.RERUN, minute=9),
    )
    shown = {grant.offer: grant.is_held for grant in grants_after(*history)}
    assert shown == {"Course": True, "New": False}
