"""A case: one person is on an order, or lets it wait, until a time at which it is free by itself."""

from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct

from domain.phrase import say
from domain.rejection import Rejection

TAKEN_FOR = timedelta(minutes=30)
WORK_BEGINS = time(9)
"""In the shop's zone."""


class Standing(StrEnum):
    """What a person said of a case."""

    TAKEN = "taken"
    SNOOZED = "snoozed"


class Case(Struct, frozen=True, kw_only=True):
    """Who is on an order, or lets it wait, until when."""

    order_id: UUID
    standing: Standing
    person_id: str
    person: str
    """The name."""
    began_at: datetime
    ends_at: datetime

    @property
    def is_taken(self) -> bool:
        """Somebody is on it now."""
        return self.standing is Standing.TAKEN

    @property
    def is_snoozed(self) -> bool:
        """It waits."""
        return self.standing is Standing.SNOOZED


class Snooze(StrEnum):
    """How long a case may wait."""

    HOUR = "hour"
    TOMORROW = "tomorrow"
    THREE_DAYS = "three_days"

    def ends_at(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Say until when; tomorrow means when the shop's work begins."""
        match self:
            case Snooze.HOUR:
                return now + timedelta(hours=1)
            case Snooze.THREE_DAYS:
                return now + timedelta(days=3)
        tomorrow = now.astimezone(zone).date() + timedelta(days=1)
        return datetime.combine(tomorrow, WORK_BEGINS, tzinfo=zone)


class CaseTaken(Rejection):
    """Somebody else is on it."""

    code = "case_taken"

    def __init__(self, case: Case) -> None:
        super().__init__(say("{person} is on this order.", person=case.person))
        self.case = case
