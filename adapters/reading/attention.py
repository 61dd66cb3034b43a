"""What needs a look now, and why: for whoever asks, by the shop's grace of the day."""

from collections.abc import Mapping

from msgspec.structs import fields

from adapters.clock import utc_now
from adapters.postgres.database import Pool
from adapters.postgres.query import fetch, fetch_one
from adapters.reading.order_rows import AttentionPage, CausePage, ShownCause, attention_orders
from adapters.reading.setting_store import SettingStore
from adapters.shops.settings import ShopSettingsStore
from domain.identifiers import SettingId, ShopId
from domain.order.values import LatestConfiguration
from projections.attention.causes import Cause, CauseListed, list_causes
from projections.attention.projection import ATTENTION
from projections.attention.queries import count_attention, list_attention
from projections.orders.projection import ORDERS

READ_MODELS = (ORDERS.name, ATTENTION.name)
"""The orders table shows attention too, so both wait for both."""


async def read_attention(
    pool: Pool, shop_settings: ShopSettingsStore, shop: ShopId, limit: int
) -> AttentionPage:
    """Count the orders that need a look, and list those that wait longest."""
    now, grace = utc_now(), (await shop_settings.get(shop)).grace
    counted = await fetch_one(pool, count_attention(shop, now=now, grace=grace))
    rows = await fetch(pool, list_attention(shop, now=now, grace=grace, limit=limit))
    return AttentionPage(count=counted.count, orders=attention_orders(rows, now, grace))


async def read_causes(
    pool: Pool, shop_settings: ShopSettingsStore, setting_store: SettingStore, shop: ShopId
) -> CausePage:
    """Give each error at each destination once, what concerns the most orders first."""
    grace = (await shop_settings.get(shop)).grace
    causes = await fetch(pool, list_causes(shop, now=utc_now(), grace=grace))
    used = {one.setting_id for cause in causes for one in cause.settings}
    latest = await setting_store.latest(shop, used)
    return CausePage(causes=tuple(_shown(cause, latest) for cause in causes))


def _shown(cause: CauseListed, latest: Mapping[SettingId, LatestConfiguration]) -> ShownCause:
    return ShownCause(
        **{field.name: getattr(cause, field.name) for field in fields(Cause)},
        newer_settings=sum(
            one.actions
            for one in cause.settings
            if one.setting_id in latest and latest[one.setting_id].is_newer_than(one.revision)
        ),
    )
