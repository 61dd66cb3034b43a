"""Run benchmarks: `scripts/bench [P1 P2 … hanging] [--size smoke|full] [--json] [--data FOLDER]`."""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import uvloop
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from scripts.benchmarks.append import bulk_append
from scripts.benchmarks.catch_up import catch_up
from scripts.benchmarks.commands import concurrent_commands
from scripts.benchmarks.end_to_end import end_to_end
from scripts.benchmarks.figure import Figure
from scripts.benchmarks.hanging import hanging
from scripts.benchmarks.machine import Machine, describe_machine
from scripts.benchmarks.minute import record_minute
from scripts.benchmarks.reading import reading
from scripts.benchmarks.servers import Bench, open_bench
from scripts.benchmarks.sizes import SIZES
from scripts.benchmarks.viewing import viewing

BENCHMARKS: dict[str, Callable[[Bench], Awaitable[list[Figure]]]] = {
    "P1": bulk_append,
    "P2": concurrent_commands,
    "P3": catch_up,
    "P5": end_to_end,
    "P6": record_minute,
    "P7": reading,
    "P8": viewing,
    "hanging": hanging,
}

NUMBER_WITHOUT_FRACTION_MIN = 10


class Report(Struct, frozen=True, kw_only=True):
    """What one run of the benchmarks says."""

    at: datetime
    command: str
    machine: Machine
    figures: list[Figure]


def main() -> None:
    """Measure what was asked for and print it: a table, or JSON."""
    options = _options()
    names = options.names or list(BENCHMARKS)
    with tempfile.TemporaryDirectory(prefix="ledger-bench-") as made:
        folder = options.data or Path(made) / "servers"
        report = uvloop.run(_measure(names, options.size, folder))
    if options.json:
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        _print(report)


async def _measure(names: Sequence[str], size: str, folder: Path) -> Report:
    progress = Console(stderr=True)
    figures: list[Figure] = []
    async with open_bench(folder, SIZES[size]) as bench:
        machine = await asyncio.to_thread(describe_machine, folder)
        for name in names:
            progress.print(f"{datetime.now(UTC):%H:%M:%S} {name} …")
            figures += await BENCHMARKS[name](bench)
    return Report(
        at=datetime.now(UTC),
        command=f"scripts/bench {' '.join(names)} --size {size}",
        machine=machine,
        figures=figures,
    )


def _print(report: Report) -> None:
    table = Table("", "ours", "peer", "ratio", "least", "most", "target", "met")
    for it in report.figures:
        table.add_row(
            it.name,
            f"{_number(it.ours)} {it.unit}",
            _number(it.peer),
            *(f"{ratio:.2f}" for ratio in (it.ratio.median, it.ratio.least, it.ratio.most)),
            it.target,
            "yes" if it.met else "NO",
        )
    console = Console()
    console.print(report.machine, table)
    for it in report.figures:
        remarks = "".join(f"; {remark}" for remark in it.remarks)
        console.print(f"{it.name}: {it.what}; peer: {it.peer_name}{remarks}", highlight=False)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= NUMBER_WITHOUT_FRACTION_MIN else f"{value:.3g}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], metavar=" ".join(BENCHMARKS))
    parser.add_argument("--size", choices=list(SIZES), default="smoke")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, help="keep the servers' data in this folder")
    return parser.parse_args()


if __name__ == "__main__":
    main()
