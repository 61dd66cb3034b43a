"""Wishes to run many actions again, and the answer to them."""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from adapters.commands.recording import Answered
from domain.identifiers import OrderId
from projections.attention.rerun_targets import TARGETS_MAX, Choice, Chosen

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


class RerunAnswer(Struct, frozen=True, kw_only=True):
    """What came of it; of a dry run, what would come of it."""

    is_dry_run: bool
    requested: tuple[Chosen, ...]
    """Actions that run again, those that waited longest first."""
    refused: tuple[RefusedRerun, ...]
    """Actions that had changed since they were chosen."""
    remaining: int
    """Actions that were left for a next wish when these were chosen."""
    needs_force: int
    """Actions beside these that were running then."""
    position: int
    """Up to which a read model must have come to show it; 0 if nothing was asked for."""


def answer_of(choice: Choice, answers: Sequence[Answered] | None) -> RerunAnswer:
    """Say what came of each target; None: they were not asked for, it was a dry run."""
    if answers is None:
        codes = [""] * len(choice.targets)
    else:
        codes = [one.rejection.code if one.rejection else "" for one in answers]
    found = list(zip(choice.targets, codes, strict=True))
    return RerunAnswer(
        is_dry_run=answers is None,
        requested=tuple(
            Chosen(order_id=OrderId(target.order_id), action_id=target.action_id)
            for target, code in found
            if not code
        ),
        refused=tuple(
            RefusedRerun(order_id=OrderId(target.order_id), action_id=target.action_id, code=code)
            for target, code in found
            if code
        ),
        remaining=choice.remaining,
        needs_force=choice.needs_force,
        position=max((one.position for one in answers or ()), default=0),
    )
