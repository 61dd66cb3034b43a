"""The words for where things stand. Values are what rows, the API and people see."""

from enum import StrEnum


class OrderStatus(StrEnum):
    """The one status shown, in the product's own eight words."""

    STARTED = "started"
    IN_PROGRESS = "in_progress"
    PROCESSING = "processing"
    PAID = "paid"
    COMPLETED = "completed"
    MARKED_AS_COMPLETED = "marked_as_completed"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class RefundStanding(StrEnum):
    """How much of the order the refunds in force take back."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


class PaymentStatus(StrEnum):
    """Where the order's money stands, over all of its payments."""

    UNPAID = "unpaid"
    PENDING = "pending"
    FAILED = "failed"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    OVERPAID = "overpaid"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"


class PaymentStage(StrEnum):
    """Where one payment stands; a later word here never gives way to an earlier one."""

    PENDING = "pending"
    FAILED = "failed"
    RECEIVED = "received"


class Closing(StrEnum):
    """Whether the order is done with, and by whom; each word outlasts those before it."""

    OPEN = "open"
    COMPLETED = "completed"
    MARKED = "marked"


class ActionStage(StrEnum):
    """Where an action's last run stands."""

    PLANNED = "planned"
    """Never asked for."""
    REQUESTED = "requested"
    RUNNING = "running"
    RETRYING = "retrying"
    """Failed, and will be tried again by itself."""
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CancelReason(StrEnum):
    """Why a run is no longer wanted."""

    COMPLETED_BY_HAND = "completed_by_hand"
    """A person closed the order without running its actions."""
    REFUNDED = "refunded"
    """What the grant was for is refunded."""
    REFUND_FAILED = "refund_failed"
    """The access need not go, for the refund came to nothing."""
    ACCESS_STILL_JUSTIFIED = "access_still_justified"
    """The access need not go, for another purchase gives it."""
    DONE_BY_HAND = "done_by_hand"
    """A person did in the course platform what the removal could not."""
    GIVEN_ANEW = "given_anew"
    """The access must not go, for a person runs its grant again."""


class RefundStage(StrEnum):
    """Where a refund stands; an issued one is in force until it is restored or fails."""

    REQUESTED = "requested"
    ISSUED = "issued"
    FAILED = "failed"


class TransferStage(StrEnum):
    """Where the money of one transfer stands."""

    REQUESTED = "requested"
    STARTED = "started"
    PENDING = "pending"
    UNRESOLVED = "unresolved"
    DONE = "done"
    FAILED = "failed"


class DisputeStage(StrEnum):
    """Where a chargeback stands."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"
