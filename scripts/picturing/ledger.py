"""The ledger that is pictured: servers of its own, every order, the pages, and who has signed in.

The rule to know: nobody carries actions or transfers out, so what was told stays as it is.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from adapters.auth.roles import Role
from adapters.bootstrap import Parts, open_parts
from adapters.commands.recording import OrderRequest
from adapters.embedded.ports import LOOPBACK
from adapters.embedded.servers import embedded_servers
from adapters.http_api.server import listen, serve_on
from adapters.messaging.contracts import ActionConfiguredV1, PaymentStartedV1
from adapters.messaging.contracts import MoneyIn as Amount
from adapters.messaging.published_settings import WebhookIn
from adapters.messaging.verdicts import Arrival
from adapters.postgres.keyring import CustomerRef
from adapters.postgres.schema import apply_schema
from adapters.running.projections import READ_MODELS, run_projections
from adapters.running.waiting import wait_for
from adapters.shops.settings import ShopSettings
from adapters.web.access import SESSION_COOKIE
from domain.identifiers import OrderId, ShopId, order_stream
from domain.message import Actor, ActorKind, Metadata
from domain.order.commands.actions import ActionWish
from domain.order.commands.lifecycle import EraseCustomerData, PlaceOrder
from domain.order.commands.transfers import TransferWish
from domain.order.decide import OrderWish
from scripts.feeding.messages import Message, order_message, setting_message
from scripts.picturing.orders import SETTING, told
from scripts.picturing.telling import PERSON, SHOP, Telling

EMPTY = ShopId("uusi")
"""A shop where nothing has happened yet."""
FOLLOW_SECONDS_MAX = 60.0
REVISIONS = 2
PASSWORD_HELD = "sk_live_not_a_secret"  # noqa: S105 - made up


class Pictured(Struct, frozen=True, kw_only=True):
    """Where the pages are, whom they know, and which orders they show."""

    url: str
    cookies: Mapping[str, str]
    order_ids: Mapping[str, OrderId]
    """By the names of `orders.KINDS`."""


@asynccontextmanager
async def pictured_ledger(folder: Path) -> AsyncIterator[Pictured]:
    """Start servers on a folder of their own, fill them, and serve the pages."""
    async with embedded_servers(folder, lambda _: None) as connection:
        await apply_schema(connection.database_owner_url)
        async with open_parts(connection) as parts, parts.news, _running(parts) as url:
            orders = told(datetime.now(UTC))
            await _make_shops(parts)
            await _fill(parts, orders.values())
            yield await _opened(parts, url, orders)


@asynccontextmanager
async def _running(parts: Parts) -> AsyncIterator[str]:
    """Keep the read models up to date and serve, until the block ends."""
    stop = asyncio.Event()
    listener = listen(LOOPBACK, 0)
    follow = run_projections(
        pool=parts.pool, journal=parts.journal, key_ring=parts.key_ring, news=parts.news, stop=stop
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(follow)
        group.create_task(serve_on(listener, parts, stop))
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}"
        stop.set()


async def _make_shops(parts: Parts) -> None:
    await parts.shops.add(SHOP, "Kurssikauppa")
    await parts.shops.add(EMPTY, "Uusi kauppa")
    settings = ShopSettings(
        display_name="Kurssikauppa",
        business_id="FI12345678",
        address="Koulukatu 2\n00100 Helsinki",
        grace_seconds=0,
    )
    await parts.shop_settings.put(SHOP, settings)
    for name in ("stripe.api_key", "epassi.api_key"):
        await parts.secrets.set(SHOP, name, PASSWORD_HELD)


async def _fill(parts: Parts, orders: Iterable[Telling]) -> None:
    messages = [_setting(revision) for revision in range(1, REVISIONS + 1)]
    arrivals = [Arrival(one.subject, one.body, one.id) for one in (*messages, _too_early())]
    await parts.intake.take([*arrivals, _unreadable()])
    for order in orders:
        await _record(parts, order)
    head = await parts.journal.head()
    if not await wait_for(parts.pool, head, READ_MODELS, timeout_seconds=FOLLOW_SECONDS_MAX):
        raise TimeoutError(f"the read models did not reach {head}")


async def _record(parts: Parts, order: Telling) -> None:
    ref = CustomerRef(SHOP, order.customer.email)
    key = (await parts.key_ring.ensure([ref]))[ref]
    for wish in order.wishes:
        keyed = wish
        if isinstance(wish, PlaceOrder | EraseCustomerData):
            keyed = replace(wish, customer_key=key)
        request = OrderRequest(order_stream(SHOP, order.order_id), keyed, _metadata(keyed))
        [answer] = await parts.recorder.record([request])
        if answer.rejection:
            raise answer.rejection


def _metadata(wish: OrderWish) -> Metadata:
    by = getattr(wish, "by", "")
    actor = Actor(ActorKind.OPERATOR, by) if by else Actor(ActorKind.CHECKOUT, SHOP)
    if isinstance(wish, ActionWish | TransferWish) and not by:
        actor = Actor(ActorKind.SYSTEM, "fulfilment")
    return Metadata(actor=actor, correlation_id="m-1", causation_id="m-1", command_id="m-1")


def _setting(revision: int) -> Message:
    data = ActionConfiguredV1(
        level="checkout",
        level_id="main",
        name="Tell the CRM",
        settings=WebhookIn(url=f"https://crm.example.com/v{revision}/orders?token=b"),
        revision=revision,
    )
    now = datetime.now(UTC)
    return setting_message(SHOP, SETTING, data, message_id=f"setting-{revision}", time=now)


def _too_early() -> Message:
    """Tell of a payment of an order that nobody knows: it waits."""
    data = PaymentStartedV1(
        payment_id="p", provider="stripe", method="card", amount=Amount(amount=900, currency="EUR")
    )
    time = datetime.now(UTC)
    return order_message(SHOP, UUID(int=9_999), data, message_id="payment-9999", time=time)


def _unreadable() -> Arrival:
    return Arrival(f"checkout.{SHOP}.order.{UUID(int=9_998)}.placed", b"not JSON", "broken-1")


async def _opened(parts: Parts, url: str, orders: Mapping[str, Telling]) -> Pictured:
    laura = await parts.people.add(PERSON, "Laura Lahtinen", SHOP, Role.ADMIN)
    mika = await parts.people.add("mika@example.com", "Mika", SHOP, Role.CUSTOMER_SERVICE)
    await parts.sign_in_links.make(mika.person_id)
    await parts.people.add(PERSON, "Laura Lahtinen", EMPTY, Role.ADMIN)
    await parts.keys.issue("Bookkeeping export", Role.VIEWER, [SHOP])
    return Pictured(
        url=url,
        cookies={SESSION_COOKIE: await parts.sessions.begin(laura.person_id)},
        order_ids={name: order.order_id for name, order in orders.items()},
    )
