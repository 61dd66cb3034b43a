"""What came of a wish that many actions run again, or would come of it.

The rule to know: the answer to a key that was known tells what came of it then, so it is made of
what was remembered and recorded, and of nothing that has happened since.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from adapters.commands.recording import Answered
from adapters.commands.rerun_options import RerunManyOptions
from domain.identifiers import OrderId
from domain.rejection import Rejection
from projections.attention.rerun_targets import Choice, Chosen
from projections.order_view.firing import Firing

NOT_ASKING = "action_not_asking"
"""The code of a named action that asks for no look; `orders rerun` runs such a one again."""


class Remembered(Choice, frozen=True, kw_only=True):
    """What a key stands for, and what is known of its first request."""

    options: RerunManyOptions
    asked_by: str
    asked_at: datetime
    position: int | None
    """Of the last fact recorded under the key; None until all of it was asked for."""

    def position_after(self, answers: Sequence[Answered]) -> int:
        """Say up to where the key's facts go, once all of it was asked for."""
        granted = [one for one in answers if one.rejection is None]
        new = [one.position for one in granted if one.facts]
        return max(new, default=self.position or max((o.position for o in granted), default=0))


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
    by: str
    """Who wanted it; of a key that was known, who wanted it first."""
    recorded_at: datetime | None
    """When the key was first used; None of a dry run, and where nothing was asked for."""
    is_repeat: bool
    """All of it was asked for under this key before: nothing new was done."""


def answer_of(known: Remembered, answers: Sequence[Answered]) -> RerunAnswer:
    """Say what came of each target of a key."""
    requested, refused = _sorted_out(known, [one.rejection for one in answers])
    return RerunAnswer(
        is_dry_run=False,
        requested=requested,
        refused=refused,
        remaining=known.remaining,
        needs_force=known.needs_force,
        fires=(),
        position=known.position_after(answers),
        by=known.asked_by,
        recorded_at=known.asked_at,
        is_repeat=bool(requested) and not any(one.facts for one in answers),
    )


def trial_of(
    choice: Choice, trials: Sequence[Trial], by: str, *, is_dry_run: bool = True
) -> RerunAnswer:
    """Say what would come of each target; of a wish that found none, that nothing came of it."""
    requested, refused = _sorted_out(
        choice, [one if isinstance(one, Rejection) else None for one in trials]
    )
    return RerunAnswer(
        is_dry_run=is_dry_run,
        requested=requested,
        refused=refused,
        remaining=choice.remaining,
        needs_force=choice.needs_force,
        fires=tuple(one for one in trials if isinstance(one, RerunFiring)),
        position=0,
        by=by,
        recorded_at=None,
        is_repeat=False,
    )


def _sorted_out(
    choice: Choice, refusals: Sequence[Rejection | None]
) -> tuple[tuple[Chosen, ...], tuple[RefusedRerun, ...]]:
    found = [
        (Chosen(order_id=OrderId(target.order_id), action_id=target.action_id), refusal)
        for target, refusal in zip(choice.targets, refusals, strict=True)
    ]
    refused = [(one, refusal.code) for one, refusal in found if refusal is not None]
    refused += [(one, NOT_ASKING) for one in choice.not_asking]
    return (
        tuple(one for one, refusal in found if refusal is None),
        tuple(
            RefusedRerun(order_id=one.order_id, action_id=one.action_id, code=code)
            for one, code in refused
        ),
    )
