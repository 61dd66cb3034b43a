"""What a person can choose, in the seed's own words, and the wish that it makes.

The rule to know: what is at its default is left out when a request is written for its content
hash, so that a new option with a default does not make another request of an old one.
"""

from datetime import datetime
from typing import Annotated, TypeAlias, assert_never

from msgspec import Meta, Struct
from msgspec.structs import asdict

from adapters.commands.setting_store import SettingStore
from domain.identifiers import ActionId
from domain.order.action_outcomes import known_action
from domain.order.commands.actions import RerunAction
from domain.order.commands.lifecycle import AddNote, CompleteOrder
from domain.order.state import Order
from projections.order_view.cautions import PersonsWish

NOTE_CHARACTERS_MAX = 4_000


class CompleteOptions(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How to complete an order."""

    run_actions: bool = True
    restore_refunded_data: bool = False
    """Only with refunds in force."""
    use_latest_configuration: bool = False
    """Only with `run_actions` and a failed action; permanent."""


class RerunOptions(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How to run an action again."""

    confirmed: bool = False
    """Needed where the action has succeeded: its effect happens again."""
    force: bool = False
    """Needed where the action is running: the run going on is believed dead."""
    use_latest_configuration: bool = False
    """Only where the action has failed; permanent."""
    run_seen: int | None = None
    attempt_seen: int | None = None
    """What the person saw; the wish is refused if it has changed."""


class NoteOptions(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What to write down."""

    text: Annotated[str, Meta(min_length=1, max_length=NOTE_CHARACTERS_MAX)]


Options: TypeAlias = CompleteOptions | RerunOptions | NoteOptions


class Wanted(Struct, frozen=True, kw_only=True):
    """What is wanted of an order, as far as its idempotency key stands for it."""

    options: Options
    action_id: ActionId | None = None
    """Of a re-run."""


class Asking(Struct, frozen=True, kw_only=True):
    """Who wants something, and when; what every wish carries."""

    now: datetime
    command_id: str
    by: str


async def wish_of(
    wanted: Wanted, asking: Asking, order: Order, settings: SettingStore
) -> PersonsWish:
    """Make the wish, with the latest configuration of the actions that it is about."""
    options = wanted.options
    match options:
        case CompleteOptions():
            newest = await settings.latest_of(order.shop, order.actions)
            return CompleteOrder(**asdict(asking), **asdict(options), latest=newest)
        case RerunOptions():
            action = known_action(wanted.action_id or ActionId(""), order)
            newest = await settings.latest_of(order.shop, [action])
            return RerunAction(
                **asdict(asking),
                **asdict(options),
                action_id=action.action_id,
                latest=newest.get(action.setting_id) if action.setting_id else None,
            )
        case NoteOptions():
            return AddNote(**asdict(asking), **asdict(options))
        case _:
            assert_never(options)
