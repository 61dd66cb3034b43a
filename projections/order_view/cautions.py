"""What a person should know before, or be told after, a wish: effects that are easily missed."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TypeAlias, assert_never

from msgspec import Struct

from domain.money import Money
from domain.order.commands.actions import RerunAction
from domain.order.commands.lifecycle import AddNote, CompleteOrder
from domain.order.completing import fold
from domain.order.completion import failed_actions, runs_again
from domain.order.events import (
    ActionReconfigured,
    ActionRequested,
    OrderFact,
    RefundedDataRestored,
)
from domain.order.parts import ActionState
from domain.order.stages import ActionStage
from domain.order.state import Order
from projections.order_view.recipients import recipient_of

PersonsWish: TypeAlias = CompleteOrder | RerunAction | AddNote


class CautionCode(StrEnum):
    """What to beware of."""

    FIRES_AGAIN = "fires_again"
    FORCED = "forced"
    NO_RECIPIENT = "no_recipient"
    LEFT_RUNNING = "left_running"
    NOT_RUN_AGAIN = "not_run_again"
    SETTINGS_STAY = "settings_stay"
    DATA_RESTORED = "data_restored"
    NOTHING_FIRES = "nothing_fires"


SENTENCES = {
    CautionCode.FIRES_AGAIN: "{name} succeeded before; its effect happens again.",
    CautionCode.FORCED: "{name} is running; if that run is alive, its effect may happen twice.",
    CautionCode.NO_RECIPIENT: "{name} has nobody to go to: who or where is not known any more.",
    CautionCode.LEFT_RUNNING: "{name} is running and is left alone.",
    CautionCode.NOT_RUN_AGAIN: "{name} belongs to a refund and does not run again.",
    CautionCode.SETTINGS_STAY: "{name} keeps its settings: nothing newer is published.",
    CautionCode.NOTHING_FIRES: "Nothing fires. What was still to be tried is called off.",
    CautionCode.DATA_RESTORED: (
        "The order's total becomes {total} again (now {reduced}). Money that was paid back stays "
        "paid back; removed access comes back only when its action runs again."
    ),
}


class Caution(Struct, frozen=True, kw_only=True):
    """One thing to know."""

    code: CautionCode
    says: str
    action_id: str | None
    """None where it is about the whole order."""


def cautions(wish: PersonsWish, before: Order, facts: Sequence[OrderFact]) -> Iterator[Caution]:
    """Go through what is easily missed about a wish and the facts that it came to."""
    for fact in facts:
        if isinstance(fact, RefundedDataRestored):
            yield _restored(before, fact)
        elif isinstance(fact, ActionRequested):
            yield from _of_run(before, fact)
    match wish:
        case CompleteOrder():
            yield from _of_completing(wish, before, facts)
        case RerunAction():
            if wish.use_latest_configuration:
                yield from _of_settings([before.actions_by_id[wish.action_id]], facts)
        case AddNote():
            pass
        case _:
            assert_never(wish)


def _restored(before: Order, fact: RefundedDataRestored) -> Caution:
    says = SENTENCES[CautionCode.DATA_RESTORED].format(
        total=Money(fold(before, [fact], fact.at).total, before.currency),
        reduced=Money(before.total, before.currency),
    )
    return Caution(code=CautionCode.DATA_RESTORED, says=says, action_id=None)


def _of_run(before: Order, fact: ActionRequested) -> Iterator[Caution]:
    action = before.actions_by_id[fact.action_id]
    if action.stage is ActionStage.SUCCEEDED:
        yield _about(CautionCode.FIRES_AGAIN, action)
    if fact.forced:
        yield _about(CautionCode.FORCED, action)
    if not recipient_of(before, fact.settings):
        yield _about(CautionCode.NO_RECIPIENT, action)


def _of_completing(
    wish: CompleteOrder, before: Order, facts: Sequence[OrderFact]
) -> Iterator[Caution]:
    if not wish.run_actions:
        yield Caution(
            code=CautionCode.NOTHING_FIRES,
            says=SENTENCES[CautionCode.NOTHING_FIRES],
            action_id=None,
        )
        return
    for action in before.actions:
        if not runs_again(action):
            code = CautionCode.LEFT_RUNNING if action.gives else CautionCode.NOT_RUN_AGAIN
            yield _about(code, action)
    if wish.use_latest_configuration:
        yield from _of_settings(failed_actions(before), facts)


def _of_settings(actions: Sequence[ActionState], facts: Sequence[OrderFact]) -> Iterator[Caution]:
    replaced = {fact.action_id for fact in facts if isinstance(fact, ActionReconfigured)}
    for action in actions:
        if action.action_id not in replaced:
            yield _about(CautionCode.SETTINGS_STAY, action)


def _about(code: CautionCode, action: ActionState) -> Caution:
    says = SENTENCES[code].format(name=action.name)
    return Caution(code=code, says=says, action_id=action.action_id)
