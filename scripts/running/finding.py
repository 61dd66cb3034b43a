"""Finds orders in the ledger that are good examples for the commands that `scripts/run` prints."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from adapters.bootstrap import Parts
from adapters.postgres.query import fetch
from domain.identifiers import ActionId, OrderId, ShopId
from domain.order.attention import NO_GRACE
from domain.order.stages import PaymentStatus
from projections.attention.queries import LIST_LENGTH_MAX, list_attention
from projections.orders.filter import OrderFilter
from projections.orders.queries import OrderListed, list_orders

LOOK_SECONDS = 0.2
WITHOUT_DEADLINE = timedelta(days=1)
"""So far ahead, whatever is unfinished asks for a look."""


class Failed(NamedTuple):
    """An action that has failed, and its order."""

    order_id: OrderId
    number: str
    action_id: ActionId


class Failures(NamedTuple):
    """Examples of failed actions; None where there is none."""

    plain: Failed | None = None
    outdated: Failed | None = None
    """Of which the checkout has published newer settings."""


async def has_orders(parts: Parts, shops: Sequence[str]) -> bool:
    """Say whether one of these shops has an order already."""
    return any([await _newest(parts, OrderFilter(shop=ShopId(shop))) for shop in shops])


async def newest_with(
    parts: Parts, shop: ShopId, statuses: Sequence[PaymentStatus]
) -> OrderListed | None:
    """Find the newest order with a number in the first of these payment statuses that has one."""
    for status in statuses:
        found = await _newest(parts, OrderFilter(shop=shop, payment_status=(status,)))
        if found and found.number:
            return found
    return None


async def failures(parts: Parts, shop: ShopId, seconds_max: float) -> Failures:
    """Wait until there is an example of each kind, or for so long; then tell what there is."""
    clock = asyncio.get_running_loop().time
    ends_at, known, found = clock() + seconds_max, set[Failed](), Failures()
    while True:
        for failed in await _failed(parts, shop):
            if failed not in known and None in found:
                known.add(failed)
                found = await _with(found, failed, parts, shop)
        if None not in found or clock() >= ends_at:
            return found
        await asyncio.sleep(LOOK_SECONDS)


async def _with(found: Failures, failed: Failed, parts: Parts, shop: ShopId) -> Failures:
    sheet = await parts.order_reader.sheet(shop, failed.order_id)
    action = next(one for one in sheet.actions if one.action_id == failed.action_id)
    if action.newer_configuration is None:
        return found._replace(plain=found.plain or failed)
    return found._replace(outdated=found.outdated or failed)


async def _failed(parts: Parts, shop: ShopId) -> list[Failed]:
    ahead = datetime.now(UTC) + WITHOUT_DEADLINE
    asked = list_attention(shop, now=ahead, grace=NO_GRACE, limit=LIST_LENGTH_MAX)
    return [
        Failed(OrderId(order.order_id), order.number, problem.action_id)
        for order in await fetch(parts.pool, asked)
        for problem in order.problems
        if problem.code and problem.action_id
    ]


async def _newest(parts: Parts, wanted: OrderFilter) -> OrderListed | None:
    query = list_orders(wanted, now=datetime.now(UTC), grace=NO_GRACE, limit=1)
    return next(iter(await fetch(parts.pool, query)), None)
