"""What there is to do about a sum of money that is open, in a sentence for people."""

from domain.order.stages import TransferStage
from projections.open_refunds.projection import OpenItem, OpenKind
from projections.order_view.payback_words import how_to_pay_back
from projections.order_view.transfer_words import TO_ALLOCATE, in_flight_says, unresolved_says


def open_says(item: OpenItem) -> str:
    """Say what happens, or what a person must do."""
    match item.kind:
        case OpenKind.OWED:
            return how_to_pay_back(item.provider)
        case OpenKind.IN_FLIGHT:
            return in_flight_says(item.provider, item.stage or TransferStage.REQUESTED)
        case OpenKind.UNRESOLVED:
            return unresolved_says(item.provider, item.code, item.stage or TransferStage.UNRESOLVED)
    return TO_ALLOCATE
