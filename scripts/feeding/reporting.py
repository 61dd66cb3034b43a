"""What a person sees of a feed: a progress bar and what could not be used, both on stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from adapters.display.words import counted
from scripts.feeding.publishing import Published
from scripts.feeding.usage import Reason, Usage, write_report

TABLE_LINES_MAX = 10
"""More of them are not shown one by one."""

console = Console(stderr=True, highlight=False, markup=False, emoji=False)


@contextmanager
def progress_bar(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show how many are done; the total may be unknown."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(label, total=total)
        yield lambda count: progress.advance(task, count)


def leave_out_oversized(published: Published, usage: Usage) -> None:
    """Report the lines of messages that the server would not take."""
    for message in published.oversized:
        for line in message.lines:
            usage.leave_out(line, Reason.TOO_LARGE, f"{len(message.body)} bytes", message.id)


def show_usage(usage: Usage, report: Path | None) -> None:
    """Count the lines that were left out by reason; write each to a file, or show a few."""
    console.print(f"{counted(usage.lines_read, 'line')} read, {usage.lines_used:,} used")
    for reason, count in usage.lines_unused.items():
        console.print(f"  {count:>6} {reason}")
    if report is not None:
        write_report(usage.unused, report)
        console.print(f"Each line that was not used, and why: {report}", soft_wrap=True)
    elif len(usage.unused) > TABLE_LINES_MAX:
        console.print("Each of them, and why: give --report FILE")
    elif usage.unused:
        console.print(_table(usage))


def sentence_of(error: Exception) -> str:
    """Say what went wrong, without the operating system's numbers."""
    if isinstance(error, OSError) and error.filename and error.strerror:
        return f"{error.filename}: {error.strerror.lower()}"
    return str(error)


def _table(usage: Usage) -> Table:
    table = Table("line", "reason", "detail", title="Lines not used")
    for item in usage.unused:
        table.add_row(str(item.line), item.reason, Text(item.detail))
    return table
