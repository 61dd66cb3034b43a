"""Orders for the API to show, recorded as ingress would, and read models that follow."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID

from adapters.bootstrap import Parts
from adapters.postgres.codec import encode
from adapters.postgres.keyring import CustomerRef
from adapters.postgres.rows import Append, AppendStatus
from adapters.running.projections import run_projections
from domain.configuration.settings import ActionLevel, Webhook
from domain.identifiers import (
    ActionId,
    CustomerKeyId,
    LineId,
    OrderId,
    PaymentId,
    ShopId,
    order_stream,
)
from domain.message import Actor, ActorKind, Metadata
from domain.money import Money
from domain.order.events import OrderFact, OrderPlaced, OrderStarted, PaymentReceived
from domain.order.values import Customer, Discount, Line, LineKind, Link, Offer, PlannedAction
from tests.adapters.http_api.served import KAUPPA

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
METADATA = Metadata(
    actor=Actor(ActorKind.CHECKOUT, "kauppa"),
    correlation_id="m-1",
    causation_id="m-1",
    command_id="m-1",
)


def order_id_of(number: int) -> OrderId:
    """Name the nth order."""
    return OrderId(UUID(int=number))


def started(number: int, shop: ShopId = KAUPPA, *, source: str = "newsletter") -> OrderStarted:
    """Open the nth checkout, n minutes after nine."""
    return OrderStarted(
        at=AT + timedelta(minutes=number),
        shop=shop,
        order_id=order_id_of(number),
        offer=Offer(id="course", name="Watercolours"),
        link=Link(id="l-1", source=source, tags=("autumn",)),
        currency="EUR",
    )


def placed(
    number: int, email: str, *, discount: str = "", first_name: str = "Maija"
) -> OrderPlaced:
    """Fill in the nth billing form: one product of 100 euros, one webhook to fire."""
    return OrderPlaced(
        at=AT + timedelta(minutes=number, seconds=30),
        number=f"2026-{number}",
        customer_key=CustomerKeyId(UUID(int=0)),
        country="FI",
        analytics_consent=True,
        lines=(
            Line(
                line_id=LineId("1"),
                kind=LineKind.PRODUCT,
                product_id="p-1",
                name="Watercolours",
                quantity=1,
                list_price=10_000,
                discount=0,
                gross=10_000,
                vat_rate=2_550,
                vat=2_032,
            ),
        ),
        total=10_000,
        discounts=(Discount(code=discount, amount=0),) if discount else (),
        actions=(
            PlannedAction(
                action_id=ActionId("a-1"),
                name="Tell the CRM",
                level=ActionLevel.PRODUCT,
                settings=Webhook(url="https://crm.example.com/hook?token=hunter2"),
                line_id=LineId("1"),
            ),
        ),
        personal=Customer(email=email, first_name=first_name, last_name="Meikäläinen"),
    )


def received(number: int) -> PaymentReceived:
    """Pay the nth order."""
    return PaymentReceived(
        at=AT + timedelta(minutes=number, seconds=45),
        payment_id=PaymentId("p-1"),
        provider="stripe",
        method="card",
        amount=Money(10_000, "EUR"),
        transaction_id="ch_1",
    )


async def record(
    parts: Parts, number: int, facts: Sequence[OrderFact], shop: ShopId = KAUPPA, after: int = 0
) -> int:
    """Append facts of the nth order after its first `after` ones; give the last position."""
    rows = []
    for fact in facts:
        key_id = None
        if isinstance(fact, OrderPlaced) and fact.personal:
            customer = CustomerRef(shop, fact.personal.email)
            key_id = (await parts.key_ring.ensure([customer]))[customer]
        rows.append(encode(fact, METADATA, parts.key_ring, key_id))
    append = Append(
        stream=order_stream(shop, order_id_of(number)), expected_version=after, rows=tuple(rows)
    )
    appended = await parts.writer.append(append)
    assert appended.status is AppendStatus.APPENDED
    return appended.position


@asynccontextmanager
async def followed(parts: Parts) -> AsyncIterator[None]:
    """Keep the read models up to date until the block ends."""
    stop = asyncio.Event()
    async with parts.news, asyncio.TaskGroup() as group:
        group.create_task(
            run_projections(
                pool=parts.pool,
                journal=parts.journal,
                key_ring=parts.key_ring,
                news=parts.news,
                stop=stop,
            )
        )
        yield
        stop.set()
