"""The orders that need a look, as a table: those that wait longest first, and why each does."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from adapters.cli.output import table, text
from adapters.clock import utc_now
from adapters.display.times import relative
from adapters.display.words import orders_need, words_of
from adapters.reading.order_rows import AttentionOrder, AttentionPage, AttentionProblem


def shown_attention(page: AttentionPage) -> Iterator[RenderableType]:
    """Lay out the orders and, below them, how many there are."""
    now = utc_now()
    orders = table("Number", "Customer", "Status", "Since", "Problem")
    for order in page.orders:
        orders.add_row(*_cells(order, relative(order.due_at, now)))
    if page.orders:
        yield orders
    yield text(sum_of(page.count))
    if page.count > len(page.orders):
        yield text(f"{len(page.orders):,} of {page.count:,} shown: --limit")


def sum_of(count: int) -> str:
    """Say how many orders need a look."""
    return f"{orders_need(count)} attention" if count else "Nothing needs attention."


def _cells(order: AttentionOrder, since: str) -> tuple[Text, ...]:
    problems = "\n".join(_problem(problem) for problem in order.problems)
    status = words_of(order.status)
    return text(order.number), text(order.email), text(status), text(since), text(problems)


def _problem(problem: AttentionProblem) -> str:
    error = problem.code or (words_of(problem.stage).lower() if problem.stage else "")
    at = f" at {problem.destination}" if problem.destination else ""
    about = ", ".join(part for part in (problem.action, error) if part)
    return f"{words_of(problem.kind)}{f': {about}{at}' if about else ''}"
