"""What a person should know before, or be told after, a wish: effects that are easily missed."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from domain.money import Money
from domain.order.commands.actions import ConfirmManualRemoval, RerunAction
from domain.order.commands.lifecycle import AddNote, CompleteOrder
from domain.order.commands.persons import PersonsWish
from domain.order.commands.refunds import AllocateExternalRefund, RequestRefund
from domain.order.commands.transfers import ConfirmManualRefund
from domain.order.completing import fold
from domain.order.completion import failed_actions, runs_again
from domain.order.events import (
    ActionCancelled,
    ActionReconfigured,
    ActionRequested,
    OrderFact,
    RefundedDataRestored,
)
from domain.order.parts import ActionState
from domain.order.running import running_for
from domain.order.stages import ActionStage
from domain.order.state import Order
from domain.phrase import say
from projections.order_view.caution_words import Caution, CautionCode, on_action, on_order
from projections.order_view.recipients import reach_of
from projections.order_view.refund_cautions import of_refunding


def cautions(wish: PersonsWish, before: Order, facts: Sequence[OrderFact]) -> Iterator[Caution]:
    """Go through what is easily missed about a wish and the facts that it came to."""
    yield from _of_restoring(before, facts)
    yield from _of_giving(before, facts)
    for fact in facts:
        if isinstance(fact, ActionRequested):
            yield from _of_run(before, fact)
    match wish:
        case CompleteOrder():
            yield from _of_completing(wish, before, facts)
        case RerunAction():
            yield from _of_rerun(wish, before, facts)
        case AddNote() | ConfirmManualRemoval():
            pass
        case RequestRefund() | ConfirmManualRefund() | AllocateExternalRefund():
            yield from of_refunding(before, facts)
        case _:
            assert_never(wish)


def _of_restoring(before: Order, facts: Sequence[OrderFact]) -> Iterator[Caution]:
    for fact in facts:
        if isinstance(fact, RefundedDataRestored):
            yield on_order(
                CautionCode.DATA_RESTORED,
                total=Money(fold(before, [fact], fact.at).total, before.currency),
                reduced=Money(before.total, before.currency),
            )


def _of_giving(before: Order, facts: Sequence[OrderFact]) -> Iterator[Caution]:
    """Warn of what is given although the money, or the order's past, speaks against it."""
    fired = [fact.action_id for fact in facts if isinstance(fact, ActionRequested)]
    if not any(before.actions_by_id[action_id].gives for action_id in fired):
        return
    if not before.is_paid:
        yield on_order(
            CautionCode.NOT_PAID,
            received=Money(before.received_total, before.currency),
            due=Money(before.original_total, before.currency),
        )
    if before.is_imported:
        yield on_order(CautionCode.IMPORTED)
    refunded = Money(before.refunded_total, before.currency)
    if refunded.amount and not any(isinstance(fact, RefundedDataRestored) for fact in facts):
        yield on_order(CautionCode.REFUNDED, refunded=refunded)


def _of_run(before: Order, fact: ActionRequested) -> Iterator[Caution]:
    action = before.actions_by_id[fact.action_id]
    if action.stage is ActionStage.SUCCEEDED:
        yield on_action(CautionCode.FIRES_AGAIN, action)
    if fact.forced:
        yield on_action(CautionCode.FORCED, action, running=running_for(action, fact.at))
    if not reach_of(before, fact.settings).is_known:
        yield on_action(CautionCode.NO_RECIPIENT, action)


def _of_completing(
    wish: CompleteOrder, before: Order, facts: Sequence[OrderFact]
) -> Iterator[Caution]:
    if not wish.run_actions:
        is_cancelled = any(isinstance(fact, ActionCancelled) for fact in facts)
        cancelled = say(" What was still to be tried is called off.") if is_cancelled else ""
        yield on_order(CautionCode.NOTHING_FIRES, cancelled=cancelled)
    for action in before.actions:
        if action.gives and not runs_again(action):
            yield on_action(CautionCode.LEFT_RUNNING, action)
        elif wish.run_actions and not action.gives:
            yield on_action(CautionCode.NOT_RUN_AGAIN, action)
    if wish.use_latest_configuration:
        yield from _of_settings(wish, before, facts)


def _of_settings(
    wish: CompleteOrder, before: Order, facts: Sequence[OrderFact]
) -> Iterator[Caution]:
    for action in failed_actions(before):
        if _is_replaced(action, facts):
            continue
        is_gone = action.setting_id is not None and action.setting_id not in wish.latest
        yield on_action(CautionCode.SETTINGS_GONE if is_gone else CautionCode.SETTINGS_STAY, action)


def _of_rerun(wish: RerunAction, before: Order, facts: Sequence[OrderFact]) -> Iterator[Caution]:
    action = before.actions_by_id[wish.action_id]
    if wish.use_latest_configuration and not _is_replaced(action, facts):
        yield on_action(CautionCode.SETTINGS_STAY, action)


def _is_replaced(action: ActionState, facts: Sequence[OrderFact]) -> bool:
    return any(
        isinstance(fact, ActionReconfigured) and fact.action_id == action.action_id
        for fact in facts
    )
