"""How a state looks: a tone, a shape that shows progress (empty, half, full), and its word.

The rule to know: colour never says anything alone.
"""

from collections.abc import Mapping

from msgspec import Struct

from adapters.alerts.listing import State as AlertState
from adapters.messaging.verdicts import Outcome
from adapters.running.liveness import State as RunningState
from adapters.web.accounts.standing import KeyState, MemberState
from adapters.web.customers.access_held import AccessState
from domain.order.stages import (
    ActionStage,
    DisputeStage,
    OrderStatus,
    PaymentStage,
    PaymentStatus,
    RefundStage,
)
from domain.order.transfer_standing import TransferStanding


class Badge(Struct, frozen=True):
    """A tone of the style sheet and an icon of the sprite."""

    tone: str
    icon: str


PLAIN = Badge("mute", "ring")

BADGES: Mapping[type, Mapping[str, Badge]] = {
    OrderStatus: {
        OrderStatus.STARTED: Badge("mute", "ring"),
        OrderStatus.IN_PROGRESS: Badge("mute", "half"),
        OrderStatus.PROCESSING: Badge("info", "half"),
        OrderStatus.PAID: Badge("info", "half"),
        OrderStatus.COMPLETED: Badge("ok", "check"),
        OrderStatus.MARKED_AS_COMPLETED: Badge("ok", "pen"),
        OrderStatus.PARTIALLY_REFUNDED: Badge("back", "half"),
        OrderStatus.REFUNDED: Badge("back", "undo"),
    },
    PaymentStatus: {
        PaymentStatus.PENDING: Badge("info", "half"),
        PaymentStatus.FAILED: Badge("bad", "x"),
        PaymentStatus.PARTIALLY_PAID: Badge("warn", "half"),
        PaymentStatus.PAID: Badge("ok", "check"),
        PaymentStatus.OVERPAID: Badge("warn", "alert"),
        PaymentStatus.PARTIALLY_REFUNDED: Badge("back", "half"),
        PaymentStatus.REFUNDED: Badge("back", "undo"),
        PaymentStatus.DISPUTED: Badge("bad", "alert"),
    },
    PaymentStage: {
        PaymentStage.PENDING: Badge("info", "half"),
        PaymentStage.FAILED: Badge("bad", "x"),
        PaymentStage.RECEIVED: Badge("ok", "check"),
    },
    ActionStage: {
        ActionStage.RUNNING: Badge("info", "half"),
        ActionStage.RETRYING: Badge("warn", "again"),
        ActionStage.SUCCEEDED: Badge("ok", "check"),
        ActionStage.FAILED: Badge("bad", "x"),
        ActionStage.CANCELLED: Badge("mute", "x"),
    },
    RefundStage: {
        RefundStage.REQUESTED: Badge("info", "half"),
        RefundStage.ISSUED: Badge("back", "undo"),
        RefundStage.FAILED: Badge("bad", "x"),
    },
    TransferStanding: {
        TransferStanding.RETURNED: Badge("ok", "check"),
        TransferStanding.IN_FLIGHT: Badge("info", "half"),
        TransferStanding.UNRESOLVED: Badge("warn", "alert"),
        TransferStanding.OWED: Badge("warn", "alert"),
        TransferStanding.WAITING: Badge("mute", "half"),
        TransferStanding.VOID: Badge("mute", "x"),
    },
    DisputeStage: {
        DisputeStage.OPEN: Badge("warn", "alert"),
        DisputeStage.WON: Badge("ok", "check"),
        DisputeStage.LOST: Badge("bad", "x"),
    },
    AccessState: {
        AccessState.HELD: Badge("ok", "check"),
        AccessState.LEAVING: Badge("back", "undo"),
        AccessState.COMING: Badge("info", "half"),
    },
    Outcome: {
        Outcome.APPLIED: Badge("ok", "check"),
        Outcome.DUPLICATE: Badge("ok", "check"),
        Outcome.PARKED: Badge("warn", "half"),
        Outcome.QUARANTINED: Badge("bad", "x"),
    },
    MemberState: {
        MemberState.ACTIVE: Badge("ok", "check"),
        MemberState.INVITED: Badge("info", "half"),
        MemberState.NEVER_HERE: Badge("warn", "ring"),
        MemberState.SHUT_OUT: Badge("bad", "x"),
    },
    KeyState: {
        KeyState.IN_USE: Badge("ok", "check"),
        KeyState.EXPIRED: Badge("mute", "ring"),
        KeyState.REVOKED: Badge("mute", "x"),
    },
    RunningState: {
        RunningState.LIVE: Badge("ok", "check"),
        RunningState.CATCH_UP: Badge("warn", "half"),
        RunningState.STOPPED: Badge("bad", "x"),
        RunningState.DEAD: Badge("bad", "x"),
    },
    AlertState: {
        AlertState.WAITING: Badge("info", "half"),
        AlertState.SENT: Badge("ok", "check"),
        AlertState.GIVEN_UP: Badge("bad", "x"),
    },
}


def badge_of(state: object) -> Badge:
    """Say how a state looks; one that is not listed looks plain."""
    return BADGES.get(type(state), {}).get(str(state), PLAIN)
