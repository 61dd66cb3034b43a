"""What must be true of a schedule once its faults are over and nothing is left to do.

The rule to know: everything is judged from the journal's bytes and from what happened outside, by
a fold of its own; no follower's memory is believed.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from domain.catalogue import name_of
from domain.identifiers import ActionId, StreamName, order_id_of, shop_of
from domain.order.events import (
    ActionFailed,
    ActionRequested,
    ActionStarted,
    ActionSucceeded,
    OrderFact,
)
from domain.order.parts import ActionState
from domain.order.retries import ATTEMPTS_MAX
from domain.order.stages import ActionStage, Closing, RefundStanding
from domain.order.state import Order
from processors.process_manager import ProcessManager
from projections.attention.projection import ATTENTION, AttentionRow
from scripts.simulation.histories import History, histories, require
from scripts.simulation.receivers import is_email
from scripts.simulation.scheduler import BEGAN_AT
from scripts.simulation.witness import WITNESS
from scripts.simulation.world import World

GRACE = timedelta(minutes=5)
WITNESSED = 2
"""Facts of each of the witness's reactions: the action, and its run."""
REFUSALS = frozenset({"already_paid", "amount_out_of_range"})
"""For which a message of these stories can rightly be quarantined; none is parked for ever."""
LOOKS_MINUTES = (0, 1, 4, 6, 10, 20, 40, 10_000)
"""When attention is counted, after the schedule's beginning."""

Check = Callable[[World, list[History]], None]


def check(world: World) -> list[History]:
    """Raise Broken if anything is not as it must be; give what it was judged by."""
    _check_journal(world)
    every = list(histories(world))
    for one in CHECKS:
        one(world, every)
    return every


def _check_journal(world: World) -> None:
    rows = world.tables.rows
    require([r.position for r in rows] == list(range(1, len(rows) + 1)), "I2", "positions")
    require(len({row.event_id for row in rows}) == len(rows), "I2", "an event id stands twice")
    times = [row.recorded_at for row in rows]
    require(times == sorted(times), "I2", "recorded_at went back")
    heads: Counter[StreamName] = Counter()
    for row in rows:
        heads[row.stream] += 1
        require(row.version == heads[row.stream], "I2", f"version {row.version} of {row.stream}")


def _check_facts(_: World, every: list[History]) -> None:
    for one in every:
        for moment in one.moments:
            _check_fact(one.stream, moment.before, moment.recorded.event)


def _check_fact(stream: StreamName, order: Order, fact: OrderFact) -> None:
    """Require that runs and attempts count up one by one, and that only what is under way ends."""
    if not isinstance(fact, ActionRequested | ActionStarted | ActionSucceeded | ActionFailed):
        return
    action = order.actions_by_id[fact.action_id]
    here = (action.run, action.attempt)
    if isinstance(fact, ActionRequested):
        is_right = fact.run == action.run + 1
    elif isinstance(fact, ActionStarted):
        is_right = action.is_in_hand and (fact.run, fact.attempt - 1) == here
    else:
        is_running = action.stage is ActionStage.RUNNING
        is_right = is_running and (fact.run, fact.attempt) == here
    require(is_right, "fence", f"{fact} in {stream} at {here}, {action.stage}")


def _check_acknowledged(world: World, every: list[History]) -> None:
    """I1: what was acknowledged is known; what was granted is recorded, once."""
    held = {row.key[1] for row in world.held.rows.values()}
    known = {message_id for _, message_id in world.tables.inbox}
    for message in world.story.messages:
        is_known = message.id in known or message.id in held
        require(is_known, "I1", f"message {message.id} is lost")
    codes = {row.code for row in world.held.rows.values()}
    require(codes <= REFUSALS, "I1", f"held for {codes}")
    recorded = Counter(
        (one.stream, fact.metadata.command_id) for one in every for fact in one.facts
    )
    for granted in world.granted:
        key = (granted.press.stream, granted.press.command_id)
        facts = recorded[key]
        if granted.answer.rejection is not None:
            require(facts == 0, "I1", f"{key} was refused and has {facts} facts")
        elif granted.answer.facts:
            require(facts == len(granted.answer.facts), "I1", f"{key} has {facts} facts")
        elif granted.answer.is_known:
            require(key[1] in known, "I1", f"{key} is not known")


def _check_models(world: World, every: list[History]) -> None:
    """I3: each read model is the fold of the journal; nothing was set aside."""
    head = len(world.tables.rows)
    for table in world.models:
        require(world.tables.positions[table.model.name] == head, "I10", table.model.name)
        require(not table.aside, "I3", f"{table.model.name} set aside {table.aside}")
        expected = {}
        for one in every:
            last = one.facts[-1]
            row = table.model.row(one.order, last.version, last.position)
            if row is not None:
                expected[shop_of(one.stream), order_id_of(one.stream)] = row
        require(table.rows == expected, "I3", f"{table.model.name}: {table.rows} for {expected}")


def _check_attention(world: World, every: list[History]) -> None:
    """I4: the count equals a count from scratch at any now."""
    table = next(table for table in world.models if table.model is ATTENTION)
    rows = [row for row in table.rows.values() if isinstance(row, AttentionRow)]
    for minutes in LOOKS_MINUTES:
        now = BEGAN_AT + timedelta(minutes=minutes)
        counted = sum(_asks(row, now) for row in rows)
        asking = sum(bool(one.order.attention_reasons(now, GRACE)) for one in every)
        require(counted == asking, "I4", f"{counted} orders instead of {asking} at {now}")


def _asks(row: AttentionRow, now: datetime) -> bool:
    since = row.unfinished_since
    is_late = since is not None and since + GRACE <= now
    return is_late or (row.asks_at_once_from is not None and row.asks_at_once_from <= now)


def _check_ending(_: World, every: list[History]) -> None:
    """I7: every paid order reaches completion or attention; no wanted run is lost."""
    for one in every:
        order = one.order
        if order.is_paid and not order.is_imported and not _was_refunded(one):
            is_closed = order.closing is not Closing.OPEN
            asks = order.attention_due_at(GRACE) is not None
            require(is_closed or asks, "I7", f"{one.stream} is neither complete nor asking")
            for action in order.actions:
                is_asked_for = action.stage is not ActionStage.PLANNED
                is_settled = is_asked_for or order.is_closed_by_hand
                require(is_settled, "I7", f"{action.action_id} of {one.stream} never ran")
        for action in order.actions:
            require(action.code != "internal_error", "mistake", f"{action} of {one.stream}")
            is_left = action.stage in (ActionStage.REQUESTED, ActionStage.RETRYING)
            is_left = is_left or (
                action.stage is ActionStage.RUNNING
                and not is_email(action)
                and action.attempt < ATTEMPTS_MAX
            )
            require(not is_left, "I5", f"a run is lost: {action} of {one.stream}")


def _was_refunded(one: History) -> bool:
    """Say whether it was refunded in full at some time."""
    return any(m.after.refund_standing is RefundStanding.FULL for m in one.moments)


def _check_outside(world: World, every: list[History]) -> None:
    """I5: what took effect outside was wanted, and took effect once."""
    actions: dict[str, ActionState] = {}
    begun: set[tuple[str, int]] = set()
    succeeded: set[str] = set()
    for one in every:
        keys = _keys(one)
        for recorded in one.facts:
            fact = recorded.event
            if isinstance(fact, ActionStarted):
                begun.add((keys[fact.action_id, fact.run], fact.attempt))
            if isinstance(fact, ActionSucceeded):
                succeeded.add(keys[fact.action_id, fact.run])
        actions |= {
            key: one.order.actions_by_id[action_id]
            for (action_id, _), key in keys.items()
            if action_id in one.order.actions_by_id
        }
    receivers = world.receivers
    for call, times in receivers.calls.items():
        require(call in begun, "I5", f"{call} was made and never begun")
        require(times == 1, "I5", f"{call} was made {times} times")
    for key, times in receivers.effects.items():
        require(times == 1, "I5", f"{key} took effect {times} times ({actions[key].kind})")
    for key in succeeded:
        require(receivers.effects[key], "I5", f"{key} succeeded without an effect")


def _keys(one: History) -> Mapping[tuple[ActionId, int], str]:
    requested = (fact.event for fact in one.facts if isinstance(fact.event, ActionRequested))
    return {(fact.action_id, fact.run): fact.key for fact in requested}


def _check_reactions(world: World, every: list[History]) -> None:
    """Each trigger was reacted to once, in one append."""
    for manager in world.process_managers:
        aside = world.aside[manager.name]
        require(not aside, "reactions", f"{manager.name} set aside {aside}")
        require(world.tables.positions[manager.name] == len(world.tables.rows), "I10", manager.name)
        for one in every:
            reactions = _reactions(manager, one)
            for trigger, versions in reactions.items():
                is_whole = versions == list(range(versions[0], versions[-1] + 1))
                require(is_whole, "reactions", f"{trigger} was reacted to twice: {versions}")
            if manager is WITNESS:
                triggers = {
                    str(f.event_id) for f in one.facts if name_of(f.event) in manager.triggers
                }
                require(reactions.keys() == triggers, "reactions", f"{triggers}: {reactions}")
                is_single = all(len(versions) == WITNESSED for versions in reactions.values())
                require(is_single, "reactions", f"not once each: {reactions}")


def _reactions(manager: ProcessManager, one: History) -> dict[str, list[int]]:
    """Give the versions of what each trigger led to."""
    versions: dict[str, list[int]] = {}
    for fact in one.facts:
        if fact.metadata.actor.id == manager.name:
            versions.setdefault(fact.metadata.causation_id, []).append(fact.version)
    return versions


CHECKS: tuple[Check, ...] = (
    _check_facts,
    _check_acknowledged,
    _check_models,
    _check_attention,
    _check_ending,
    _check_outside,
    _check_reactions,
)
