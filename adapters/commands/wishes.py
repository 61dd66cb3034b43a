"""From what a person wants to the wish that the domain decides on."""

from datetime import datetime
from typing import Any, assert_never

from msgspec.structs import asdict

from adapters.commands.options import (
    CompleteOptions,
    NoteOptions,
    RemovedByHand,
    RerunOptions,
    Wanted,
)
from adapters.commands.requests import Requester
from domain.identifiers import ActionId, SettingId
from domain.order.commands.actions import ConfirmManualRemoval, RerunAction
from domain.order.commands.lifecycle import AddNote, CompleteOrder
from domain.order.commands.persons import PersonsWish
from domain.order.rejections import known_action
from domain.order.state import Order
from domain.order.values import LatestConfiguration


def wish_of(
    wanted: Wanted,
    requester: Requester,
    now: datetime,
    order: Order,
    latest: dict[SettingId, LatestConfiguration],
) -> PersonsWish:
    """Make the wish; `latest` matters only where the latest configuration is wanted.

    Raises ActionUnknown.
    """
    options = wanted.options
    every: dict[str, Any] = {"now": now, "command_id": requester.key, "by": requester.by}
    match options:
        case CompleteOptions():
            return CompleteOrder(**every, **asdict(options), latest=latest)
        case RerunOptions():
            action = known_action(wanted.action_id or ActionId(""), order)
            return RerunAction(
                **every,
                **asdict(options),
                action_id=action.action_id,
                latest=latest.get(action.setting_id) if action.setting_id else None,
            )
        case RemovedByHand():
            removal = known_action(wanted.action_id or ActionId(""), order)
            return ConfirmManualRemoval(**every, action_id=removal.action_id)
        case NoteOptions():
            return AddNote(**every, **asdict(options))
        case _:
            assert_never(options)
