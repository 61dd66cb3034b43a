"""Entries written straight into the table, for what only asks about them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

import msgspec

from adapters.postgres.database import Pool
from domain.identifiers import OrderId, ShopId
from domain.order.values import LineKind
from projections.sales.accounts import SalesKind
from projections.sales.projection import SALES, SalesEntry

SHOP = ShopId("demo")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
WRITE = f"""
INSERT INTO {SALES.table} ({", ".join(SALES.columns)})
SELECT {", ".join(SALES.columns)}
FROM json_populate_recordset(NULL::{SALES.table}, %s::json)
"""  # noqa: S608 - made of our own names only

_positions = count(1)


def entry(order: int, gross: int, kind: SalesKind = SalesKind.SALE, **others: Any) -> SalesEntry:
    """Make an entry of the nth order: 25.5 % of VAT, one piece if it was sold."""
    values: dict[str, Any] = {
        "shop": SHOP,
        "order_id": OrderId(UUID(int=order)),
        "position": next(_positions),
        "number": 1,
        "at": NOON,
        "order_number": f"A{order}",
        "kind": kind,
        "product_id": "course",
        "product_name": "Watercolours",
        "line_kind": LineKind.PRODUCT,
        "vat_rate": 2_550,
        "provider": "stripe",
        "source": "newsletter",
        "country": "FI",
        "currency": "EUR",
        "gross": gross,
        "vat": gross // 5,
        "units": int(kind is SalesKind.SALE),
    }
    return SalesEntry(**values | others)


def of_no_line(order: int, gross: int, kind: SalesKind, **others: Any) -> SalesEntry:
    """Make an entry that is of the order as a whole."""
    nothing: dict[str, Any] = {
        "product_id": "",
        "product_name": "",
        "line_kind": None,
        "vat_rate": None,
        "vat": 0,
    }
    return entry(order, gross, kind, **nothing | others)


async def write(pool: Pool, entries: Sequence[SalesEntry]) -> None:
    """Put entries into the table."""
    async with pool.connection() as connection:
        await connection.execute(WRITE.encode(), (msgspec.json.encode(entries).decode(),))
