"""What the orders page asks the database, each time with another value, all of which are there."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

from domain.identifiers import OrderId
from domain.order.stages import OrderStatus, PaymentStatus
from projections.attention.listing import AttentionFilter, list_asking
from projections.attention.queries import count_attention
from projections.cursor import cursor_of
from projections.orders.filter import OrderFilter
from projections.orders.queries import After, count_orders, list_orders
from projections.query import Query
from scripts.benchmarks.many_filled import MANY
from scripts.benchmarks.many_orders import CODE_AT, CODE_EVERY, SPAN, customer_of, source_of, tag_of
from scripts.benchmarks.workload import AT

ROWS = 50
GRACE = timedelta(minutes=5)
LETTERS = 8
NUMBER_STEP = 7_919
"""A prime, so that numbers go over the whole shop and end on every digit."""
STATUSES, PAYMENT_STATUSES = tuple(OrderStatus), tuple(PaymentStatus)

Ask: TypeAlias = Callable[[int], Query[Any]]
"""The question for the nth time."""


def list_questions(orders: int) -> Mapping[str, Ask]:
    """Ask for the first page of each filter, and for pages deep in the list."""

    def number(time: int) -> int:
        return time * NUMBER_STEP % orders

    def filtered(**of: Callable[[int], object]) -> Ask:
        return lambda time: _page({name: value(number(time)) for name, value in of.items()})

    return {
        "first page": lambda _: _page({}),
        "deep page": lambda time: _page({}, after=_place(number(time), orders)),
        "number": filtered(number=lambda n: f"B{n:07d}"),
        "email, whole": filtered(email=lambda n: customer_of(n).email),
        "email, a part": filtered(email=_part_of_email),
        "first name": filtered(first_name=lambda n: customer_of(n).first_name),
        "last name": filtered(last_name=lambda n: customer_of(n).last_name),
        "status": filtered(status=lambda n: (STATUSES[n % len(STATUSES)],)),
        "payment status": filtered(
            payment_status=lambda n: (PAYMENT_STATUSES[n % len(PAYMENT_STATUSES)],)
        ),
        "source": filtered(source=source_of),
        "tag": filtered(tag=tag_of),
        "discount code": filtered(discount_code=lambda n: f"VIP{n - n % CODE_EVERY + CODE_AT}"),
        "a day": filtered(
            created_from=lambda n: _at(n, orders),
            created_to=lambda n: _at(n, orders) + timedelta(days=1),
        ),
        "status and source": filtered(status=lambda _: (OrderStatus.REFUNDED,), source=source_of),
        "search, a number": filtered(q=lambda n: f"B{n:07d}"),
        "search, part of an email": filtered(q=_part_of_email),
        "search, a name": filtered(q=lambda n: customer_of(n).last_name),
        "attention tab": lambda _: list_asking(
            AttentionFilter(orders=OrderFilter(shop=MANY)), now=_now(), grace=GRACE, limit=ROWS
        ),
    }


def count_questions(orders: int) -> Mapping[str, Ask]:
    """Ask how many there are: those that need attention, and those of filters, up to 10 001."""

    def number(time: int) -> int:
        return time * NUMBER_STEP % orders

    return {
        "attention": lambda _: count_attention(MANY, now=_now(), grace=GRACE),
        "all orders": lambda _: _count({}),
        "a source": lambda time: _count({"source": source_of(number(time))}),
        "part of an email": lambda time: _count({"q": _part_of_email(number(time))}),
    }


def _part_of_email(number: int) -> str:
    """Give the middle of an email: the end of a last name and what follows it."""
    return customer_of(number).email.partition("@")[0][-LETTERS:]


def _page(conditions: Mapping[str, object], after: str | None = None) -> Query[Any]:
    wanted = OrderFilter(shop=MANY, **conditions)  # type: ignore[arg-type]
    return list_orders(wanted, now=_now(), grace=GRACE, limit=ROWS, cursor=after)


def _count(conditions: Mapping[str, object]) -> Query[Any]:
    wanted = OrderFilter(shop=MANY, **conditions)  # type: ignore[arg-type]
    return count_orders(wanted, now=_now(), grace=GRACE)


def _place(number: int, orders: int) -> str:
    return cursor_of(After(created_at=_at(number, orders), order_id=OrderId(UUID(int=0))))


def _at(number: int, orders: int) -> datetime:
    return AT - SPAN * ((orders - number) / orders)


def _now() -> datetime:
    return datetime.now(UTC)
