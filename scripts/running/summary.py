"""Waits until the ledger has handled all that was published, and says what it then holds.

Totals come from the read model of orders, never from what was fed.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from msgspec import Struct
from nats.aio.client import Client

from adapters.bootstrap import Parts
from adapters.messaging.door import Door
from adapters.messaging.intake import DIGEST_PURPOSE
from adapters.messaging.served_shops import ServedShops
from adapters.messaging.stream import STREAM
from adapters.messaging.verdicts import Arrival
from adapters.postgres.inbox import Inbox
from adapters.postgres.query import fetch
from adapters.running.standings import FOLLOWERS
from adapters.running.waiting import wait_for
from domain.identifiers import ShopId
from projections.orders.queries import CountryTotal, total_by_country
from scripts.feeding.messages import Message
from scripts.feeding.usage import Reason, Usage

LOOK_SECONDS = 0.05
STILL_SECONDS_MAX = 120.0
"""How long nothing may move before the ledger counts as stuck."""

HELD = """
SELECT
    message_id,
    digest,
    outcome,
    code,
    reason
FROM messages.held
WHERE shop = ANY(%b::text[])
ORDER BY held_id
"""

DUE = """
SELECT count(*)
FROM read_models.work_list_v2
WHERE due_at <= now()
"""

REASON_BY_OUTCOME = {
    "quarantined": Reason.REFUSED_BY_LEDGER,
    "parked": Reason.WAITING_IN_LEDGER,
}


class LedgerStuck(Exception):
    """The ledger stopped to handle what was published."""


class Total(Struct, frozen=True, kw_only=True):
    """The money of paid orders from one country in one currency, in minor units."""

    country: str
    currency: str
    gross: int
    refunded: int


class Summary(Struct, frozen=True, kw_only=True):
    """What was fed, and what the ledger holds now."""

    orders: int
    lines_read: int
    lines_used: int
    lines_unused: dict[str, int]
    totals: Sequence[Total]


async def caught_up(parts: Parts, client: Client) -> None:
    """Wait until every message is handled and every read model shows it; raise LedgerStuck."""
    await _none_left(partial(_messages_left, client), "messages are not handled: see ingress.log")
    head = await parts.journal.head()
    if not await wait_for(parts.pool, head, FOLLOWERS, timeout_seconds=STILL_SECONDS_MAX):
        raise LedgerStuck("a follower does not catch up: see projections.log and processors.log")


async def worked_off(parts: Parts) -> None:
    """Wait until no action waits for a worker; what failed and is tried again later may wait."""
    await _none_left(partial(_actions_due, parts), "actions are not begun: see workers.log")


async def _none_left(count: Callable[[], Awaitable[int]], trouble: str) -> None:
    """Wait until nothing is left; raise LedgerStuck once as much stays for too long."""
    clock = asyncio.get_running_loop().time
    left, moved_at = -1, clock()
    while left:
        now_left = await count()
        if now_left != left:
            left, moved_at = now_left, clock()
        if clock() - moved_at > STILL_SECONDS_MAX:
            raise LedgerStuck(f"{left} {trouble}")
        if left:
            await asyncio.sleep(LOOK_SECONDS)


async def _actions_due(parts: Parts) -> int:
    async with parts.pool.connection() as connection:
        cursor = await connection.execute(DUE)
        row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def report_held(
    parts: Parts, shops: Sequence[str], messages: Iterable[Message], usage: Usage
) -> None:
    """Take the lines of messages that the ledger did not apply out of those that were used.

    Where an id is held, a message is used only if its own content is what was applied.
    """
    async with parts.pool.connection() as connection:
        cursor = await connection.execute(HELD, (list(shops),), binary=True)
        held = {(row[0], row[1]): row[2:] async for row in cursor}
    if not held:
        return
    held_by_id = {message_id: why for (message_id, _), why in held.items()}
    doubtful = [message for message in messages if message.id in held_by_id]
    for message, digest in await _not_applied(parts, doubtful):
        outcome, code, reason = held.get((message.id, digest), held_by_id[message.id])
        for line in message.lines:
            usage.leave_out(line, REASON_BY_OUTCOME[outcome], f"{code}: {reason}", message.id)


async def _not_applied(parts: Parts, doubtful: Sequence[Message]) -> list[tuple[Message, bytes]]:
    """Ask the door for each content's digest, and the inbox which of them was applied."""
    door = Door(ServedShops(parts.pool), parts.master_key.derive(DIGEST_PURPOSE))
    arrivals = [Arrival(message.subject, message.body, message.id) for message in doubtful]
    examined = await door.examine(arrivals, datetime.now(UTC))
    applied = await Inbox(parts.pool).digests_of({one.key for one in examined})
    found = (one.message or one.verdict for one in examined)
    digests = [one.digest if one else b"" for one in found]
    return [
        (message, digest)
        for message, one, digest in zip(doubtful, examined, digests, strict=True)
        if applied.get(one.key) != digest
    ]


async def summarize(parts: Parts, shops: Sequence[str], usage: Usage) -> Summary:
    """Add up what the read model says of these shops; orders never filled in have no money."""
    found = [
        total for shop in shops for total in await fetch(parts.pool, total_by_country(ShopId(shop)))
    ]
    return Summary(
        orders=sum(total.orders for total in found),
        lines_read=usage.lines_read,
        lines_used=usage.lines_used,
        lines_unused=usage.lines_unused,
        totals=_added_up(found),
    )


def _added_up(found: Sequence[CountryTotal]) -> list[Total]:
    parts_by_key: Mapping[tuple[str, str], list[CountryTotal]] = defaultdict(list)
    for total in found:
        if total.country:
            parts_by_key[total.country, total.currency].append(total)
    return [
        Total(
            country=country,
            currency=currency,
            gross=sum(part.gross for part in parts),
            refunded=sum(part.refunded for part in parts),
        )
        for (country, currency), parts in sorted(parts_by_key.items())
    ]


async def _messages_left(client: Client) -> int:
    consumers = await client.jetstream().consumers_info(STREAM)
    return sum((one.num_pending or 0) + (one.num_ack_pending or 0) for one in consumers)
