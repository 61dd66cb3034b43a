"""The post-purchase actions of one order in a terminal.

The rule to know: an id that must be typed begins its line, so that no width breaks it; what an
action has to say stands below it in lines of its own.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from rich.padding import Padding
from rich.text import Text

from adapters.cli.output import text
from adapters.display.times import clock, exact
from adapters.display.words import words_of
from domain.durations import spoken
from domain.order.stages import ActionStage
from projections.order_view.action_details import ActionDetails
from projections.order_view.sentences import why_called_off

INDENT = 4


def action_lines(
    actions: Sequence[ActionDetails], now: datetime | None
) -> Iterator[Text | Padding]:
    """Show actions as of `now`, None in the order's past."""
    rows = [_cells(action) for action in actions]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for action, row in zip(actions, rows, strict=True):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield text("  ".join(cells).rstrip(), style="bold")
        for remark in _remarks(action, now):
            yield Padding(remark, (0, 0, 0, INDENT))


def _cells(action: ActionDetails) -> tuple[str, str, str]:
    tries = f"run {action.run}, attempt {action.attempt}" if action.run else ""
    return (action.action_id, words_of(action.status), tries)


def _remarks(action: ActionDetails, now: datetime | None) -> Iterator[Text]:
    whose = action.product or words_of(action.level).lower()
    yield text(f"{action.name} ({words_of(action.kind).lower()}), of {whose}", style="dim")
    if action.code:
        yield text(f"{action.code} {action.message}".rstrip(), style="red")
    if action.status is ActionStage.RUNNING and action.started_at:
        yield text(_running(action, action.started_at, now))
    if action.cancel_reason:
        yield text(f"called off, {why_called_off(action.cancel_reason)}")
    if action.retry_at:
        yield text(f"again {exact(action.retry_at)}")
    if action.newer_configuration:
        yield text(f"newer settings: revision {action.newer_configuration.revision}")


def _running(action: ActionDetails, since: datetime, now: datetime | None) -> str:
    lasting = f" ({spoken(now - since)})" if now else ""
    limit = spoken(timedelta(seconds=action.attempt_seconds_max))
    return f"since {clock(since)}{lasting}; one attempt lasts at most {limit}"
