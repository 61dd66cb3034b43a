"""From an action that was chosen to the wish about its order, and what that would come to.

The rule to know: a dry run decides on the very wish that is asked for, by the same decision.
"""

from datetime import datetime

from msgspec.structs import asdict

from adapters.commands.recording import OrderRequest
from adapters.commands.requests import Requester, operator_metadata
from adapters.commands.rerun_answer import RerunFiring, Trial
from adapters.commands.rerun_options import RerunManyOptions
from domain.identifiers import OrderId, StreamName, order_stream
from domain.order.commands.actions import RerunAction
from domain.order.decide import decide
from domain.order.state import Order
from domain.order.values import LatestConfiguration
from domain.rejection import Rejection
from projections.attention.rerun_targets import Target
from projections.order_view.firing import effects


def stream_of(requester: Requester, target: Target) -> StreamName:
    """Name the order's stream."""
    return order_stream(requester.shop, OrderId(target.order_id))


def request_of(requester: Requester, target: Target, wish: RerunAction) -> OrderRequest:
    """Ask for one target."""
    metadata = operator_metadata(requester, wish.command_id)
    return OrderRequest(stream_of(requester, target), wish, metadata)


def wish_of_target(
    requester: Requester,
    options: RerunManyOptions,
    target: Target,
    now: datetime,
    latest: LatestConfiguration | None,
) -> RerunAction:
    """Wish that one target runs again, as it was seen."""
    return RerunAction(
        now=now,
        # A key holds no space, so this is the key of no wish about one action.
        command_id=f"{requester.key} {target.action_id}",
        action_id=target.action_id,
        by=requester.by,
        force=options.force,
        use_latest_configuration=options.use_latest_configuration,
        latest=latest,
        run_seen=target.run,
        attempt_seen=target.attempt,
    )


def tried(wish: RerunAction, order: Order) -> Trial:
    """Say what would come of a wish."""
    assert order.order_id, "a target is an action of an order"
    try:
        fires = effects(wish, order, decide(wish, order)).fires
    except Rejection as rejection:
        return rejection
    for firing in fires:
        return RerunFiring(**asdict(firing), order_id=order.order_id, number=order.number)
    return None
