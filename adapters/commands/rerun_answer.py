"""What came of a wish that many actions run again, or would come of it."""

from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct

from adapters.commands.recording import Answered
from domain.identifiers import OrderId
from domain.rejection import Rejection
from projections.attention.rerun_targets import Choice, Chosen
from projections.order_view.firing import Firing


class RefusedRerun(Struct, frozen=True, kw_only=True):
    """An action that was not asked for, and why."""

    order_id: OrderId
    action_id: str
    code: str


class RerunFiring(Firing, frozen=True, kw_only=True):
    """A run of one of these actions that would begin."""

    order_id: OrderId
    number: str


Trial: TypeAlias = RerunFiring | Rejection | None
"""What a dry run of one comes to; None: it was asked for already."""


class RerunAnswer(Struct, frozen=True, kw_only=True):
    """What came of it; of a dry run, what would come of it."""

    is_dry_run: bool
    requested: tuple[Chosen, ...]
    """Actions that run again, those that waited longest first."""
    refused: tuple[RefusedRerun, ...]
    """Actions that were not asked for: most have changed since they were chosen."""
    remaining: int
    """Actions that were left for a next wish when these were chosen."""
    needs_force: int
    """Actions beside these that were running then."""
    fires: tuple[RerunFiring, ...]
    """Of a dry run: what would fire, to whom and with which settings, in this order."""
    position: int
    """Up to which a read model must have come to show it; 0 if nothing was asked for."""


def answer_of(choice: Choice, answers: Sequence[Answered]) -> RerunAnswer:
    """Say what came of each target."""
    position = max((one.position for one in answers), default=0)
    return _answer(choice, [one.rejection for one in answers], position=position)


def trial_of(choice: Choice, trials: Sequence[Trial]) -> RerunAnswer:
    """Say what would come of each target."""
    refusals = [one if isinstance(one, Rejection) else None for one in trials]
    fires = tuple(one for one in trials if isinstance(one, RerunFiring))
    return _answer(choice, refusals, is_dry_run=True, fires=fires)


def _answer(
    choice: Choice,
    refusals: Sequence[Rejection | None],
    *,
    is_dry_run: bool = False,
    fires: tuple[RerunFiring, ...] = (),
    position: int = 0,
) -> RerunAnswer:
    found = [
        (OrderId(target.order_id), target.action_id, refusal)
        for target, refusal in zip(choice.targets, refusals, strict=True)
    ]
    return RerunAnswer(
        is_dry_run=is_dry_run,
        requested=tuple(
            Chosen(order_id=order_id, action_id=action_id)
            for order_id, action_id, refusal in found
            if refusal is None
        ),
        refused=tuple(
            RefusedRerun(order_id=order_id, action_id=action_id, code=refusal.code)
            for order_id, action_id, refusal in found
            if refusal is not None
        ),
        remaining=choice.remaining,
        needs_force=choice.needs_force,
        fires=fires,
        position=position,
    )
