"""The post-purchase actions of an order, each with what can be done about it."""

from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import asdict

from domain.configuration.settings import AccessRemoval, ActionSettings
from domain.order.stages import ActionStage
from projections.order_view.action_details import ActionDetails
from projections.order_view.details import OrderDetails

LEFT_OUT = frozenset({"body", "refund_id", "activation_url", "deactivation_url"})
"""Too long for a line, seen in another section, or masked but for its host."""
WORD_BY_FIELD = {"url": "address"}


class SettingShown(Struct, frozen=True):
    """One thing that an action has set."""

    field: str
    value: str | bool


class ShownAction(Struct, frozen=True, kw_only=True):
    """An action and its buttons."""

    details: ActionDetails
    settings: tuple[SettingShown, ...]
    asks_removal_by_hand: bool
    """It is an access removal that failed, which a person may have done instead."""


def shown_actions(order: OrderDetails) -> tuple[ShownAction, ...]:
    """Show an order's actions in its order, but those that failed first."""
    name_by_id = {action.action_id: action.name for action in order.actions}
    return tuple(
        ShownAction(
            details=action,
            settings=tuple(_settings(action.settings, name_by_id)),
            asks_removal_by_hand=action.status is ActionStage.FAILED
            and isinstance(action.settings, AccessRemoval),
        )
        for action in sorted(order.actions, key=_is_well)
    )


def _is_well(action: ActionDetails) -> bool:
    return action.status is not ActionStage.FAILED


def _settings(settings: ActionSettings, name_by_id: Mapping[str, str]) -> Iterator[SettingShown]:
    for name, value in asdict(settings).items():
        if not value or name in LEFT_OUT:
            continue
        field = WORD_BY_FIELD.get(name, name)
        if isinstance(value, tuple):
            yield SettingShown(field, ", ".join(value))
        else:
            yield SettingShown(field, name_by_id.get(value, value))
