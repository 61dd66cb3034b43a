"""Who may sign in: what a new shop and a better hash change, and what they must not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.auth.people import People
from adapters.auth.roles import Role
from adapters.auth.sessions import Sessions
from adapters.auth.shops import Shops
from adapters.auth.sign_in_links import SignInLinks
from adapters.postgres.database import Pool, open_pool
from domain.identifiers import ShopId
from tests.support import Database

ONE, TWO = ShopId("one"), ShopId("two")
EMAIL = "aino@example.com"


@asynccontextmanager
async def two_shops(database: Database) -> AsyncIterator[Pool]:
    """Serve two shops."""
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        for shop in (ONE, TWO):
            await Shops(pool).add(shop, shop)
        yield pool


async def test_who_is_let_into_another_shop_signs_in_by_no_link_of_before(
    database: Database,
) -> None:
    async with two_shops(database) as pool:
        people, sessions, links = People(pool), Sessions(pool), SignInLinks(pool)
        person = await people.add(EMAIL, "Aino", ONE, Role.VIEWER)
        link = await links.make(person.person_id)
        by_link = await sessions.begin(person.person_id, is_by_link=True)
        by_password = await sessions.begin(person.person_id)
        await people.add(EMAIL, "Aino", ONE, Role.ADMIN)
        kept = await sessions.find(by_link)
        await people.add(EMAIL, "Aino", TWO, Role.VIEWER)
        found = [await sessions.find(one) for one in (by_link, by_password)]
        used = await links.use(link)

    assert kept is not None
    assert [visitor is not None for visitor in found] == [False, True]
    assert used is None


async def test_a_better_hash_never_takes_the_place_of_another_password(
    database: Database,
) -> None:
    async with two_shops(database) as pool:
        people = People(pool)
        person = await people.add(EMAIL, "Aino", ONE, Role.VIEWER)
        await people.set_password(person.person_id, "old")
        known = await people.password_of(EMAIL)
        assert known is not None
        await people.rehash(known, "old, better")
        bettered = await people.password_of(EMAIL)
        await people.set_password(person.person_id, "new")
        await people.rehash(known, "old, better again")
        chosen = await people.password_of(EMAIL)

    assert bettered is not None
    assert chosen is not None
    assert (bettered.password_hash, chosen.password_hash) == ("old, better", "new")
