"""The simulator finds what is wrong: each bug here is planted, found, and found again by its seed."""

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from adapters.postgres.rows import Append, Appended, Move, Row
from adapters.running.reactor import Reactor
from adapters.running.saving import Changes
from domain.order.commands.actions import StartAction, SucceedAction
from domain.order.completing import completed_when_done
from domain.order.decide import OrderWish, decide
from domain.order.events import ActionStarted, ActionSucceeded, OrderFact
from domain.order.parts import ActionState
from domain.order.state import Order
from processors.fulfilment import FULFILMENT
from processors.process_manager import ProcessManager
from projections.row_model import RowModel
from projections.work_list.projection import WORK_LIST, WorkRow
from scripts.simulation.faults import Faults
from scripts.simulation.journal import JournalTables, SimulatedJournal
from scripts.simulation.keys import SimulatedKeyRing
from scripts.simulation.scheduler import Scheduler
from scripts.simulation.stories import Story
from scripts.simulation.tables import ModelTable
from scripts.simulation.witness import WITNESS
from scripts.simulation.work import WorkTable
from scripts.simulation.world import Wiring, World
from tests.scripts.simulation.planting import found, plant_decision


class UnfencedTable(ModelTable):
    def save(self, changes: Changes[Any], move: Move, positions: dict[str, int]) -> bool:
        """Write whatever comes; the position only ever grows."""
        stored = positions[move.follower]
        positions[move.follower] = move.from_position or 0
        super().save(changes, move, positions)
        positions[move.follower] = max(stored, move.to_position)
        return True


class Unfenced(Wiring):
    def model_table(self, model: RowModel[Any]) -> ModelTable:
        return UnfencedTable(model)


def test_a_position_that_moves_without_a_fence() -> None:
    found("I3", Unfenced())


class ForgetfulJournal(SimulatedJournal):
    async def append(self, appends: Sequence[Append], move: Move | None = None) -> list[Appended]:
        return await super().append([replace(append, inbox=()) for append in appends], move)


class Forgetful(Wiring):
    def journal(self, tables: JournalTables) -> SimulatedJournal:
        return ForgetfulJournal(tables)


def test_a_forgotten_inbox_entry() -> None:
    found("I1", Forgetful())


def only_first_attempts(order: Order, version: int, position: int) -> WorkRow | None:
    row = WORK_LIST.row(order, version, position)
    return row and replace(row, items=tuple(item for item in row.items if item.attempt == 1))


class Losing(Wiring):
    def work_table(self, scheduler: Scheduler) -> WorkTable:
        return WorkTable(replace(WORK_LIST, row=only_first_attempts), scheduler)


def test_a_lost_retry() -> None:
    found("I5: a run is lost", Losing())


class GuardlessReactor(Reactor):
    def _fold(self, rows: Sequence[Row]) -> tuple[Order, set[str]]:
        order, _ = super()._fold(rows)
        return order, set()


class Guardless(Wiring):
    """Where it matters: twins that are held up between an append and the next."""

    def faults(self, _: Random) -> Faults:
        return Faults(crash=0.08, second_runner=1.0)

    def story(self, random: Random) -> Story:
        while len((story := super().story(random)).streams) < 3:
            pass
        return story

    def process_managers(self, _: Random) -> tuple[ProcessManager, ...]:
        return (FULFILMENT, WITNESS)

    def reactor(
        self,
        manager: ProcessManager,
        journal: SimulatedJournal,
        keys: SimulatedKeyRing,
        world: World,
    ) -> Reactor:
        return GuardlessReactor(manager, journal, keys, world.scheduler.now)


def test_a_reaction_that_does_not_look_for_itself() -> None:
    found("reactions", Guardless())


def test_an_email_taken_for_repeatable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ActionState, "is_repeatable", property(lambda _: True))
    found("I5", Wiring())


def test_an_attempt_number_that_nobody_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    def start(command: StartAction) -> list[OrderFact]:
        return [
            ActionStarted(
                at=command.now,
                action_id=command.action_id,
                run=command.run,
                attempt=command.attempt,
                worker=command.worker,
            )
        ]

    def decision(command: OrderWish, order: Order) -> list[OrderFact]:
        return start(command) if isinstance(command, StartAction) else decide(command, order)

    plant_decision(monkeypatch, decision)
    found("fence", Wiring())


def test_an_outcome_of_an_old_run_that_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    def decision(command: OrderWish, order: Order) -> list[OrderFact]:
        if isinstance(command, SucceedAction):
            succeeded = ActionSucceeded(
                at=command.now,
                action_id=command.action_id,
                run=command.run,
                attempt=command.attempt,
            )
            return completed_when_done(order, [succeeded], command.now)
        return decide(command, order)

    plant_decision(monkeypatch, decision)
    found("fence", Wiring())
