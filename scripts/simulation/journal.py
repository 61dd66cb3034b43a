"""A journal in memory that answers as `journal.append` does; a test holds it against PostgreSQL.

The rule to know: what takes hold does so whole, between two places where anything can happen.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from psycopg import OperationalError

from adapters.postgres.append_statement import check
from adapters.postgres.errors import Fenced, JournalUnavailable, OutcomeUnknown
from adapters.postgres.journal import VERSION_MAX, Journal
from adapters.postgres.rows import Append, Appended, AppendStatus, InboxEntry, Move, Row
from domain.identifiers import ShopId, StreamName
from scripts.simulation.scheduler import Place

SENDS_MAX = 3
FITS = "fits"
RESENT = "resent"
CONFLICT = "conflict"
KNOWN = "known"
CONTRADICTED = "contradicted"


class ServerAway(OperationalError):
    """The connection was lost; a statement under way may or may not take hold."""


class NotSent(OperationalError):
    """No connection was to be had, so nothing was sent."""


class Noted(NamedTuple):
    """An inbox entry that stands."""

    digest: bytes
    stream: StreamName


class JournalTables:
    """What is stored. It outlives every process."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.rows: list[Row] = []
        self.streams: dict[StreamName, list[Row]] = {}
        self.inbox: dict[tuple[ShopId, str], Noted] = {}
        self.positions: dict[str, int] = {}

    def append(
        self, appends: Sequence[Append], move: Move | None, *, is_atomic: bool = False
    ) -> list[Appended] | None:
        """Do as the SQL function does; None when the follower is fenced."""
        statuses = self._judged(appends, move, is_atomic=is_atomic)
        is_moved = False
        if move is not None:
            is_moved = self._is_moved(move, statuses)
            if not is_moved and self._is_fenced(move):
                return None
        answers = self._written(appends, statuses)
        if move is not None and not is_moved and set(statuses) <= {FITS, RESENT}:
            self.positions[move.follower] = move.to_position
        return answers

    def _judged(
        self, appends: Sequence[Append], move: Move | None, *, is_atomic: bool
    ) -> list[str]:
        statuses = [self._status(append) for append in appends]
        if all(status == FITS for status in statuses):
            return statuses
        for number, append in enumerate(appends):
            is_noted = move is not None and statuses[number] == KNOWN and self._is_noted(append)
            if is_noted or self._resent_position(append):
                statuses[number] = RESENT
        if is_atomic:
            return [CONFLICT if status == FITS else status for status in statuses]
        return statuses

    def _status(self, append: Append) -> str:
        known = [
            (entry, self.inbox[entry.shop, entry.message_id])
            for entry in append.inbox
            if (entry.shop, entry.message_id) in self.inbox
        ]
        if known:
            is_same = all(noted.digest == entry.digest for entry, noted in known)
            return KNOWN if is_same else CONTRADICTED
        stream = self.streams.get(append.stream)
        head = stream[-1].version if stream else min(append.expected_version, 0)
        return FITS if head == append.expected_version else CONFLICT

    def _resent_position(self, append: Append) -> int:
        """Find the last of the very same events, 0 if they do not all stand."""
        first = append.expected_version
        standing = [r for r in self.streams.get(append.stream, ()) if r.version > first]
        standing = standing[: len(append.rows)]
        ids = [row.event_id for row in append.rows]
        if not ids or [row.event_id for row in standing] != ids:
            return 0
        return standing[-1].position

    def _is_noted(self, append: Append) -> bool:
        noted = [self.inbox.get((entry.shop, entry.message_id)) for entry in append.inbox]
        return not append.rows and all(n and n.stream == append.stream for n in noted)

    def _is_moved(self, move: Move, statuses: Sequence[str]) -> bool:
        is_resent = bool(statuses) and all(status == RESENT for status in statuses)
        return is_resent and self.positions.get(move.follower) == move.to_position

    def _is_fenced(self, move: Move) -> bool:
        followed = self.positions.get(move.follower)
        is_elsewhere = move.from_position is not None and (followed or 0) != move.from_position
        return is_elsewhere or (followed is not None and followed >= move.to_position)

    def _written(self, appends: Sequence[Append], statuses: Sequence[str]) -> list[Appended]:
        head_before = len(self.rows)
        now = self._clock()
        recorded_at = max(now, self.rows[-1].recorded_at) if self.rows else now
        answers = []
        for append, status in zip(appends, statuses, strict=True):
            position = head_before
            if status == FITS:
                self._write(append, recorded_at)
                position = len(self.rows)
            elif status == RESENT:
                position = self._resent_position(append) or head_before
            answers.append(Appended(status=ANSWERS[status], position=position))
        return answers

    def _write(self, append: Append, recorded_at: datetime) -> None:
        stream = self.streams.setdefault(append.stream, []) if append.rows else []
        for version, new in enumerate(append.rows, append.expected_version + 1):
            row = Row(
                len(self.rows) + 1,
                append.stream,
                version,
                new.name,
                new.event_id,
                recorded_at,
                new.data,
            )
            self.rows.append(row)
            stream.append(row)
        for entry in append.inbox:
            self.note(entry, append.stream)

    def note(self, entry: InboxEntry, stream: StreamName) -> None:
        """Make a message known for ever."""
        self.inbox[entry.shop, entry.message_id] = Noted(entry.digest, stream)


ANSWERS = {
    FITS: AppendStatus.APPENDED,
    RESENT: AppendStatus.APPENDED,
    CONFLICT: AppendStatus.CONFLICT,
    KNOWN: AppendStatus.KNOWN,
    CONTRADICTED: AppendStatus.CONTRADICTED,
}


class SimulatedJournal(Journal):
    """One process's way to the journal: it sends again what may not have arrived."""

    def __init__(self, tables: JournalTables) -> None:
        self.tables = tables

    async def append(self, appends: Sequence[Append], move: Move | None = None) -> list[Appended]:
        """Append as the real one does, through cut connections."""
        check(appends)
        is_unknown = False
        for _ in range(SENDS_MAX):
            try:
                await Place("append", NotSent)
                answer = await self._sent(appends, move)
            except NotSent as problem:
                if not is_unknown:
                    raise JournalUnavailable from problem
            except ServerAway:
                is_unknown = True
            else:
                if answer is None:
                    raise Fenced(str(move))
                return answer
        raise OutcomeUnknown

    async def _sent(self, appends: Sequence[Append], move: Move | None) -> list[Appended] | None:
        def take_hold() -> list[Appended] | None:
            return self.tables.append(appends, move)

        await Place("append under way", ServerAway, under_way=take_hold)
        answer = take_hold()
        await Place("appended", ServerAway)
        return answer

    async def append_together(
        self, appends: Sequence[Append], move: Move | None = None
    ) -> list[Appended]:
        """Nothing that is simulated asks for it."""
        raise NotImplementedError

    async def append_alone(
        self, stream: StreamName, decide: Callable[[Sequence[Row]], Append]
    ) -> None:
        """Decide and append while nobody else can; nothing is sent again."""
        await Place("append alone", NotSent)
        self.tables.append([decide(self.tables.streams.get(stream, []))], None)
        await Place("appended alone", ServerAway)

    async def read(self, after: int, limit: int, names: Collection[str] | None = None) -> list[Row]:
        """Read on."""
        await Place("read", NotSent)
        rows = self.tables.rows[after : after + limit]
        return [row for row in rows if names is None or row.name in names or row is rows[-1]]

    async def read_stream(
        self, stream: StreamName, after_version: int = 0, to_version: int | None = None
    ) -> list[Row]:
        """Read one stream."""
        last = VERSION_MAX if to_version is None else to_version
        rows = (await self.read_streams([stream], {stream: after_version}))[stream]
        return [row for row in rows if row.version <= last]

    async def read_streams(
        self, streams: Sequence[StreamName], after: Mapping[StreamName, int] | None = None
    ) -> dict[StreamName, list[Row]]:
        """Read several streams."""
        await Place("read streams", NotSent)
        versions = after or {}
        return {
            stream: [
                row
                for row in self.tables.streams.get(stream, ())
                if row.version > versions.get(stream, 0)
            ]
            for stream in streams
        }

    async def head(self) -> int:
        """Tell the last position."""
        await Place("head", NotSent)
        return len(self.tables.rows)
