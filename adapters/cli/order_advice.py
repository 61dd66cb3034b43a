"""What to do next when a wish about an order is refused, or its outcome is not known."""

from collections.abc import Iterator
from contextlib import contextmanager

from adapters.cli.exits import NotFound, OutcomeNotKnown, Refused
from adapters.postgres.errors import OutcomeUnknown
from domain.order.rejections import ActionUnknown, LineUnknown, RefundUnknown
from domain.rejection import Rejection

ADVICE_BY_CODE = {
    "confirmation_needed": "Its effect happens again. If that is wanted: --confirm.",
    "action_running": "If you are sure that the run going on is dead: --force.",
    "nothing_to_restore": "Leave --restore-refunded-data out.",
    "no_failed_action": "Leave --use-latest-configuration out.",
    "action_not_failed": "Leave --use-latest-configuration out.",
    "latest_needs_run": "Leave --no-run-actions or --use-latest-configuration out.",
    "no_latest_configuration": (
        "Leave --use-latest-configuration out, or publish the setting in the checkout."
    ),
    "nothing_to_confirm": "`orders show` tells the id and status of each action.",
    "order_not_placed": "Nothing was bought yet, so there is nothing to complete.",
    "refundable_changed": "Somebody refunded it meanwhile. Look again: --preview.",
    "amount_out_of_range": "What is left of each line: --preview.",
    "over_returnable": "What can be returned: --preview. To record it only: --record-only.",
    "over_excess": "How much is above the total: --preview.",
    "nothing_to_refund": "What can be refunded: --preview.",
    "line_not_refunded_in_full": "Leave --remove-access out, or refund all that is left of it.",
    "no_offer_access": "Leave --remove-offer-access out.",
    "nothing_owed": "`order-ledger refunds owed` lists what is.",
    "transfer_being_asked": "`order-ledger orders show` tells what came of it.",
    "nothing_to_deny": "`order-ledger orders show` tells where its money stands.",
    "transfer_not_unresolved": "`order-ledger orders show` tells where its money stands.",
    "over_external_refund": "Give the lines less; the rest counts as money above the total.",
    "idempotency_key_reused": "Take another --idempotency-key, or none.",
}


@contextmanager
def advising(named: str, key: str) -> Iterator[None]:
    """Say what to do next when a wish about what is named fails."""
    try:
        yield
    except (ActionUnknown, LineUnknown, RefundUnknown) as rejection:
        raise NotFound(
            str(rejection), f"`order-ledger orders show {named}` tells them."
        ) from rejection
    except OutcomeUnknown as error:
        raise OutcomeNotKnown(
            "the connection was lost while recording; it may or may not stand",
            f"Say it again with --idempotency-key {key}: it is not done twice.",
        ) from error
    except Rejection as rejection:
        if rejection.code not in ADVICE_BY_CODE:
            raise
        advice = ADVICE_BY_CODE[rejection.code]
        raise Refused(str(rejection), advice, rejection.code) from rejection
