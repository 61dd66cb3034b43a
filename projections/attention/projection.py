"""The row of an order that asks for a look, now or once its time comes.

Nothing is written when a deadline passes, nor when a shop changes its grace: whoever counts
compares `unfinished_since` and `asks_at_once_from` with their own *now* and the grace of the day.
What receivers said is personal and stays out; the codes say enough for a list.
"""

from datetime import datetime
from hashlib import sha256

from domain.identifiers import ActionId, SettingId
from domain.order.attention import AttentionReason, Trouble, reasons
from domain.order.destination import destination_in
from domain.order.parts import ActionState
from domain.order.stages import ActionStage
from domain.order.state import Order
from projections.row_model import ModelRow, RowModel

CAUSE_LETTERS = 10
"""Of a cause's id: 40 bits, and a shop has a handful of causes at a time."""

NO_ANSWER_YET = "no_answer_yet"
"""The error of an action that was asked for and has not failed."""


class Problem(Trouble, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that a person should look at."""

    cause: str
    """A short id that all problems share which one repair may end: see `cause_id`."""
    code: str = ""
    """The error, for programs."""
    error: str = ""
    """What its cause is about: see `error_of`."""
    action_id: ActionId | None = None
    action: str = ""
    """The action's name, if it is about one."""
    action_kind: str = ""
    destination: str = ""
    """Where the action goes: host and port, or a service's name."""
    stage: ActionStage | None = None
    run: int = 0
    attempt: int = 0
    setting_id: SettingId | None = None
    """Where the action's settings were published, if they were."""
    revision: int = 0


class AttentionRow(ModelRow, frozen=True, kw_only=True):
    """One order that can ask for a look."""

    unfinished_since: datetime | None
    """Of its first unfinished action: it asks a grace period later."""
    asks_at_once_from: datetime | None
    """Of its first problem that has no grace."""
    problems: tuple[Problem, ...]


def row(order: Order, version: int, position: int) -> AttentionRow | None:
    """Say since when and why the order asks for a look; None if it never will as it stands."""
    whys = tuple(reasons(order))
    if not whys:
        return None
    assert order.order_id, "an order's first fact is that it was started"
    return AttentionRow(
        shop=order.shop,
        order_id=order.order_id,
        version=version,
        position=position,
        unfinished_since=min((why.since for why in whys if why.kind.has_grace), default=None),
        asks_at_once_from=min((why.since for why in whys if not why.kind.has_grace), default=None),
        problems=tuple(_problem(order, why) for why in whys),
    )


def _problem(order: Order, reason: AttentionReason) -> Problem:
    action = order.actions_by_id.get(reason.action_id) if reason.action_id else None
    if action is None:
        return Problem(
            kind=reason.kind,
            since=reason.since,
            cause=cause_id(reason.kind, "", reason.code, ""),
            code=reason.code,
            error=reason.code,
        )
    destination = destination_in(order, action)
    return Problem(
        kind=reason.kind,
        since=reason.since,
        cause=cause_id(reason.kind, action.kind, error_of(action), destination),
        code=action.code,
        error=error_of(action),
        action_id=action.action_id,
        action=action.name,
        action_kind=action.kind,
        destination=destination,
        stage=action.stage,
        run=action.run,
        attempt=action.attempt,
        setting_id=action.setting_id,
        revision=action.revision,
    )


def error_of(action: ActionState) -> str:
    """Say which error an action waits for the repair of, also while it is tried again.

    It is the one that it failed with last in this run. What was asked for and never failed has no
    answer yet, whether a worker has it or not; of all else its stage is told.
    """
    return action.code or (NO_ANSWER_YET if action.is_in_hand else action.stage)


def cause_id(kind: str, action_kind: str, error: str, destination: str) -> str:
    """Name the same error at the same destination."""
    parts = f"{kind}\n{action_kind}\n{error}\n{destination}"
    return sha256(parts.encode()).hexdigest()[:CAUSE_LETTERS]


ATTENTION = RowModel(
    name="attention", table="read_models.attention_v3", row_type=AttentionRow, row=row
)
