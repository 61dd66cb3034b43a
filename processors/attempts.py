"""The rules of carrying out: what is not even tried, and what an attempt's end means to the order.

The rule to know: what was cut off is tried again only where the receiver knows our key. An email
that was cut off may have been sent, and sending twice is worse than asking.
"""

from datetime import datetime

from domain.order.commands.actions import CancelAction, FailAction, SucceedAction
from domain.order.parts import ActionState
from domain.order.state import Order
from processors.ports import Failed, Outcome, Succeeded, Unwanted

CUSTOMER_ERASED = Failed(code="customer_erased", message="The customer's data was erased.")
INTERNAL_ERROR = Failed(code="internal_error", message="The ledger's own mistake; see its log.")
LEDGER_UNAVAILABLE = Failed(
    code="ledger_unavailable",
    message="The ledger could not read its own settings or secrets; nothing was sent.",
    is_retryable=True,
)
NO_ANSWER = Failed(code="timeout", message="There was no answer in time.", is_retryable=True)
NOT_SENT = Failed(
    code="not_sent", message="It was cut off before anything was sent.", is_retryable=True
)
OUTCOME_UNKNOWN = Failed(
    code="outcome_unknown", message="It was cut off; nobody can tell whether it took effect."
)


def refused(order: Order, action: ActionState) -> Failed | None:
    """Say why an attempt is not made."""
    is_lost = order.customer is None and action.settings.needs_customer
    return CUSTOMER_ERASED if is_lost else None


def cut_off(action: ActionState) -> Failed:
    """Say what is known of an attempt that was cut off."""
    return NO_ANSWER if action.is_repeatable else OUTCOME_UNKNOWN


def outcome_command(
    action: ActionState, outcome: Outcome, *, now: datetime, jitter: float
) -> SucceedAction | FailAction | CancelAction:
    """Tell the order what came of its action's attempt."""
    if isinstance(outcome, Succeeded):
        return SucceedAction(
            now=now,
            action_id=action.action_id,
            run=action.run,
            attempt=action.attempt,
            answer=outcome.answer,
        )
    if isinstance(outcome, Unwanted):
        return CancelAction(
            now=now,
            action_id=action.action_id,
            run=action.run,
            attempt=action.attempt,
            reason=outcome.reason,
            justified_by=outcome.justified_by,
        )
    return FailAction(
        now=now,
        action_id=action.action_id,
        run=action.run,
        attempt=action.attempt,
        code=outcome.code,
        message=outcome.message,
        is_retryable=outcome.is_retryable,
        retry_after_seconds=outcome.retry_after_seconds,
        jitter=jitter,
    )
