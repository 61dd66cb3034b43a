"""Decide on news of chargebacks: facts of the provider, each recorded once."""

from domain.order.commands.payments import CloseDispute, OpenDispute
from domain.order.events import DisputeClosed, OrderFact, PaymentDisputed
from domain.order.evolving.disputes import STAGE_BY_OUTCOME
from domain.order.rejections import PaymentUnknown, require_fit
from domain.order.stages import DisputeStage
from domain.order.state import Order
from domain.phrase import say
from domain.rejection import Rejection


class DisputeUnknown(Rejection):
    """The dispute's opening has not come yet."""

    code = "dispute_unknown"
    is_early = True

    def __init__(self, dispute_id: str) -> None:
        super().__init__(say("The order has no dispute {dispute_id!r}.", dispute_id=dispute_id))


class DisputeEndedOtherwise(Rejection):
    """A dispute ends once."""

    code = "dispute_ended_otherwise"

    def __init__(self, dispute_id: str) -> None:
        super().__init__(
            say(
                "Dispute {dispute_id!r} has already ended with another outcome.",
                dispute_id=dispute_id,
            )
        )


def open_dispute(command: OpenDispute, order: Order) -> list[OrderFact]:
    """Note that money is contested."""
    payment = order.payments_by_id.get(command.payment_id)
    if payment is None or not payment.is_received:
        raise PaymentUnknown(command.payment_id)
    require_fit(order, command.amount)
    if command.dispute_id in order.disputes_by_id:
        return []
    return [
        PaymentDisputed(
            at=command.at,
            dispute_id=command.dispute_id,
            payment_id=command.payment_id,
            amount=command.amount,
        )
    ]


def close_dispute(command: CloseDispute, order: Order) -> list[OrderFact]:
    """Note how it ended."""
    known = order.disputes_by_id.get(command.dispute_id)
    if known is None:
        raise DisputeUnknown(command.dispute_id)
    if known.stage is STAGE_BY_OUTCOME[command.outcome]:
        return []
    if known.stage is not DisputeStage.OPEN:
        raise DisputeEndedOtherwise(command.dispute_id)
    return [DisputeClosed(at=command.at, dispute_id=command.dispute_id, outcome=command.outcome)]
