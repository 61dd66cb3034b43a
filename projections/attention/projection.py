"""The row of an order that asks for a look, now or once its time comes.

Nothing is written when a deadline passes, nor when a shop changes its grace: whoever counts
compares `unfinished_since` and `asks_from` with their own *now* and the grace of the day. What
receivers said is personal and stays out; the codes say enough for a list.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

from msgspec import Struct

from domain.identifiers import ActionId
from domain.order.attention import AttentionKind, AttentionReason
from domain.order.stages import ActionStage
from domain.order.state import NO_GRACE, Order
from projections.row_model import ModelRow, RowModel
from projections.work_list.projection import destination_of

END_OF_TIME = datetime.max.replace(tzinfo=UTC)
CAUSE_LETTERS = 10
"""Of a cause's id: 40 bits, and a shop has a handful of causes at a time."""


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a person should look at."""

    kind: AttentionKind
    since: datetime
    """When it began; an unfinished action asks a grace period later, all else at once."""
    cause: str
    """A short id that all problems share which one repair may end: see `cause_id`."""
    code: str = ""
    """The error, for programs."""
    action_id: ActionId | None = None
    action: str = ""
    """The action's name, if it is about one."""
    action_kind: str = ""
    destination: str = ""
    """Where the action goes: host and port, or a service's name."""
    stage: ActionStage | None = None
    run: int = 0
    attempt: int = 0

    def asks_at(self, grace: timedelta) -> datetime:
        """Say from when on it asks."""
        return self.since + grace if self.kind.has_grace else self.since


class AttentionRow(ModelRow, frozen=True, kw_only=True):
    """One order that can ask for a look."""

    unfinished_since: datetime | None
    """Of its first unfinished action: it asks a grace period later."""
    asks_from: datetime | None
    """Of its first problem that has no grace."""
    problems: tuple[Problem, ...]


def row(order: Order, version: int, position: int) -> AttentionRow | None:
    """Say since when and why the order asks for a look; None if it never will as it stands."""
    reasons = order.attention_reasons(END_OF_TIME, NO_GRACE)
    if not reasons:
        return None
    assert order.order_id, "an order's first fact is that it was started"
    return AttentionRow(
        shop=order.shop,
        order_id=order.order_id,
        version=version,
        position=position,
        unfinished_since=order.unfinished_since,
        asks_from=order.asks_from,
        problems=tuple(_problem(order, reason) for reason in reasons),
    )


def _problem(order: Order, reason: AttentionReason) -> Problem:
    action = order.actions_by_id.get(reason.action_id) if reason.action_id else None
    if action is None:
        return Problem(
            kind=reason.kind,
            since=reason.since,
            cause=cause_id(reason.kind, "", reason.code, ""),
            code=reason.code,
        )
    destination = destination_of(action.settings)
    return Problem(
        kind=reason.kind,
        since=reason.since,
        cause=cause_id(reason.kind, action.kind, action.code or action.stage, destination),
        code=action.code,
        action_id=action.action_id,
        action=action.name,
        action_kind=action.kind,
        destination=destination,
        stage=action.stage,
        run=action.run,
        attempt=action.attempt,
    )


def cause_id(kind: str, action_kind: str, error: str, destination: str) -> str:
    """Name the same error at the same destination; `error` is its code, or where it is stuck."""
    parts = f"{kind}\n{action_kind}\n{error}\n{destination}"
    return sha256(parts.encode()).hexdigest()[:CAUSE_LETTERS]


ATTENTION = RowModel(
    name="attention", table="read_models.attention_v2", row_type=AttentionRow, row=row
)
