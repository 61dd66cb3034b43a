"""The bus in memory: what was published is delivered at least once, in any order.

The rule to know: a delivery that is not acknowledged comes again after a while.
"""

from datetime import datetime, timedelta

from msgspec import Struct

from scripts.feeding.messages import Message
from scripts.simulation.faults import delay
from scripts.simulation.scheduler import Scheduler

ACKNOWLEDGE_WITHIN = timedelta(seconds=30)
BATCH_MESSAGES_MAX = 6


class Delivery(Struct, kw_only=True, eq=False):
    """One message on its way, until it is acknowledged."""

    subject: str
    body: bytes
    message_id: str
    due_at: datetime


class Bus:
    """What was published and is not acknowledged."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.waiting: list[Delivery] = []
        self.acknowledged: set[str] = set()

    def publish(self, message: Message) -> None:
        """Take a message in for the time that it bears; faults keep it back or double it."""
        faults, random = self._scheduler.faults, self._scheduler.random
        self._add(message, is_kept_back=random.random() < faults.disorder)
        if random.random() < faults.double:
            self._scheduler.injected["double"] += 1
            self._add(message, is_kept_back=True)

    def has_due(self) -> bool:
        """Say whether anything is to be delivered."""
        return any(one.due_at <= self._scheduler.time for one in self.waiting)

    def next_due(self) -> datetime | None:
        """Say when something comes next."""
        times = [one.due_at for one in self.waiting if one.due_at > self._scheduler.time]
        return min(times, default=None)

    def pull(self) -> list[Delivery]:
        """Deliver some of what is due."""
        due = [one for one in self.waiting if one.due_at <= self._scheduler.time]
        if self._scheduler.faults.disorder:
            self._scheduler.random.shuffle(due)
        batch = due[:BATCH_MESSAGES_MAX]
        for one in batch:
            one.due_at = self._scheduler.time + ACKNOWLEDGE_WITHIN
        return batch

    def acknowledge(self, delivery: Delivery) -> None:
        """Deliver it no more."""
        if delivery in self.waiting:
            self.waiting.remove(delivery)
            self.acknowledged.add(delivery.message_id)

    def _add(self, message: Message, *, is_kept_back: bool) -> None:
        due_at = message.time
        if is_kept_back:
            self._scheduler.injected["disorder"] += 1
            due_at += delay(self._scheduler.random)
        self.waiting.append(
            Delivery(
                subject=message.subject, body=message.body, message_id=message.id, due_at=due_at
            )
        )
