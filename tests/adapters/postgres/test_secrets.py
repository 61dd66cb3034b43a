"""Secrets: sealed where they stand, newest first, rotated without a gap."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from psycopg import AsyncConnection
from psycopg.errors import InsufficientPrivilege

from adapters.master_key import MasterKey, generate_master_key
from adapters.postgres.database import Pool, open_pool
from adapters.postgres.keyring import WrongMasterKey
from adapters.postgres.secrets import VALID_MAX, Secrets, make_webhook_secret
from domain.identifiers import ShopId
from tests.support import Database

KAUPPA = ShopId("kauppa")
TOINEN = ShopId("toinen")
ENDPOINT = "https://hooks.example.com/a"
NAME = f"webhook:{ENDPOINT}"
KEY = MasterKey.parse(generate_master_key())
CALLERS = 8


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[tuple[Secrets, Pool]]:
    async with open_pool(database.url, min_size=1, max_size=CALLERS) as pool:
        yield Secrets(pool, KEY), pool


async def as_owner(database: Database, sql: str) -> None:
    async with await AsyncConnection.connect(database.owner_url, autocommit=True) as connection:
        await connection.execute(sql.encode())


async def stored(pool: Pool) -> list[tuple[int, bytes]]:
    """Read what stands in the table, oldest first."""
    async with pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT generation, sealed FROM vault.secrets ORDER BY generation", binary=True
        )
        return await cursor.fetchall()


class TestASecret:
    async def test_is_found_by_its_shop_and_name_alone(self, database: Database) -> None:
        async with opened(database) as (secrets, _):
            await secrets.set(KAUPPA, "systeme.api_key", "sesame-open-up")

            assert await secrets.valid(KAUPPA, "systeme.api_key") == ("sesame-open-up",)
            assert await secrets.valid(TOINEN, "systeme.api_key") == ()
            assert await secrets.valid(KAUPPA, "kajabi.client_id") == ()

    async def test_is_stored_nowhere_as_it_is(self, database: Database) -> None:
        async with opened(database) as (secrets, pool):
            await secrets.set(KAUPPA, "systeme.api_key", "sesame-open-up")

            [(_, sealed)] = await stored(pool)
            assert b"sesame" not in sealed

    async def test_that_is_set_again_voids_the_earlier_for_good(self, database: Database) -> None:
        async with opened(database) as (secrets, pool):
            for value in ("one", "two"):
                await secrets.set(KAUPPA, "systeme.api_key", value)

            assert await secrets.valid(KAUPPA, "systeme.api_key") == ("two",)
            assert [generation for generation, _ in await stored(pool)] == [2]

    async def test_sealed_under_another_master_key_is_said_to_be(self, database: Database) -> None:
        async with opened(database) as (secrets, pool):
            await secrets.set(KAUPPA, "systeme.api_key", "sesame-open-up")
            stranger = Secrets(pool, MasterKey.parse(generate_master_key()))

            with pytest.raises(WrongMasterKey):
                await stranger.valid(KAUPPA, "systeme.api_key")

    @pytest.mark.parametrize(
        ("move", "shop", "name"),
        [
            ("UPDATE vault.secrets SET shop = 'toinen'", TOINEN, "systeme.api_key"),
            ("UPDATE vault.secrets SET name = 'another'", KAUPPA, "another"),
            ("UPDATE vault.secrets SET generation = 7", KAUPPA, "systeme.api_key"),
        ],
    )
    async def test_moved_to_another_place_opens_no_more(
        self, database: Database, move: str, shop: ShopId, name: str
    ) -> None:
        async with opened(database) as (secrets, _):
            await secrets.set(KAUPPA, "systeme.api_key", "sesame-open-up")
            await as_owner(database, move)

            with pytest.raises(WrongMasterKey):
                await secrets.valid(shop, name)

    async def test_cannot_be_altered_by_the_application(self, database: Database) -> None:
        async with opened(database) as (_, pool), pool.connection() as connection:
            with pytest.raises(InsufficientPrivilege):
                await connection.execute("UPDATE vault.secrets SET sealed = ''")


class TestASigningSecret:
    async def test_is_made_at_the_first_need_and_stays(self, database: Database) -> None:
        async with opened(database) as (secrets, _):
            made = await secrets.of_webhook(KAUPPA, ENDPOINT)

            assert len(made) == 1
            assert await secrets.of_webhook(KAUPPA, ENDPOINT) == made
            assert await secrets.valid(KAUPPA, NAME) == made
            assert await secrets.of_webhook(TOINEN, ENDPOINT) != made

    async def test_is_one_however_many_need_it_at_once(self, database: Database) -> None:
        async with opened(database) as (secrets, _):
            needs = [secrets.of_webhook(KAUPPA, ENDPOINT) for _ in range(CALLERS)]

            assert len(set(await asyncio.gather(*needs))) == 1

    def test_has_the_form_of_the_standard(self) -> None:
        secret = make_webhook_secret()

        assert secret.startswith("whsec_")
        assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 32
        assert make_webhook_secret() != secret


class TestRotation:
    async def test_puts_the_new_one_first_and_keeps_the_old_one_for_a_day(
        self, database: Database
    ) -> None:
        async with opened(database) as (secrets, _):
            [old] = await secrets.of_webhook(KAUPPA, ENDPOINT)
            await secrets.rotate(KAUPPA, NAME)

            new, still = await secrets.of_webhook(KAUPPA, ENDPOINT)
            assert (still, new != old) == (old, True)
            newest, retiring = await secrets.list(KAUPPA)
            assert (newest.generation, newest.retires_at) == (2, None)
            assert retiring.generation == 1
            assert retiring.retires_at == newest.created_at + timedelta(hours=24)

    async def test_of_a_secret_that_is_not_there_yet_makes_the_first(
        self, database: Database
    ) -> None:
        async with opened(database) as (secrets, _):
            await secrets.rotate(KAUPPA, NAME)

            assert len(await secrets.valid(KAUPPA, NAME)) == 1

    async def test_again_does_not_lengthen_the_life_of_the_oldest(self, database: Database) -> None:
        async with opened(database) as (secrets, _):
            for _ in range(2):
                await secrets.rotate(KAUPPA, NAME)
            before = (await secrets.list(KAUPPA))[1].retires_at
            await secrets.rotate(KAUPPA, NAME)

            assert (await secrets.list(KAUPPA))[2].retires_at == before

    async def test_leaves_an_old_one_void_after_a_day_and_deletes_it_at_the_next_change(
        self, database: Database
    ) -> None:
        async with opened(database) as (secrets, pool):
            for _ in range(2):
                await secrets.rotate(KAUPPA, NAME)
            await as_owner(
                database, "UPDATE vault.secrets SET retires_at = retires_at - interval '24 hours'"
            )

            assert len(await secrets.valid(KAUPPA, NAME)) == 1
            assert [one.generation for one in await secrets.list(KAUPPA)] == [2]
            assert [generation for generation, _ in await stored(pool)] == [1, 2]
            await secrets.rotate(KAUPPA, NAME)
            assert [generation for generation, _ in await stored(pool)] == [2, 3]

    async def test_by_many_at_once_gives_each_its_own_generation(self, database: Database) -> None:
        async with opened(database) as (secrets, _):
            await asyncio.gather(*(secrets.rotate(KAUPPA, NAME) for _ in range(CALLERS)))

            listed = await secrets.list(KAUPPA)
            assert [one.generation for one in listed] == list(range(CALLERS, 0, -1))
            assert [one.retires_at is None for one in listed] == [True] + [False] * (CALLERS - 1)

    async def test_signs_with_a_bounded_number_of_secrets(self, database: Database) -> None:
        async with opened(database) as (secrets, _):
            for _ in range(VALID_MAX + 2):
                await secrets.rotate(KAUPPA, NAME)

            assert len(await secrets.valid(KAUPPA, NAME)) == VALID_MAX
