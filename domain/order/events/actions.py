"""Facts of post-purchase actions: runs, attempts and their outcomes."""

from datetime import datetime

from domain.configuration.settings import ActionSettings
from domain.identifiers import ActionId
from domain.order.events.base import OrderEvent
from domain.order.values import Answer, FreeText, Justification, PlannedAction, RunCause


class ActionRequested(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A run of an action was asked for."""

    action_id: ActionId
    run: int
    """Counts from 1 within the action."""
    cause: RunCause
    key: str
    """The idempotency key of the run towards the outside."""
    settings: ActionSettings
    revision: int
    forced: bool = False
    """A person asked although the run before may still be going on."""
    command_id: str = ""
    """The wish of a person for this one action, so that it is granted once."""


class ActionStarted(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A worker took an attempt."""

    action_id: ActionId
    run: int
    attempt: int
    """Counts from 1 within the run."""
    worker: str


class ActionSucceeded(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The attempt took effect."""

    action_id: ActionId
    run: int
    attempt: int
    personal: Answer | None = None


class ActionFailed(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """The attempt did not take effect."""

    action_id: ActionId
    run: int
    attempt: int
    code: str
    retry_at: datetime | None = None
    """When it will be tried again; None when only a person can ask for more."""
    personal: FreeText | None = None


class ActionOutcomeLate(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """An old run's or attempt's outcome arrived: worth knowing, changes nothing."""

    action_id: ActionId
    run: int
    attempt: int
    succeeded: bool
    code: str = ""
    personal: Answer | None = None


class ActionReconfigured(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A failed action's settings were replaced by the latest revision, permanently."""

    action_id: ActionId
    settings: ActionSettings
    revision: int


class ActionAdded(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """An action that the order did not start with."""

    action: PlannedAction


class ActionCancelled(OrderEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A run is no longer wanted; the action can be re-run."""

    action_id: ActionId
    run: int
    reason: str
    """A `CancelReason`, or the code of one that was given up since."""
    justified_by: Justification | None = None
    """Of an access removal that was spared: what still gives the access."""
    command_id: str = ""
    """The wish of a person for this one action, so that it is granted once."""
