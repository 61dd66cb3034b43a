"""P7: what the orders page asks of 1.5 million orders, beside fifty rows by their primary keys.

The rule to know: a question is timed from the pool to the decoded rows, so it includes the way to
the database and back. Each is asked with another value every time.
"""

import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from statistics import median, quantiles
from typing import TypeAlias

from msgspec.structs import replace

from adapters.bootstrap import Parts
from adapters.postgres.query import fetch
from projections.orders.projection import ORDERS, OrderRow
from projections.query import Query
from scripts.benchmarks.figure import Figure, figure
from scripts.benchmarks.many_filled import MANY, many_orders, orders_of_many, some_orders
from scripts.benchmarks.questions import ROWS, Ask, count_questions, list_questions
from scripts.benchmarks.servers import Bench

LIST_MILLISECONDS_TARGET = 20.0
COUNT_MILLISECONDS_TARGET = 1.0
TARGET_BY_NAME = {"P7 count of attention": COUNT_MILLISECONDS_TARGET}
PERCENT = 99
INDEX = re.compile(r"(?:using|Bitmap Index Scan on) (\w+)")

BY_KEYS = f"""
SELECT {", ".join(ORDERS.columns)}
FROM {ORDERS.table}
WHERE shop = %(shop)s
AND order_id = ANY(%(order_ids)s)
"""  # noqa: S608 - made of our own names only

Run: TypeAlias = Callable[[int], Awaitable[object]]


async def reading(bench: Bench) -> list[Figure]:
    """Ask each question so many times; the peer is asked as often, in between."""
    orders, times = orders_of_many(bench), bench.size.questions
    parts = await many_orders(bench)
    lists = _runs(parts, list_questions(orders)) | {"detail": await _details(parts, times)}
    counts = _runs(parts, count_questions(orders))
    peer = await _by_keys(parts, times)
    figures = [await _asked(f"P7 {n}", run, peer, times) for n, run in lists.items()]
    figures += [await _asked(f"P7 count of {n}", run, peer, times) for n, run in counts.items()]
    plans = await _indexes(parts, list_questions(orders), "P7 ")
    plans |= await _indexes(parts, count_questions(orders), "P7 count of ")
    return [
        replace(it, remarks=(*it.remarks, f"by {plans[it.name]}")) if it.name in plans else it
        for it in figures
    ]


async def _indexes(parts: Parts, questions: Mapping[str, Ask], prefix: str) -> dict[str, str]:
    """Say by which indexes each question is answered, asked for the first time."""
    found = {}
    for name, ask in questions.items():
        query = ask(0)
        async with parts.pool.connection() as connection:
            rows = await connection.execute(
                f"EXPLAIN {query.sql}".encode(), query.parameters, prepare=False
            )
            plan = "\n".join(line for (line,) in await rows.fetchall())
        found[f"{prefix}{name}"] = ", ".join(dict.fromkeys(INDEX.findall(plan))) or "no index"
    return found


def _runs(parts: Parts, questions: Mapping[str, Ask]) -> dict[str, Run]:
    return {name: partial(_run, parts, ask) for name, ask in questions.items()}


async def _run(parts: Parts, ask: Ask, turn: int) -> None:
    await fetch(parts.pool, ask(turn))


async def _details(parts: Parts, times: int) -> Run:
    """Show one order: its facts from the journal, opened and folded."""
    ids = await some_orders(parts, times)

    async def run(turn: int) -> None:
        await parts.order_reader.sheet(MANY, ids[turn % len(ids)])

    return run


async def _by_keys(parts: Parts, times: int) -> Run:
    """Fetch as many rows as a page has, each found by its primary key."""
    ids = await some_orders(parts, times * ROWS)

    async def run(turn: int) -> None:
        begin = turn * ROWS % len(ids)
        values: dict[str, object] = {"shop": MANY, "order_ids": ids[begin : begin + ROWS]}
        await fetch(parts.pool, Query(sql=BY_KEYS, parameters=values, result=OrderRow))

    return run


async def _asked(name: str, run: Run, peer: Run, times: int) -> Figure:
    ours, of_peer = [], []
    for turn in range(times):
        ours.append(await _milliseconds(run, turn))
        of_peer.append(await _milliseconds(peer, turn))
    target = TARGET_BY_NAME.get(name, LIST_MILLISECONDS_TARGET)
    p99 = _p99(ours)
    found = figure(
        [(p99, _p99(of_peer))],
        name=name,
        what=f"p99 of {times} times",
        unit="ms",
        peer_name=f"{ROWS} rows by their primary keys",
        ratio_target=0,
        remarks=(f"median {median(ours):.2f} ms",),
    )
    return replace(found, target=f"< {target:g} ms", met=p99 < target)


async def _milliseconds(run: Run, turn: int) -> float:
    begin = time.perf_counter()
    await run(turn)
    return (time.perf_counter() - begin) * 1_000


def _p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100)[PERCENT - 1]
