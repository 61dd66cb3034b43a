"""Keys: shown once, stored hashed, refused the moment that they should be."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from msgspec import ValidationError
from psycopg import AsyncConnection

from adapters.auth.keys import Keys
from adapters.auth.roles import Role
from adapters.auth.shops import Shops, UnknownShop
from adapters.postgres.database import Pool, open_pool
from domain.identifiers import ShopId
from tests.support import Database

KAUPPA = ShopId("kauppa")
TOINEN = ShopId("toinen")


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[tuple[Keys, Shops, Pool]]:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        shops = Shops(pool)
        await shops.add(KAUPPA, "Kauppa")
        await shops.add(TOINEN, "Toinen kauppa")
        yield Keys(pool), shops, pool


async def change_as_owner(database: Database, sql: str) -> None:
    async with await AsyncConnection.connect(database.owner_url, autocommit=True) as connection:
        await connection.execute(sql)


class TestAKey:
    async def test_opens_its_shops_in_its_role(self, database: Database) -> None:
        async with opened(database) as (keys, _, _):
            issued = await keys.issue("nightly export", Role.AUDITOR, [KAUPPA, TOINEN])

            caller = await keys.authenticate(issued.text)

            assert caller is not None
            assert caller.key_id == issued.key_id
            assert caller.role is Role.AUDITOR
            assert caller.shops == {KAUPPA, TOINEN}

    async def test_is_stored_nowhere_as_it_was_shown(self, database: Database) -> None:
        async with opened(database) as (keys, _, pool):
            issued = await keys.issue("dashboard", Role.VIEWER, [KAUPPA])
            secret = issued.text.rsplit("_", 1)[-1]
            async with pool.connection() as connection:
                cursor = await connection.execute("SELECT k::text FROM access.keys AS k")
                rows = await cursor.fetchall()

            assert len(rows) == 1
            assert secret not in rows[0][0]
            assert secret.encode().hex() not in rows[0][0]

    async def test_with_another_secret_is_refused(self, database: Database) -> None:
        async with opened(database) as (keys, _, _):
            issued = await keys.issue("dashboard", Role.VIEWER, [KAUPPA])
            end = "A" if issued.text[-1] != "A" else "B"

            assert await keys.authenticate(issued.text[:-1] + end) is None

    @pytest.mark.parametrize("text", ["", "olk_", "olk_0011223344556677_short", "ä" * 64, "\0"])
    async def test_that_is_none_of_ours_is_refused(self, database: Database, text: str) -> None:
        async with opened(database) as (keys, _, _):
            assert await keys.authenticate(text) is None

    async def test_is_refused_once_revoked(self, database: Database) -> None:
        async with opened(database) as (keys, _, _):
            issued = await keys.issue("dashboard", Role.VIEWER, [KAUPPA])

            assert await keys.revoke(issued.key_id)
            assert await keys.authenticate(issued.text) is None
            assert not await keys.revoke(issued.key_id)

    async def test_is_refused_once_expired(self, database: Database) -> None:
        async with opened(database) as (keys, _, _):
            issued = await keys.issue("dashboard", Role.VIEWER, [KAUPPA])
            await change_as_owner(database, "UPDATE access.keys SET expires_at = now()")

            assert await keys.authenticate(issued.text) is None

    async def test_lives_as_long_as_its_maker_says(self, database: Database) -> None:
        async with opened(database) as (keys, _, _):
            before = datetime.now(UTC)
            await keys.issue("an hour", Role.VIEWER, [KAUPPA], timedelta(hours=1))

            [key] = await keys.list()

            assert before + timedelta(hours=1) <= key.expires_at
            assert key.expires_at <= datetime.now(UTC) + timedelta(hours=1)

    async def test_needs_a_shop_that_is_served(self, database: Database) -> None:
        async with opened(database) as (keys, _, _):
            for shops in ([], [ShopId("unknown")], [KAUPPA, ShopId("unknown")]):
                with pytest.raises(UnknownShop):
                    await keys.issue("dashboard", Role.VIEWER, shops)

            assert await keys.list() == []

    async def test_loses_a_shop_that_is_closed(self, database: Database) -> None:
        async with opened(database) as (keys, shops, _):
            issued = await keys.issue("both", Role.VIEWER, [KAUPPA, TOINEN])

            await shops.revoke(KAUPPA)
            caller = await keys.authenticate(issued.text)
            assert caller is not None
            assert caller.shops == {TOINEN}

            await shops.revoke(TOINEN)
            assert await keys.authenticate(issued.text) is None

    async def test_is_listed_without_its_secret(self, database: Database) -> None:
        async with opened(database) as (keys, _, _):
            issued = await keys.issue("dashboard", Role.MAINTAINER, [TOINEN, KAUPPA])

            [key] = await keys.list()

            assert (key.key_id, key.name, key.role) == (
                issued.key_id,
                "dashboard",
                Role.MAINTAINER,
            )
            assert key.shops == (KAUPPA, TOINEN)
            assert key.revoked_at is None


class TestTheApplication:
    @pytest.mark.parametrize(
        "change",
        [
            "UPDATE access.keys SET role = 'admin'",
            "UPDATE access.keys SET expires_at = 'infinity'",
            "UPDATE access.keys SET digest = sha256('')",
            "DELETE FROM access.keys",
            "DELETE FROM access.key_shops",
            "UPDATE access.key_shops SET shop = 'toinen'",
        ],
    )
    async def test_cannot_alter_what_was_issued(self, database: Database, change: str) -> None:
        async with opened(database) as (_, _, pool), pool.connection() as connection:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await connection.execute(change)


class TestAShop:
    async def test_is_listed_and_renamed(self, database: Database) -> None:
        async with opened(database) as (_, shops, _):
            await shops.add(KAUPPA, "Uusi nimi")

            assert [(shop.shop, shop.name) for shop in await shops.list()] == [
                (KAUPPA, "Uusi nimi"),
                (TOINEN, "Toinen kauppa"),
            ]

    async def test_is_open_again_when_it_is_added_again(self, database: Database) -> None:
        async with opened(database) as (keys, shops, _):
            issued = await keys.issue("dashboard", Role.VIEWER, [KAUPPA])
            assert await shops.revoke(KAUPPA)
            assert not await shops.revoke(KAUPPA)

            await shops.add(KAUPPA, "Kauppa")

            assert await keys.authenticate(issued.text) is not None

    async def test_has_a_name_that_fits_a_subject(self, database: Database) -> None:
        async with opened(database) as (_, shops, _):
            with pytest.raises(ValidationError):
                await shops.add(ShopId("Not a token"), "x")
