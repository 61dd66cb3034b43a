"""Why an order requires attention, as the notice at the panel's top tells it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from domain.order.attention import AttentionKind, AttentionReason
from domain.order.stages import ActionStage, PaymentStage
from projections.order_view.action_details import ActionDetails
from projections.order_view.details import OrderDetails

ACCESS_KINDS = frozenset({"kajabi_grant"})
EMAIL_KINDS = frozenset({"receipt_email", "custom_email", "refund_confirmation"})


class Notice(Struct, frozen=True, kw_only=True):
    """What is wrong, counted."""

    paid_at: datetime | None
    """When the last money came; None where none has."""
    failed: int
    """Actions that failed for good."""
    unfinished: int
    """Actions that are neither done nor given up, for too long."""
    wanted: int
    """Actions of the order that were not called off."""
    lacks_access: bool
    lacks_email: bool
    others: tuple[AttentionReason, ...]
    """What is not about an unfinished action."""


def notice_of(order: OrderDetails) -> Notice | None:
    """Tell why the order requires attention; None where it does not."""
    if not order.attention:
        return None
    ids = {one.action_id for one in order.attention if _is_of_action(one)}
    late = [action for action in order.actions if action.action_id in ids]
    kinds = {action.kind for action in late}
    failed = [action for action in late if action.status is ActionStage.FAILED]
    return Notice(
        paid_at=_paid_at(order),
        failed=len(failed),
        unfinished=len(late) - len(failed),
        wanted=wanted_count(order.actions),
        lacks_access=bool(kinds & ACCESS_KINDS),
        lacks_email=bool(kinds & EMAIL_KINDS),
        others=tuple(one for one in order.attention if not _is_of_action(one)),
    )


def wanted_count(actions: Sequence[ActionDetails]) -> int:
    """Count the actions that were not called off."""
    return sum(action.status is not ActionStage.CANCELLED for action in actions)


def _is_of_action(reason: AttentionReason) -> bool:
    return reason.kind is AttentionKind.ACTION_UNFINISHED


def _paid_at(order: OrderDetails) -> datetime | None:
    times = (one.at for one in order.payments if one.status is PaymentStage.RECEIVED)
    return max((when for when in times if when), default=None)
