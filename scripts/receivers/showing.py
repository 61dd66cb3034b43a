"""What `scripts/sandbox` shows to people: lines, so that whatever is long can be read and copied."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from scripts.receivers.book import Received
from scripts.receivers.client import Sandbox
from scripts.receivers.control import Standing
from scripts.receivers.trouble import Trouble

PARTS_SHOWN_MAX = 12


def show_standing(standing: Standing, *, with_sources: bool = False) -> None:
    """Show the receivers and what is wrong with them."""
    heading = ("Receiver", "Address", "Calls", "Effects", "Doubled", "Trouble")
    rows = [
        (
            one.receiver,
            one.url,
            *(str(figure) for figure in (one.calls, one.effects, one.doubled)),
            "; ".join(_all_wrong(one.receiver, standing)),
        )
        for one in standing.receivers
    ]
    _show(heading, rows)
    if with_sources:
        print()
        sources = [(b.receiver, f"{b.what} ({b.source})") for b in standing.behaviours]
        _show(("Receiver", "What it does, and where that is said"), sources)


def show_texts(received: Sequence[Received]) -> None:
    """Show calls with all that was said, as far as that is kept."""
    for one in received:
        heading = (f"{one.at:%H:%M:%S}", one.receiver, one.part, one.effect.value, one.words)
        print("  ".join(filter(None, map(_printable, heading))))
        print("\n".join(f"    {_printable(line)}".rstrip() for line in one.text.splitlines()))


def say_if_uncalled(target: str, sandbox: Sandbox) -> None:
    """Say so where nothing has called a part yet, and name parts that something has called."""
    receiver, _, part = target.partition("/")
    if not part or sandbox.received(target, limit=1):
        return
    called = sorted({one.part for one in sandbox.received(receiver)})[:PARTS_SHOWN_MAX]
    so_far = f"; called so far: {', '.join(map(_printable, called))}" if called else ""
    print(f"Nothing has called {_printable(target)} yet{so_far}")


def show_received(received: Sequence[Received]) -> None:
    """Show calls, one a line."""
    heading = ("At", "Receiver", "Part", "Effect", "What", "Key")
    rows = [
        (f"{one.at:%H:%M:%S}", one.receiver, one.part, one.effect.value, one.words, one.key)
        for one in received
    ]
    _show(heading, rows)


def show_money(returned: Mapping[str, int]) -> None:
    """Show minor units by payment, and their sum."""
    rows = [(payment, str(amount)) for payment, amount in returned.items()]
    _show(("Payment", "Returned"), [*rows, ("all", str(sum(returned.values())))])


def _all_wrong(receiver: str, standing: Standing) -> Iterator[str]:
    yield from (_wrong(one) for one in standing.troubles if _whole(one) == receiver)
    if secrets := standing.verifying.get(receiver):
        yield f"verifies signatures (secrets: {secrets})"


def _wrong(trouble: Trouble) -> str:
    limits = (
        trouble.target.partition("/")[2],
        f"next {trouble.next}" if trouble.next is not None else "",
        f"{trouble.share:.0%} of calls" if trouble.share < 1 else "",
    )
    said = ", ".join(filter(None, limits))
    return f"{trouble.kind} ({said})" if said else trouble.kind.value


def _whole(trouble: Trouble) -> str:
    return trouble.target.partition("/")[0]


def _show(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print columns as wide as they must be; the last is free."""
    lines = [heading, *([_printable(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)
