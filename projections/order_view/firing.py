"""What a person's wish records and fires, to whom and with which settings; the same dry or done.

The rule to know: it is a function of the order before, the wish and the facts, so a dry run, the
first answer and every later answer to the same request say the same.
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from domain.catalogue import name_of
from domain.configuration.masking import masked
from domain.configuration.settings import ActionSettings, kind_of
from domain.order.commands.persons import PersonsWish
from domain.order.events import ActionAdded, ActionRequested, OrderFact
from domain.order.evolve import evolve
from domain.order.state import Order
from projections.order_view.caution_words import Caution
from projections.order_view.cautions import cautions
from projections.order_view.differences import Difference, differences
from projections.order_view.recipients import Reach, reach_of
from projections.order_view.refund_telling import telling_of
from projections.order_view.sentences import sentence_of


class RecordedFact(Struct, frozen=True, kw_only=True):
    """One fact that the wish comes to."""

    event: str
    says: str


class Firing(Reach, frozen=True, kw_only=True):
    """A run of an action that begins at once."""

    action_id: str
    name: str
    kind: str
    run: int
    settings: ActionSettings
    """As the run uses them, secrets masked."""
    revision: int
    differences: tuple[Difference, ...]
    """From the settings that the action had before."""


class Effects(Struct, frozen=True, kw_only=True):
    """What a wish comes to."""

    recorded: tuple[RecordedFact, ...]
    fires: tuple[Firing, ...]
    cautions: tuple[Caution, ...]
    telling: str
    """Whether the customer of a refund is told of it; "" where none begins."""


def effects(wish: PersonsWish, before: Order, facts: Sequence[OrderFact]) -> Effects:
    """Tell what a wish comes to, from the facts that were decided or recorded for it."""
    known = _with_added(before, facts)
    return Effects(
        recorded=tuple(_recorded(before, facts)),
        fires=tuple(_firing(known, fact) for fact in facts if isinstance(fact, ActionRequested)),
        cautions=tuple(cautions(wish, known, facts)),
        telling=telling_of(before, facts),
    )


def _with_added(before: Order, facts: Sequence[OrderFact]) -> Order:
    """Let the order know the actions that the wish adds to it, as they were before they ran."""
    order = before
    for fact in facts:
        if isinstance(fact, ActionAdded):
            order = evolve(order, fact, fact.at)
    return order


def _recorded(before: Order, facts: Sequence[OrderFact]) -> Iterator[RecordedFact]:
    order = before
    for fact in facts:
        order = evolve(order, fact, fact.at)
        yield RecordedFact(event=name_of(fact), says=sentence_of(fact, order))


def _firing(before: Order, fact: ActionRequested) -> Firing:
    action = before.actions_by_id[fact.action_id]
    reach = reach_of(before, fact.settings)
    return Firing(
        action_id=action.action_id,
        name=action.name,
        kind=kind_of(fact.settings),
        run=fact.run,
        recipient=reach.recipient,
        destination=reach.destination,
        settings=masked(fact.settings),
        revision=fact.revision,
        differences=differences(action.settings, fact.settings),
    )
