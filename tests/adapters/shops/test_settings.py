"""What a merchant sets for a shop: defaults, one name, values that cannot be, and freshness."""

from datetime import timedelta

import msgspec
import pytest
from msgspec.structs import replace

from adapters.auth.shops import Shops, UnknownShop
from adapters.postgres.database import open_pool
from adapters.shops.settings import CACHE_SECONDS, ShopSettings, ShopSettingsStore
from domain.identifiers import ShopId
from tests.support import Database

KAUPPA = ShopId("kauppa")
ALL_SET = ShopSettings(
    display_name="Kauppa Oy",
    sender="shop@example.com",
    reply_to="help@example.com",
    business_id="FI12345678",
    address="Katu 1\n00100 Helsinki",
    grace_seconds=20,
    alert_email="owner@example.com",
    alert_webhook_url="https://alerts.example.com/hook?token=s3cret",
    alert_age_seconds=60,
    zone="America/New_York",
    credit_note_prefix="KL-2026-",
)


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def test_a_shop_that_has_set_nothing_has_five_minutes_of_grace(database: Database) -> None:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        await Shops(pool).add(KAUPPA, "Kauppa")
        store = ShopSettingsStore(pool)
        settings = await store.get(KAUPPA)
        assert settings == ShopSettings(display_name="Kauppa")
        assert settings.grace == timedelta(minutes=5)
        assert settings.zone == "Europe/Helsinki"
        assert (await store.get(ShopId("elsewhere"))).display_name == "elsewhere"


async def test_what_is_set_is_read_back_and_the_shop_has_one_name(database: Database) -> None:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        shops = Shops(pool)
        await shops.add(KAUPPA, "Kauppa")
        store = ShopSettingsStore(pool)
        await store.put(KAUPPA, ALL_SET)
        assert await store.get(KAUPPA) == ALL_SET
        assert [shop.name for shop in await shops.list()] == ["Kauppa Oy"]
        await shops.add(KAUPPA, "Renamed")
        assert await ShopSettingsStore(pool).get(KAUPPA) == replace(ALL_SET, display_name="Renamed")


async def test_a_change_counts_at_once_here_and_soon_elsewhere(database: Database) -> None:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        await Shops(pool).add(KAUPPA, "Kauppa")
        clock = Clock()
        here, elsewhere = ShopSettingsStore(pool), ShopSettingsStore(pool, clock)
        assert (await here.get(KAUPPA)).grace_seconds == 300
        assert (await elsewhere.get(KAUPPA)).grace_seconds == 300
        await here.put(KAUPPA, ALL_SET)
        assert (await here.get(KAUPPA)).grace_seconds == 20
        assert (await elsewhere.get(KAUPPA)).grace_seconds == 300
        clock.seconds += CACHE_SECONDS
        assert (await elsewhere.get(KAUPPA)).grace_seconds == 20


async def test_a_shop_that_is_not_served_has_no_settings(database: Database) -> None:
    async with open_pool(database.url, min_size=1, max_size=1) as pool:
        with pytest.raises(UnknownShop):
            await ShopSettingsStore(pool).put(KAUPPA, ALL_SET)


@pytest.mark.parametrize(
    "wrong",
    [
        {"sender": "nobody"},
        {"sender": "a@b.example\nBcc: c@d.example"},
        {"alert_email": "a@[1"},
        {"reply_to": "a..b@example.com"},
        {"alert_webhook_url": "https://alerts.example.com\\secret/x"},
        {"alert_webhook_url": "https://[1/"},
        {"display_name": "Kauppa\nBcc: c@d.example"},
        {"business_id": "x\r"},
        {"alert_webhook_url": "ftp://alerts.example.com"},
        {"alert_webhook_url": "https://user:word@alerts.example.com"},
        {"grace_seconds": -1},
        {"alert_age_seconds": 10**9},
        {"credit_note_prefix": "KL1"},
        {"credit_note_prefix": "a/b"},
        {"credit_note_prefix": "KL-\n"},
        {"credit_note_prefix": "x" * 21},
        {"zone": ""},
        {"zone": "Helsinki"},
    ],
    ids=str,
)
async def test_what_cannot_be_is_refused(database: Database, wrong: dict[str, object]) -> None:
    async with open_pool(database.url, min_size=1, max_size=1) as pool:
        await Shops(pool).add(KAUPPA, "Kauppa")
        store = ShopSettingsStore(pool)
        [field] = wrong
        with pytest.raises(msgspec.ValidationError, match=field):
            await store.put(KAUPPA, replace(ALL_SET, **wrong))
        assert await store.get(KAUPPA) == ShopSettings(display_name="Kauppa")
