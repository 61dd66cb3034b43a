"""Decide on a person's word that they did by hand what an access removal could not.

The rule to know: only removals are confirmed so. What a person gave by hand no refund could take
back by itself, so a grant is mended and run again instead.
"""

from domain.order.commands.actions import ConfirmManualRemoval
from domain.order.completing import completed_when_done
from domain.order.events import ActionCancelled, OrderFact
from domain.order.parts import ActionState
from domain.order.rejections import known_action
from domain.order.stages import CancelReason
from domain.order.state import Order
from domain.phrase import say
from domain.rejection import Rejection


class NothingToConfirm(Rejection):
    """A person confirms only a removal that failed."""

    code = "nothing_to_confirm"

    def __init__(self, action: ActionState) -> None:
        super().__init__(
            say(
                "Action {action_id!r} is no access removal that failed, so there is "
                "nothing to do by hand.",
                action_id=action.action_id,
            )
        )


def confirm_manual_removal(command: ConfirmManualRemoval, order: Order) -> list[OrderFact]:
    """Take a failed removal as done; an order whose last open action it was is complete by it."""
    if command.command_id in order.command_ids:
        return []
    removal = known_action(command.action_id, order)
    if not (removal.is_removal and removal.has_failed):
        raise NothingToConfirm(removal)
    done = ActionCancelled(
        at=command.now,
        action_id=removal.action_id,
        run=removal.run,
        reason=CancelReason.DONE_BY_HAND,
        command_id=command.command_id,
    )
    return completed_when_done(order, [done], command.now)
