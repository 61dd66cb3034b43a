"""What the outside world is to the ledger: a task goes out, an outcome comes back.

The rule to know: an executor never raises for what the other side does or does not do; whatever
happened is an outcome, and what cannot be known is a failure that is not tried again by itself
unless the receiver honours the task's key. What an executor reads of the ledger it reads before
anything goes out: a database that is away then raises, and the attempt is made again.
"""

from datetime import datetime
from typing import Protocol, TypeAlias

from msgspec import Struct

from domain.order.parts import ActionState
from domain.order.stages import CancelReason
from domain.order.state import Order
from domain.order.values import Answer, Justification


class Task(Struct, frozen=True, kw_only=True):
    """One attempt of one action, with all that its order tells."""

    order: Order
    action: ActionState
    """With the settings, the run, the attempt and the run's `key` towards the outside."""
    now: datetime


class Succeeded(Struct, frozen=True, kw_only=True):
    """The attempt took effect."""

    answer: Answer = Answer()


class Failed(Struct, frozen=True, kw_only=True):
    """The attempt did not take effect, or nobody can tell."""

    code: str
    """Stable and never personal: `http_503`, `timeout`, `mailbox_refused` …"""
    message: str = ""
    """For people, in the other side's words where there are any; kept sealed. No secrets."""
    is_retryable: bool = False
    retry_after_seconds: int = 0
    """What the other side asked for; 0 when it asked for nothing."""


class Unwanted(Struct, frozen=True, kw_only=True):
    """Nothing was done, because the ledger itself says that it is not to be."""

    reason: CancelReason
    justified_by: Justification | None = None
    """Of an access removal that is spared: what still gives the access."""


Outcome: TypeAlias = Succeeded | Failed | Unwanted


class Executor(Protocol):
    """Carries out one kind of action. Safe to share between tasks of one event loop."""

    async def execute(self, task: Task) -> Outcome:
        """Do it once, within the executor's own time limit, and say what came of it."""
