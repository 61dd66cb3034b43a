"""Tries of passwords: counted together in all processes, each wait longer than the last."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from adapters.auth.sign_in_limits import (
    SignInLimits,
    TooManyTries,
    address_subject,
    network_subject,
)
from adapters.postgres.database import Pool, open_pool
from tests.support import Database

EMAIL = "aino@example.com"


@asynccontextmanager
async def two_processes(
    database: Database,
) -> AsyncIterator[tuple[SignInLimits, SignInLimits, Pool]]:
    async with (
        open_pool(database.url, min_size=1, max_size=2) as one,
        open_pool(database.url, min_size=1, max_size=2) as other,
    ):
        yield SignInLimits(one), SignInLimits(other), one


async def pass_time(pool: Pool, passed: timedelta) -> None:
    """Move what was tried into the past."""
    async with pool.connection() as connection:
        await connection.execute(
            "UPDATE access.sign_in_tries SET tried_at = tried_at - %(passed)s", {"passed": passed}
        )


async def refused(limits: SignInLimits, email: str, network: str) -> int:
    with pytest.raises(TooManyTries) as refusal:
        await limits.take(email, network)
    return refusal.value.seconds


async def test_tries_for_an_address_count_together_in_all_processes(database: Database) -> None:
    async with two_processes(database) as (one, other, _):
        for number in range(5):
            await (one, other)[number % 2].take(EMAIL, f"192.0.2.{number}")

        assert 0 < await refused(other, EMAIL.upper(), "198.51.100.1") <= 15
        await other.take("other@example.com", "198.51.100.1")


async def test_tries_from_a_network_count_together(database: Database) -> None:
    async with two_processes(database) as (one, other, _):
        for number in range(30):
            await one.take(f"{number}@example.com", "2001:db8::1")

        await refused(other, "more@example.com", "2001:db8::ffff:2")
        await other.take("more@example.com", "2001:db8:0:1::1")


async def test_each_wait_is_longer_until_the_longest(database: Database) -> None:
    waits = []
    async with two_processes(database) as (one, _, pool):
        for _number in range(5):
            await one.take(EMAIL, "192.0.2.1")
        for _number in range(8):
            waits.append(await refused(one, EMAIL, "192.0.2.1"))
            await pass_time(pool, timedelta(seconds=waits[-1]))
            await one.take(EMAIL, "192.0.2.1")

    assert waits[0] == 15
    assert waits == sorted(waits)
    assert waits[-1] == 15 * 60


async def test_a_refused_try_does_not_make_the_wait_longer(database: Database) -> None:
    async with two_processes(database) as (one, _, pool):
        for _number in range(5):
            await one.take(EMAIL, "192.0.2.1")
        for _number in range(3):
            await refused(one, EMAIL, "192.0.2.1")
        await pass_time(pool, timedelta(seconds=15))

        await one.take(EMAIL, "192.0.2.1")


async def test_the_right_password_forgets_the_wrong_ones(database: Database) -> None:
    async with two_processes(database) as (one, _, _):
        for _number in range(5):
            await one.take(EMAIL, "192.0.2.1")
        await one.succeed(EMAIL, "192.0.2.1")

        await one.take(EMAIL, "192.0.2.1")


async def test_after_a_day_all_is_forgotten_and_swept(database: Database) -> None:
    async with two_processes(database) as (one, _, pool):
        for _number in range(5):
            await one.take(EMAIL, "192.0.2.1")
        await pass_time(pool, timedelta(hours=25))
        await one.take(EMAIL, "192.0.2.2")
        await one.succeed(EMAIL, "192.0.2.2")

        async with pool.connection() as connection:
            rows = await (
                await connection.execute("SELECT subject FROM access.sign_in_tries")
            ).fetchall()
    assert [row[0] for row in rows] == [network_subject("192.0.2.2").digest]


async def test_neither_addresses_nor_networks_are_stored_as_they_are(database: Database) -> None:
    async with two_processes(database) as (one, _, pool):
        await one.take(EMAIL, "192.0.2.1")
        async with pool.connection() as connection:
            rows = await (
                await connection.execute("SELECT t::text FROM access.sign_in_tries AS t")
            ).fetchall()

    assert len(rows) == 2
    assert not any("aino" in text or "192.0.2" in text for (text,) in rows)


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("192.0.2.1", "::ffff:192.0.2.1"),
        ("2001:db8::1", "2001:db8::2"),
        ("no address", "no address"),
    ],
)
def test_a_network_is_known_by_each_of_its_names(one: str, same: str) -> None:
    assert network_subject(one) == network_subject(same)
    assert network_subject(one) != network_subject("198.51.100.9")


def test_an_address_is_no_network() -> None:
    assert address_subject("192.0.2.1").digest != network_subject("192.0.2.1").digest
