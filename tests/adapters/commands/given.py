"""The example order and the settings of its shop, as they stand in a journal."""

from collections.abc import Sequence

from msgspec.structs import replace

from adapters.bootstrap import Parts
from adapters.commands.requests import OrderRequester
from adapters.postgres.codec import encode
from adapters.postgres.keyring import CustomerRef
from adapters.postgres.rows import Append, AppendStatus
from domain.configuration.events import (
    ActionConfigurationRemoved,
    ActionConfigured,
    ConfigurationEvent,
)
from domain.configuration.settings import ActionLevel, PublishedSettings, Webhook
from domain.identifiers import SettingId, ShopId, StreamName, order_stream, setting_stream
from domain.message import Actor, ActorKind, Event, Metadata
from domain.order.events import OrderFact, OrderPlaced
from tests.examples import CUSTOMER, HOOK_SETTING, OPERATOR, ORDER_ID, SHOP, START

STREAM = order_stream(SHOP, ORDER_ID)
SECRET = "s3cret"
NEW_HOOK = Webhook(url=f"https://hooks.example.com/b?token={SECRET}")
METADATA = Metadata(
    actor=Actor(ActorKind.CHECKOUT, SHOP),
    correlation_id="m-1",
    causation_id="m-1",
    command_id="m-1",
)


async def stand(parts: Parts, *facts: OrderFact, after: int = 0) -> int:
    """Record facts of the example order; give the last position."""
    return await _append(parts, STREAM, facts, after)


async def publish(
    parts: Parts,
    settings: PublishedSettings | None = NEW_HOOK,
    *,
    revision: int = 2,
    setting_id: SettingId = HOOK_SETTING,
    shop: ShopId = SHOP,
) -> None:
    """Publish a revision of a setting; None takes it away."""
    stream = setting_stream(shop, setting_id)
    version = len(await parts.journal.read_stream(stream))
    await _append(parts, stream, [_publication(setting_id, settings, revision)], version)


def asked(key: str = "k-1", *, by: str = OPERATOR, is_dry_run: bool = False) -> OrderRequester:
    """Ask for something about the example order."""
    return OrderRequester(shop=SHOP, order_id=ORDER_ID, by=by, key=key, is_dry_run=is_dry_run)


def _publication(
    setting_id: SettingId, settings: PublishedSettings | None, revision: int
) -> ConfigurationEvent:
    if settings is None:
        return ActionConfigurationRemoved(
            at=START, shop=SHOP, setting_id=setting_id, revision=revision
        )
    return ActionConfigured(
        at=START,
        shop=SHOP,
        setting_id=setting_id,
        level=ActionLevel.CHECKOUT,
        level_id="main",
        name="Bookkeeping",
        settings=settings,
        revision=revision,
    )


async def _append(parts: Parts, stream: StreamName, events: Sequence[Event], after: int) -> int:
    customer = CustomerRef(SHOP, CUSTOMER.email)
    key_id = (await parts.key_ring.ensure([customer]))[customer]
    keyed = [replace(e, customer_key=key_id) if isinstance(e, OrderPlaced) else e for e in events]
    rows = tuple(encode(event, METADATA, parts.key_ring, key_id) for event in keyed)
    [appended] = await parts.journal.append(
        [Append(stream=stream, expected_version=after, rows=rows)]
    )
    assert appended.status is AppendStatus.APPENDED
    return appended.position
