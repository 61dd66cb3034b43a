"""The one statement that appends, its parameters and its answer.

Events travel as flat arrays, one round trip for all of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from adapters.postgres.rows import Append, Appended, AppendStatus, Move

EVENTS_MAX = 1_000
"""Events in one append or one batch: others wait for the lock meanwhile."""

APPEND = """
SELECT
    is_fenced,
    statuses,
    positions
FROM journal.append(
    %b::text[],
    %b::bigint[],
    %b::integer[],
    %b::uuid[],
    %b::text[],
    %b::bytea[],
    %b::integer[],
    %b::text[],
    %b::text[],
    %b::bytea[],
    %b::text,
    %b::bigint,
    %b::bigint,
    %b::boolean
)
"""


ItemT = TypeVar("ItemT")


def parameters(
    appends: Sequence[Append], move: Move | None, *, is_atomic: bool = False
) -> tuple[Any, ...]:
    """Flatten the requests; ValueError as `check` says."""
    check(appends)
    rows = [row for append in appends for row in append.rows]
    entries = [
        (request, entry) for request, append in enumerate(appends, 1) for entry in append.inbox
    ]
    return (
        [append.stream for append in appends],
        [append.expected_version for append in appends],
        [len(append.rows) for append in appends],
        [row.event_id for row in rows],
        [row.name for row in rows],
        [row.data for row in rows],
        [request for request, _ in entries],
        [entry.shop for _, entry in entries],
        [entry.message_id for _, entry in entries],
        [entry.digest for _, entry in entries],
        move.follower if move else None,
        move.from_position if move else None,
        move.to_position if move else None,
        is_atomic,
    )


def check(appends: Sequence[Append]) -> None:
    """ValueError: too many events for one batch, or requests that get in each other's way."""
    events = sum(len(append.rows) for append in appends)
    if events > EVENTS_MAX:
        raise ValueError(f"{events} events in one batch; at most {EVENTS_MAX}")
    if len({append.stream for append in appends}) < len(appends):
        raise ValueError("a stream stands twice in one batch")
    entries = [(entry.shop, entry.message_id) for append in appends for entry in append.inbox]
    if len(set(entries)) < len(entries):
        raise ValueError("an inbox entry stands twice in one batch")


def in_bounds(
    items: Iterable[ItemT], append_of: Callable[[ItemT], Append]
) -> Iterator[list[ItemT]]:
    """Divide what brings one append each into batches of no more events than one may have."""
    some: list[ItemT] = []
    events = 0
    for item in items:
        rows = len(append_of(item).rows)
        if some and events + rows > EVENTS_MAX:
            yield some
            some, events = [], 0
        some.append(item)
        events += rows
    if some:
        yield some


def answers(row: tuple[Any, ...]) -> list[Appended]:
    """Read the answer to each request out of the statement's one row."""
    _, statuses, positions = row
    return [
        Appended(status=AppendStatus(status), position=position)
        for status, position in zip(statuses, positions, strict=True)
    ]
