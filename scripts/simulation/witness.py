"""A process manager that only the simulator has: it adds an action for each trigger, every time.

The rule to know: fulfilment's wishes are harmless when repeated, so they could never show that a
trigger was reacted to twice. This one's are not.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.catalogue import NAMES_BY_TYPE
from domain.configuration.settings import ActionLevel, SystemeContact
from domain.identifiers import ActionId
from domain.order.commands.actions import AddAction
from domain.order.decide import OrderWish
from domain.order.events import OrderFact, OrderMarkedCompleted, PaymentReceived
from domain.order.state import Order
from domain.order.values import PlannedAction
from processors.process_manager import ProcessManager

TRIGGERS = (PaymentReceived, OrderMarkedCompleted)


def react(_: OrderFact, order: Order, now: datetime) -> Sequence[OrderWish]:
    """Add one more action, whatever there is."""
    added = sum(action.level is ActionLevel.ORDER for action in order.actions)
    planned = PlannedAction(
        action_id=ActionId(f"witness-{added}"),
        name="Witness",
        level=ActionLevel.ORDER,
        settings=SystemeContact(tags=("seen",)),
    )
    return [AddAction(now=now, action=planned)]


WITNESS = ProcessManager(
    name="witness", triggers=frozenset(NAMES_BY_TYPE[trigger] for trigger in TRIGGERS), react=react
)
