"""The order sheet: what an order's facts, read up to one of them, leave to look at."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from domain.identifiers import SettingId
from domain.message import Recorded
from domain.order.completion import failed_actions, restorable_refunds
from domain.order.events import OrderFact
from domain.order.evolve import evolve
from domain.order.state import NEW_ORDER, Order
from domain.order.values import LatestConfiguration
from projections.order_view.action_details import action_details
from projections.order_view.details import CompletionDetails, NoteDetails, OrderDetails
from projections.order_view.general import customer_details, general_details
from projections.order_view.payment_details import dispute_details, payment_details
from projections.order_view.refund_details import external_refund_details, refund_details

NO_LATEST: Mapping[SettingId, LatestConfiguration] = {}


def view(
    facts: Sequence[Recorded[OrderFact]],
    now: datetime,
    grace: timedelta,
    latest: Mapping[SettingId, LatestConfiguration] = NO_LATEST,
) -> OrderDetails | None:
    """Show an order as these facts leave it; None where it had not begun.

    Give all of its facts for the present, the first of them for its past. `latest` holds the
    newest revisions of the settings that its failed actions came from.
    """
    order = fold(facts)
    if order.order_id is None or order.created_at is None:
        return None
    product_by_line = {line.line_id: line.name for line in order.lines}
    return OrderDetails(
        shop=order.shop,
        order_id=order.order_id,
        number=order.number,
        version=facts[-1].version,
        recorded_at=facts[-1].recorded_at,
        created_at=order.created_at,
        status=order.status,
        payment_status=order.payment_status,
        is_imported=order.is_imported,
        attention=order.attention_reasons(now, grace),
        general=general_details(order),
        customer=customer_details(order),
        payments=tuple(payment_details(payment) for payment in order.payments),
        disputes=tuple(dispute_details(dispute) for dispute in order.disputes),
        actions=tuple(action_details(action, product_by_line, latest) for action in order.actions),
        refunds=tuple(refund_details(refund, order, product_by_line) for refund in order.refunds),
        external_refunds=tuple(external_refund_details(e, order) for e in order.external_refunds),
        notes=tuple(NoteDetails(at=note.at, by=note.by, text=note.text) for note in order.notes),
        completion=CompletionDetails(
            can_restore_refunded_data=bool(restorable_refunds(order)),
            can_use_latest_configuration=bool(failed_actions(order)),
        ),
    )


def until(facts: Sequence[Recorded[OrderFact]], moment: datetime) -> Sequence[Recorded[OrderFact]]:
    """Keep what the ledger knew at a moment: its own clock counts, not the sender's."""
    return [fact for fact in facts if fact.recorded_at <= moment]


def fold(facts: Sequence[Recorded[OrderFact]]) -> Order:
    """Fold facts into the order that they leave."""
    order = NEW_ORDER
    for fact in facts:
        order = evolve(order, fact.event, fact.recorded_at)
    return order
