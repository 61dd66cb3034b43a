"""Money that is open, as people look at it: what is owed to whom, and how to pay it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from adapters.postgres.database import Pool
from adapters.postgres.query import fetch
from domain.identifiers import ShopId
from domain.money import Money
from domain.order.stages import TransferStage
from projections.open_refunds.projection import OPEN_REFUNDS, OpenItem, OpenKind
from projections.open_refunds.queries import (
    KINDS_BY_STATE,
    OpenListed,
    OpenState,
    list_open,
    page_of,
)
from projections.open_refunds.words import open_says
from projections.orders.projection import ORDERS

EVERY_KIND = frozenset(OpenKind)
READ_MODELS = (OPEN_REFUNDS.name, ORDERS.name)
"""The customer's email comes from the orders table, so both wait for both."""


class OpenMoney(Struct, frozen=True, kw_only=True):
    """One sum of money that is open."""

    kind: OpenKind
    amount: Money
    since: datetime
    refund_id: str
    transfer_id: str
    """To confirm what a person has paid or seen; empty of an external refund."""
    external_refund_id: str
    payment_id: str
    provider: str
    payment_method: str
    transaction_id: str
    status: TransferStage | None
    code: str
    says: str
    """What happens, or what a person must do."""


class OpenOrder(Struct, frozen=True, kw_only=True):
    """An order that has money open."""

    order_id: UUID
    number: str
    email: str
    since: datetime
    """Of the oldest sum that was asked about."""
    items: tuple[OpenMoney, ...]


class OpenRefundPage(Struct, frozen=True, kw_only=True):
    """Orders that have money open, what waits longest first."""

    orders: tuple[OpenOrder, ...]
    next_cursor: str | None
    """Asks for the page after this one; null on the last."""


async def read_open_refunds(
    pool: Pool, shop: ShopId, state: OpenState | None, *, limit: int, cursor: str | None
) -> OpenRefundPage:
    """Read a page of what is open in one state, else in any."""
    found = await fetch(pool, list_open(shop, state, limit=limit, cursor=cursor))
    page = page_of(found, limit)
    kinds = KINDS_BY_STATE[state] if state else EVERY_KIND
    return OpenRefundPage(
        orders=tuple(open_order(row, kinds) for row in page.orders), next_cursor=page.cursor
    )


def open_order(row: OpenListed, kinds: Collection[OpenKind] = EVERY_KIND) -> OpenOrder:
    """Say a row of the list, with those of its sums that were asked about."""
    return OpenOrder(
        order_id=row.order_id,
        number=row.number,
        email=row.email,
        since=row.listed_since,
        items=tuple(_money(item, row.currency) for item in row.items if item.kind in kinds),
    )


def _money(item: OpenItem, currency: str) -> OpenMoney:
    return OpenMoney(
        kind=item.kind,
        amount=Money(item.amount, currency),
        since=item.since,
        refund_id=item.refund_id,
        transfer_id=item.transfer_id,
        external_refund_id=item.external_refund_id,
        payment_id=item.payment_id,
        provider=item.provider,
        payment_method=item.payment_method,
        transaction_id=item.transaction_id,
        status=item.stage,
        code=item.code,
        says=open_says(item),
    )
