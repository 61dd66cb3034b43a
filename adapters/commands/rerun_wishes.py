"""Wishes to run many actions again, and the answer to them."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from adapters.commands.recording import Answered
from domain.identifiers import OrderId
from domain.rejection import Rejection
from projections.attention.rerun_targets import TARGETS_MAX, Choice, Chosen
from projections.order_view.firing import Firing

AT_ONCE_MAX = 200
"""Actions that are asked for at a time, and so while somebody waits for an answer."""
LIMIT_DEFAULT = 100
CAUSE_PATTERN = "^[0-9a-f]{10}$"


class RerunAll(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which actions are to run again: a cause's, or these."""

    cause: Annotated[str, Meta(pattern=CAUSE_PATTERN)] | None = None
    actions: Annotated[tuple[Chosen, ...], Meta(max_length=AT_ONCE_MAX)] = ()
    force: bool = False
    """Also those that are running: the runs going on are believed dead."""
    use_latest_configuration: bool = False
    """Replace the settings of each by the latest first, for good; what has not failed is refused."""
    limit: Annotated[int, Meta(ge=1, le=TARGETS_MAX)] = TARGETS_MAX
    """How many at most by this wish."""

    def __post_init__(self) -> None:
        if (self.cause is None) == (not self.actions):
            raise ValueError("name either a cause or actions")

    @property
    def wanted(self) -> str | Sequence[Chosen]:
        """The one of the two that is named."""
        return self.actions if self.cause is None else self.cause


class RerunMany(RerunAll, frozen=True, kw_only=True, omit_defaults=True):
    """Which actions are to run again at once: a cause's, or these."""

    limit: Annotated[int, Meta(ge=1, le=AT_ONCE_MAX)] = LIMIT_DEFAULT
    """How many at most by this wish."""


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
