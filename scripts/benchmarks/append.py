"""P1: bulk append beside COPY, the physical limit of the same table with the same indexes."""

import struct
import time
from collections.abc import Iterable, Sequence

from psycopg import AsyncConnection, sql

from adapters.postgres.journal import Journal
from adapters.postgres.rows import Append
from scripts.benchmarks.figure import Figure, figure, side_by_side
from scripts.benchmarks.servers import Bench
from scripts.benchmarks.workload import EVENTS_PER_ORDER, order_appends

TARGET = 0.70
COPY_BEGIN = b"PGCOPY\n\xff\r\n\x00" + struct.pack("!ii", 0, 0)
COPY_END = struct.pack("!h", -1)
COPY_TABLE = sql.SQL("""
    COPY bench.events (position, stream, version, name, event_id, recorded_at, data)
    FROM STDIN (FORMAT BINARY)
""")
RECORDED_AT = struct.pack("!q", 0)
"""Every row of the peer is recorded at 2000-01-01, the zero of PostgreSQL's binary timestamps."""


async def bulk_append(bench: Bench) -> list[Figure]:
    """Append batches of about 1,000 events through the public append, beside COPY of the same."""
    orders = bench.size.append_events // EVENTS_PER_ORDER

    async def ours() -> float:
        async with bench.fresh_parts() as parts:
            batches = [batch async for batch in order_appends(parts.key_ring, orders)]
            return await _appended_per_second(parts.journal, batches)

    async def copied_by_batch() -> float:
        return await _copied_per_second(bench, orders, commit_each=True)

    async def copied_at_once() -> float:
        return await _copied_per_second(bench, orders, commit_each=False)

    by_batch = await side_by_side(ours, copied_by_batch, bench.size.rounds)
    at_once = [(of_ours, await copied_at_once()) for of_ours, _ in by_batch]
    what = f"bulk append of {orders * EVENTS_PER_ORDER:,} events in batches of 999"
    return [
        figure(
            by_batch,
            name="P1",
            what=what,
            unit="events/s",
            peer_name="COPY of the same rows, committed every batch",
            ratio_target=TARGET,
        ),
        figure(
            at_once,
            name="P1-single-copy",
            what=what,
            unit="events/s",
            peer_name="one single COPY of the same rows",
            ratio_target=0,
            remarks=("for comparison: no target",),
        ),
    ]


async def _appended_per_second(journal: Journal, batches: Sequence[list[Append]]) -> float:
    events = sum(len(append.rows) for batch in batches for append in batch)
    begin = time.perf_counter()
    for batch in batches:
        await journal.append(batch)
    return events / (time.perf_counter() - begin)


async def _copied_per_second(bench: Bench, orders: int, *, commit_each: bool) -> float:
    async with bench.fresh_parts() as parts:
        batches = [batch async for batch in order_appends(parts.key_ring, orders)]
        ready = _copy_bytes(batches)
        del batches
        url = parts.settings.database_owner_url
        return await _copy_into(url, ready, commit_each=commit_each)


async def _copy_into(url: str, ready: Sequence[tuple[int, bytes]], *, commit_each: bool) -> float:
    events = sum(rows for rows, _ in ready)
    async with await AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("CREATE SCHEMA bench")
        await connection.execute("CREATE TABLE bench.events (LIKE journal.events INCLUDING ALL)")
        begin = time.perf_counter()
        if commit_each:
            for _, data in ready:
                await _copy(connection, [data])
        else:
            await _copy(connection, [data for _, data in ready])
        return events / (time.perf_counter() - begin)


async def _copy(connection: AsyncConnection, pieces: Sequence[bytes]) -> None:
    async with connection.cursor() as cursor, cursor.copy(COPY_TABLE) as copy:
        await copy.write(COPY_BEGIN)
        for piece in pieces:
            await copy.write(piece)
        await copy.write(COPY_END)


def _copy_bytes(batches: Iterable[list[Append]]) -> list[tuple[int, bytes]]:
    """Turn each batch into (rows, bytes in PostgreSQL's binary COPY format)."""
    ready = []
    position = 0
    for batch in batches:
        pieces = []
        for append in batch:
            for version, row in enumerate(append.rows, start=1):
                position += 1
                pieces.append(
                    _copy_row(
                        struct.pack("!q", position),
                        append.stream.encode(),
                        struct.pack("!q", version),
                        row.name.encode(),
                        row.event_id.bytes,
                        RECORDED_AT,
                        row.data,
                    )
                )
        ready.append((len(pieces), b"".join(pieces)))
    return ready


def _copy_row(*fields: bytes) -> bytes:
    return struct.pack("!h", len(fields)) + b"".join(
        struct.pack("!i", len(field)) + field for field in fields
    )
