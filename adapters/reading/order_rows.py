"""The orders table as people see it: money with its currency, one payment as a whole."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict, fields

from adapters.postgres.database import Pool
from adapters.postgres.query import fetch, fetch_one
from adapters.shops.settings import ShopSettingsStore
from domain.money import Money
from domain.order.stages import OrderStatus, PaymentStage, PaymentStatus
from projections.attention.causes import Cause
from projections.attention.projection import Problem
from projections.attention.queries import AttentionListed
from projections.orders.filter import OrderFilter
from projections.orders.projection import OrderRow
from projections.orders.queries import COUNT_MAX, OrderListed, count_orders, list_orders, page_of
from projections.query import Counted


class ShownPayment(Struct, frozen=True, kw_only=True):
    """The payment that paid, else the latest."""

    provider: str
    method: str
    status: PaymentStage


class OrderSummary(Struct, frozen=True, kw_only=True):
    """One row of the orders table."""

    order_id: UUID
    number: str
    """Empty, like everything from the billing form, until the order is placed."""
    version: int
    status: OrderStatus
    payment_status: PaymentStatus
    created_at: datetime
    email: str
    first_name: str
    last_name: str
    total: Money
    """The original total less the refunds in force."""
    original_total: Money
    refunded: Money
    """By refunds in force."""
    received: Money
    products: tuple[str, ...]
    order_bumps: tuple[str, ...]
    pre_upsells: tuple[str, ...]
    payment: ShownPayment | None
    source: str
    tags: tuple[str, ...]
    discount_codes: tuple[str, ...]
    country: str
    is_imported: bool


AMOUNTS = ("total", "original_total", "refunded", "received")
PLAIN = tuple(
    field.name for field in fields(OrderSummary) if field.name not in (*AMOUNTS, "payment")
)


class ListedOrder(OrderSummary, frozen=True, kw_only=True):
    """One row, and whether it asks for a look now."""

    needs_attention: bool


class AttentionProblem(Problem, frozen=True, kw_only=True, omit_defaults=False):
    """Why an order asks for a look, and since when it does."""

    due_at: datetime
    """When it began to ask: an unfinished action a grace period after `since`."""


class AttentionOrder(OrderSummary, frozen=True, kw_only=True):
    """One row, since when it asks for a look, and why."""

    due_at: datetime
    problems: tuple[AttentionProblem, ...]


class Count(Struct, frozen=True, kw_only=True):
    """How many there are; with `more` there are more than were counted: show `10 000+`."""

    count: int
    more: bool


class OrderPage(Struct, frozen=True, kw_only=True):
    """Some orders, newest first."""

    orders: tuple[ListedOrder, ...]
    count: Count
    next_cursor: str | None
    """Asks for the page after this one; null on the last."""


class AttentionPage(Struct, frozen=True, kw_only=True):
    """Orders that ask for a look, those that wait longest first."""

    count: int
    orders: tuple[AttentionOrder, ...]


class ShownCause(Cause, frozen=True, kw_only=True):
    """One error at one destination, and whether newer settings may be its repair."""

    newer_settings: int
    """Of its actions, those whose setting was published anew since: `use_latest_configuration`."""


class CausePage(Struct, frozen=True, kw_only=True):
    """Why orders ask for a look, what concerns the most of them first."""

    causes: tuple[ShownCause, ...]


async def read_page(
    pool: Pool,
    shop_settings: ShopSettingsStore,
    wanted: OrderFilter,
    now: datetime,
    *,
    limit: int,
    cursor: str | None,
) -> OrderPage:
    """Read the orders that meet every filter, newest first, and how many they are."""
    grace = (await shop_settings.get(wanted.shop)).grace
    asked = list_orders(wanted, now=now, grace=grace, limit=limit, cursor=cursor)
    page = page_of(await fetch(pool, asked), limit)
    counted = await fetch_one(pool, count_orders(wanted, now=now, grace=grace))
    return OrderPage(
        orders=listed_orders(page.orders), count=count_of(counted), next_cursor=page.cursor
    )


def count_of(counted: Counted) -> Count:
    """Say how many, as far as they are counted."""
    return Count(count=min(counted.count, COUNT_MAX - 1), more=counted.count >= COUNT_MAX)


def listed_orders(rows: Sequence[OrderListed]) -> tuple[ListedOrder, ...]:
    """Say the rows of a page."""
    return tuple(ListedOrder(**_summary(row), needs_attention=row.needs_attention) for row in rows)


def summary_of(row: OrderRow) -> OrderSummary:
    """Say a row alone."""
    return OrderSummary(**_summary(row))


def attention_orders(
    rows: Sequence[AttentionListed], now: datetime, grace: timedelta
) -> tuple[AttentionOrder, ...]:
    """Say the rows of Requires attention, with what asks at this time."""
    return tuple(
        AttentionOrder(
            **_summary(row), due_at=row.due_at, problems=_asking(row.problems, now, grace)
        )
        for row in rows
    )


def _asking(
    problems: Sequence[Problem], now: datetime, grace: timedelta
) -> tuple[AttentionProblem, ...]:
    return tuple(
        AttentionProblem(**asdict(problem), due_at=due_at)
        for problem in problems
        if (due_at := problem.asks_at(grace)) <= now
    )


def _summary(row: OrderRow) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in PLAIN}
    money = {name: Money(getattr(row, name), row.currency) for name in AMOUNTS}
    return plain | money | {"payment": _shown_payment(row)}


def _shown_payment(row: OrderRow) -> ShownPayment | None:
    if row.payment_stage is None:
        return None
    return ShownPayment(
        provider=row.payment_provider, method=row.payment_method, status=row.payment_stage
    )
