"""An order's facts as people may read them: without the secrets of what they carry."""

from msgspec.structs import replace

from domain.configuration.masking import masked
from domain.order.events import (
    ActionAdded,
    ActionOutcomeLate,
    ActionReconfigured,
    ActionRequested,
    ActionSucceeded,
    OrderFact,
    OrderPlaced,
    OrderRevised,
)
from domain.order.values import Answer, PlannedAction


def masked_fact(fact: OrderFact) -> OrderFact:
    """Hide the secrets of every setting that a fact carries."""
    match fact:
        case OrderPlaced(actions=actions) | OrderRevised(actions=actions):
            return replace(fact, actions=tuple(_masked_action(action) for action in actions))
        case ActionAdded(action=action):
            return replace(fact, action=_masked_action(action))
        case ActionRequested(settings=settings) | ActionReconfigured(settings=settings):
            return replace(fact, settings=masked(settings))
        case (
            ActionSucceeded(personal=Answer() as answer)
            | ActionOutcomeLate(personal=Answer() as answer)
        ):
            return replace(fact, personal=replace(answer, removal_target=""))
        case _:
            return fact


def _masked_action(action: PlannedAction) -> PlannedAction:
    return replace(action, settings=masked(action.settings))
