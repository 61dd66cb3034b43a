"""A post-purchase action, as the order knows it: its last run counts."""

from datetime import datetime

from msgspec import Struct

from domain.configuration.settings import (
    AccessRemoval,
    ActionLevel,
    ActionSettings,
    Email,
    KajabiGrant,
    RefundConfirmation,
    kind_of,
)
from domain.identifiers import ActionId, LineId, SettingId
from domain.order.stages import ActionStage
from domain.order.values import Answer, Justification, RunCause


class ActionState(Struct, frozen=True, kw_only=True):
    """A post-purchase action with its last run."""

    action_id: ActionId
    name: str
    level: ActionLevel
    settings: ActionSettings
    line_id: LineId | None = None
    setting_id: SettingId | None = None
    revision: int = 0
    stage: ActionStage = ActionStage.PLANNED
    run: int = 0
    attempt: int = 0
    cause: RunCause | None = None
    key: str = ""
    worker: str = ""
    code: str = ""
    message: str = ""
    retry_at: datetime | None = None
    requested_recorded_at: datetime | None = None
    started_recorded_at: datetime | None = None
    """Of the attempt that is or was last under way; None before the run's first."""
    answer: Answer | None = None
    """What the other side said to the last success."""
    late_answer: Answer | None = None
    """What it said to a success that came too late to count."""
    outcomes: frozenset[tuple[int, int, bool]] = frozenset()
    """Run, attempt and success of every outcome that was recorded, late ones included."""
    holds_access: bool = False
    """A grant that took effect and whose claim to the access was not taken back since."""
    granted_settings: ActionSettings | None = None
    """Of a grant: those of its last success, which its removal target belongs to."""
    called_off: str = ""
    """Why the run is no longer wanted, as a stable code; empty of one that is."""
    justified_by: Justification | None = None
    """Of an access removal that was spared: what still gives the access."""
    is_acknowledged: bool = False
    """A person closed the order since the last request."""
    is_wanted_although_refunded: bool = False
    """It was asked for when all of the order had been taken back, which has been so since."""

    @property
    def kind(self) -> str:
        """The kind as it is stored, such as `receipt_email`."""
        return kind_of(self.settings)

    @property
    def removal_target(self) -> str:
        """What an access removal must name; empty where no success told it."""
        answers = (self.answer, self.late_answer)
        return next((a.removal_target for a in answers if a and a.removal_target), "")

    @property
    def has_failed(self) -> bool:
        """The last attempt failed, whether or not another will follow by itself."""
        return self.stage in (ActionStage.FAILED, ActionStage.RETRYING)

    @property
    def is_finished(self) -> bool:
        """The action succeeded or is no longer wanted."""
        return self.stage in (ActionStage.SUCCEEDED, ActionStage.CANCELLED)

    @property
    def is_in_hand(self) -> bool:
        """The action is asked for and its outcome still open."""
        return self.stage in (ActionStage.REQUESTED, ActionStage.RUNNING, ActionStage.RETRYING)

    @property
    def may_have_taken_effect(self) -> bool:
        """It was tried and has not succeeded: a receiver's answer may have been lost."""
        return not self.is_finished and (self.attempt > 0 or bool(self.outcomes))

    @property
    def is_repeatable(self) -> bool:
        """The receiver knows our key, so another attempt cannot take effect twice."""
        return not isinstance(self.settings, Email)

    @property
    def is_grant(self) -> bool:
        """The action gives access to a course."""
        return isinstance(self.settings, KajabiGrant)

    @property
    def is_removal(self) -> bool:
        """The action takes access back."""
        return isinstance(self.settings, AccessRemoval)

    @property
    def gives(self) -> bool:
        """The action belongs to the purchase, not to a refund of it."""
        return not isinstance(self.settings, AccessRemoval | RefundConfirmation)
