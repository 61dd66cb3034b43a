"""The outside world in memory: who received what, and what goes wrong on the way.

The rule to know: a receiver that honours keys counts a repeated key once; a mail server counts
every message it took in, for a person reads them all.
"""

from collections import Counter
from datetime import timedelta

from domain.configuration.settings import Email
from domain.order.parts import ActionState
from domain.order.values import Answer
from processors.ports import Failed, Outcome, Succeeded, Task
from scripts.simulation.scheduler import Place, Scheduler

TIME_LIMIT = timedelta(seconds=30)
"""How long an executor waits for an answer."""
SLOW = timedelta(seconds=20)
RETRY_AFTER_SECONDS = 120


def is_email(action: ActionState) -> bool:
    """Say whether a mail server receives it, and so a person."""
    return isinstance(action.settings, Email)


class Receivers:
    """What took hold outside. It outlives every process of ours."""

    def __init__(self) -> None:
        self.calls: Counter[tuple[str, int]] = Counter()
        """Of each run's key and attempt."""
        self.effects: Counter[str] = Counter()
        """How often each key took effect: mail servers know none, so each message counts."""
        self.emails = 0

    def take(self, task: Task) -> None:
        """Let a call take hold."""
        key = task.action.key
        is_counted = is_email(task.action)
        self.emails += is_counted
        self.effects[key] = self.effects[key] + 1 if is_counted else 1


class SimulatedExecutor:
    """Calls a receiver of any kind, within the limits that all executors have."""

    def __init__(self, receivers: Receivers, scheduler: Scheduler) -> None:
        self._receivers = receivers
        self._scheduler = scheduler

    async def execute(self, task: Task) -> Outcome:
        """Carry a task out."""
        self._receivers.calls[task.action.key, task.action.attempt] += 1
        await Place("call")
        trouble = self._trouble()
        if trouble is not None:
            self._scheduler.injected[trouble] += 1
        match trouble:
            case "refuse":
                return Failed(code="http_400", message="no")
            case "fail":
                after = self._scheduler.random.choice((0, RETRY_AFTER_SECONDS))
                return Failed(code="http_503", is_retryable=True, retry_after_seconds=after)
            case "hang":
                await Place("call hangs", until=self._scheduler.time + TIME_LIMIT)
                return Failed(code="timeout", is_retryable=True)
            case "slow":
                await Place("call is slow", until=self._scheduler.time + SLOW)
            case _:
                pass
        self._receivers.take(task)
        await Place("called")
        if trouble == "reset":
            return Failed(code="connection_reset", is_retryable=not is_email(task.action))
        return Succeeded(answer=Answer(reference=task.action.key, removal_target="target"))

    def _trouble(self) -> str | None:
        faults = self._scheduler.faults
        chance = self._scheduler.random.random()
        for name in ("refuse", "fail", "hang", "slow", "reset"):
            rate: float = getattr(faults, name)
            if chance < rate:
                return name
            chance -= rate
        return None
