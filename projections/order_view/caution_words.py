"""The words of every caution, by its code."""

from enum import StrEnum

from msgspec import Struct

from domain.money import Money
from domain.order.parts import ActionState
from domain.phrase import say


class CautionCode(StrEnum):
    """What to beware of."""

    NOT_PAID = "not_paid"
    IMPORTED = "imported"
    REFUNDED = "refunded"
    FIRES_AGAIN = "fires_again"
    FORCED = "forced"
    NO_RECIPIENT = "no_recipient"
    LEFT_RUNNING = "left_running"
    NOT_RUN_AGAIN = "not_run_again"
    SETTINGS_STAY = "settings_stay"
    SETTINGS_GONE = "settings_gone"
    DATA_RESTORED = "data_restored"
    NOTHING_FIRES = "nothing_fires"
    PAID_BACK_BY_HAND = "paid_back_by_hand"
    RECORDED_ONLY = "recorded_only"
    WENT_BACK = "went_back"
    REST_UNALLOCATED = "rest_unallocated"
    REFUND_FAILED = "refund_failed"


SENTENCES = {
    CautionCode.NOT_PAID: "{received} of {due} was received; the customer gets it all the same.",
    CautionCode.IMPORTED: (
        "The order came from the former system, which may have delivered what fires now already."
    ),
    CautionCode.REFUNDED: (
        "{refunded} is refunded and not restored; what fires, access too, is given all the same."
    ),
    CautionCode.FIRES_AGAIN: "{name} succeeded before; its effect happens again.",
    CautionCode.FORCED: "{name} {running}; if that run is alive, its effect may happen twice.",
    CautionCode.NO_RECIPIENT: "{name} has nobody to go to: who or where is not known any more.",
    CautionCode.LEFT_RUNNING: (
        "{name} is running and is left alone; whether it takes effect is not known yet, and it no "
        "longer asks for attention."
    ),
    CautionCode.NOT_RUN_AGAIN: "{name} belongs to a refund and does not run again.",
    CautionCode.SETTINGS_STAY: "{name} keeps its settings: nothing newer is published.",
    CautionCode.SETTINGS_GONE: (
        "{name} keeps the settings that the order has: its setting is no longer published in the "
        "checkout."
    ),
    CautionCode.NOTHING_FIRES: "Nothing fires.{cancelled}",
    CautionCode.PAID_BACK_BY_HAND: "{amount}: {says}",
    CautionCode.RECORDED_ONLY: (
        "{amount} is recorded as refunded in the order's data only; no money is returned."
    ),
    CautionCode.WENT_BACK: "{amount} went back already, as {reference}; it is counted once.",
    CautionCode.REST_UNALLOCATED: (
        "{rest} of it is for no line; it counts as money above the total that went back."
    ),
    CautionCode.REFUND_FAILED: (
        "Refund {refund} returned nothing, so its amounts can be refunded anew."
    ),
    CautionCode.DATA_RESTORED: (
        "The order's total becomes {total} again (now {reduced}). Money that was paid back stays "
        "paid back; removed access comes back only when its action runs again."
    ),
}


class Caution(Struct, frozen=True, kw_only=True):
    """One thing to know."""

    code: CautionCode
    says: str
    action_id: str | None
    """None where it is about the whole order."""


def on_action(code: CautionCode, action: ActionState, **words: str) -> Caution:
    """Beware of one action."""
    says = say(SENTENCES[code], name=action.name, **words)
    return Caution(code=code, says=says, action_id=action.action_id)


def on_order(code: CautionCode, **words: str | Money) -> Caution:
    """Beware of the order as a whole."""
    return Caution(code=code, says=say(SENTENCES[code], **words), action_id=None)
