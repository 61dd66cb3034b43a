"""The library's recorder interfaces over the journal.

All of one call's events are appended or none. Trackings are positions of followers named after
the recorder and the application that it follows; they only go forwards.
"""

from collections.abc import Sequence
from typing import Any, LiteralString
from uuid import UUID

from eventsourcing.persistence import (
    ApplicationRecorder,
    IntegrityError,
    ListenNotifySubscription,
    Notification,
    OperationalError,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
    TrackingRecorder,
)

from adapters.postgres.errors import Fenced, JournalUnavailable, OutcomeUnknown
from adapters.postgres.event_ids import new_event_id
from adapters.postgres.journal import VERSION_MAX as POSITION_MAX
from adapters.postgres.persistence.bridge import Bridge
from adapters.postgres.persistence.mapper import NewStoredEvent, notification_of
from adapters.postgres.rows import Append, Appended, AppendStatus, Move, NewRow, Row
from domain.identifiers import StreamName

LOOK_SECONDS = 0.5
"""How often a subscription looks by itself, in case that an announcement was lost."""

SELECT_POSITION = """
SELECT position
FROM followers.positions
WHERE name = %b::text
"""

SELECT_NOTIFICATIONS = """
SELECT
    position,
    stream,
    version,
    name,
    event_id,
    recorded_at,
    data
FROM journal.events
WHERE position > %b
AND position <= %b
AND (cardinality(%b::text[]) = 0 OR name = ANY(%b::text[]))
ORDER BY position
LIMIT %b
"""


class JournalTrackingRecorder(TrackingRecorder):
    """Tracks how far the recorder of this name has followed an application."""

    def __init__(self, bridge: Bridge, name: str) -> None:
        self._bridge = bridge
        self._name = name

    def insert_tracking(self, tracking: Tracking) -> None:
        """Move forwards; IntegrityError for what was tracked already."""
        self._append([], tracking)

    def max_tracking_id(self, application_name: str) -> int | None:
        """Return the position in an application, None before the first."""
        rows = self._select(SELECT_POSITION, (self._follower(application_name),))
        return rows[0][0] if rows else None

    def close(self) -> None:
        """Close the connections: the library's ProjectionRunner leaves those of its view open."""
        self._bridge.close()

    def _follower(self, application_name: str) -> str:
        return f"{self._name}/{application_name}"

    def _append(self, appends: list[Append], tracking: Tracking | None) -> list[Appended]:
        move = self._move(tracking) if tracking else None
        try:
            answers = self._bridge.call(self._bridge.journal.append_together(appends, move))
        except Fenced as problem:
            raise IntegrityError(str(problem)) from problem
        except (JournalUnavailable, OutcomeUnknown) as problem:
            raise OperationalError(str(problem)) from problem
        if any(answer.status != AppendStatus.APPENDED for answer in answers):
            raise IntegrityError(f"a stream has moved on: {answers}")
        return answers

    def _move(self, tracking: Tracking) -> Move:
        return Move(
            follower=self._follower(tracking.application_name),
            from_position=None,
            to_position=tracking.notification_id,
        )

    def _select(self, query: LiteralString, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        return self._bridge.call(self._fetch(query, values))

    async def _fetch(self, query: LiteralString, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        async with self._bridge.pool.connection() as connection:
            cursor = await connection.execute(query, values, binary=True)
            return await cursor.fetchall()


class JournalRecorder(JournalTrackingRecorder, ProcessRecorder):
    """Records and reads events, with a tracking if there is one."""

    def insert_events(
        self,
        stored_events: Sequence[StoredEvent],
        *,
        tracking: Tracking | None = None,
        **_: object,
    ) -> Sequence[int]:
        """Append to any number of streams, all or nothing; return the positions."""
        by_stream: dict[StreamName, list[StoredEvent]] = {}
        for event in stored_events:
            by_stream.setdefault(StreamName(str(event.originator_id)), []).append(event)
        appends = [_append_of(stream, events) for stream, events in by_stream.items()]
        answers = self._append(appends, tracking)
        positions = {
            id(event): answer.position - len(events) + nth
            for answer, events in zip(answers, by_stream.values(), strict=True)
            for nth, event in enumerate(events, 1)
        }
        return [positions[id(event)] for event in stored_events]

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """Read one stream."""
        after = -1 if gt is None else gt
        read = self._bridge.journal.read_stream(StreamName(str(originator_id)), after, lte)
        rows = self._bridge.call(read)
        ordered = rows[::-1] if desc else rows
        return [notification_of(row) for row in ordered[:limit]]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """Read the whole journal from a position on."""
        after = (start or 0) - inclusive_of_start
        last = POSITION_MAX if stop is None else stop
        names = list(topics)
        rows = self._select(SELECT_NOTIFICATIONS, (after, last, names, names, limit))
        return [notification_of(Row._make(row)) for row in rows]

    def max_notification_id(self) -> int | None:
        """Return the head of the journal, None while it is empty."""
        return self._bridge.call(self._bridge.journal.head()) or None

    def subscribe(
        self, gt: int | None = None, topics: Sequence[str] = ()
    ) -> Subscription[ApplicationRecorder]:
        """Follow the journal."""
        return JournalSubscription(self, self._bridge, gt, topics)


class JournalSubscription(ListenNotifySubscription[JournalRecorder]):
    """Woken by the journal's news."""

    def __init__(
        self, recorder: JournalRecorder, bridge: Bridge, gt: int | None, topics: Sequence[str]
    ) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._waking = bridge.start(self._wake(bridge))

    def stop(self) -> None:
        """End the subscription."""
        super().stop()
        self._waking.cancel()

    async def _wake(self, bridge: Bridge) -> None:
        heard = bridge.news.heard
        while True:
            await bridge.news.wait(LOOK_SECONDS, heard)
            heard = bridge.news.heard
            self._has_been_notified.set()


def _append_of(stream: StreamName, events: Sequence[StoredEvent]) -> Append:
    first = events[0].originator_version
    if [event.originator_version for event in events] != list(range(first, first + len(events))):
        raise IntegrityError(f"the versions of {stream} do not follow each other")
    return Append(
        stream=stream, expected_version=first - 1, rows=tuple(_new_row(event) for event in events)
    )


def _new_row(event: StoredEvent) -> NewRow:
    event_id = event.event_id if isinstance(event, NewStoredEvent) else new_event_id()
    return NewRow(event_id, event.topic, event.state)
