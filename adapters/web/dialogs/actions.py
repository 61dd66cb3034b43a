"""What the dialogs about one post-purchase action share: which one, and how it stands."""

from adapters.http_api.escaped import path_part
from adapters.web.access import PageRequest
from adapters.web.dialogs.asking import Question
from domain.identifiers import ActionId
from domain.order.rejections import ActionUnknown
from projections.order_view.action_details import ActionDetails
from projections.order_view.details import OrderDetails
from projections.order_view.firing import Effects


class ActionQuestion(Question, frozen=True, kw_only=True):
    """An action, and what comes of what is chosen."""

    order: OrderDetails
    action: ActionDetails
    effects: Effects | None
    """None where it is refused."""


def action_in_path(request: PageRequest) -> ActionId:
    """Say which action the address names."""
    return ActionId(path_part(request, "/actions/"))


def found_action(order: OrderDetails, action_id: ActionId) -> ActionDetails:
    """Find an action; raise ActionUnknown."""
    for action in order.actions:
        if action.action_id == action_id:
            return action
    raise ActionUnknown(action_id)
