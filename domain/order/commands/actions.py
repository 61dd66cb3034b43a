"""Wishes about post-purchase actions, and news of them."""

from typing import TypeAlias

from domain.identifiers import ActionId
from domain.order.commands.base import OrderCommand
from domain.order.stages import CancelReason
from domain.order.values import Answer, Justification, LatestConfiguration, PlannedAction


class RequestActions(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The order is paid: whatever was never asked for is to run."""


class RerunAction(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person wants one action to run again."""

    command_id: str
    action_id: ActionId
    by: str
    confirmed: bool = False
    """The person knows that a succeeded action takes effect again."""
    force: bool = False
    """The person believes that the run going on is dead."""
    use_latest_configuration: bool = False
    latest: LatestConfiguration | None = None
    """The latest revision of the action's setting, if it has one."""
    run_seen: int | None = None
    attempt_seen: int | None = None
    """What the person saw; the wish is refused if it has changed."""


class AddAction(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A process wants something done that the order did not start with, and at once."""

    action: PlannedAction


class StartAction(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A worker takes an attempt; beyond the first, because a retry is due or a lease has ended."""

    action_id: ActionId
    run: int
    attempt: int
    worker: str


class SucceedAction(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An attempt took effect."""

    action_id: ActionId
    run: int
    attempt: int
    answer: Answer = Answer()


class FailAction(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An attempt did not take effect."""

    action_id: ActionId
    run: int
    attempt: int
    code: str
    message: str = ""
    is_retryable: bool = False
    retry_after_seconds: int = 0
    """What the other side asked for; 0 when it asked for nothing."""
    jitter: float = 0.0
    """Chance, from 0 to 1, so that retries of many orders do not come at once."""


class CancelAction(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A run is no longer wanted."""

    action_id: ActionId
    run: int
    reason: CancelReason
    attempt: int | None = None
    """The one that found it so: of an old attempt this is late news. None of whoever else says it."""
    justified_by: Justification | None = None
    """Of an access removal that was spared: what still gives the access."""


class ConfirmManualRemoval(OrderCommand, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person removed by hand the access that a removal could not."""

    command_id: str
    action_id: ActionId
    by: str


ActionWish: TypeAlias = (
    RequestActions
    | StartAction
    | SucceedAction
    | FailAction
    | RerunAction
    | AddAction
    | CancelAction
    | ConfirmManualRemoval
)
