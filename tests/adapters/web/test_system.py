"""The system page: does everything run, and what was told to this shop."""

from psycopg import AsyncConnection

from adapters.running.liveness import State
from adapters.running.standings import FOLLOWERS
from adapters.running.waiting import wait_for
from adapters.web.system.system_view import worst_of
from tests.adapters.http_api.recorded import order_id_of, record, started
from tests.adapters.http_api.served import TOINEN
from tests.adapters.http_api.test_health import all_followed, beat_ingress, beat_workers
from tests.adapters.web.seen import words_of
from tests.adapters.web.site import site
from tests.adapters.web.tables import rows_of
from tests.support import Database

ASIDE = """
INSERT INTO followers.set_aside (follower, position, stream, reason, set_aside_at)
VALUES ('orders', %s, %s, 'unreadable', now())
"""
TOLD = """
INSERT INTO attention.alerts (alert_id, channel, shop, made_at, notices, tries, failure, retry_at, done_at)
VALUES (gen_random_uuid(), 'email', %s, now(), '[{}, {}]', 3, 'smtp_refused', now(), now())
"""


async def run(database: Database, statement: str, *values: object) -> None:
    """Write what others would have written."""
    async with await AsyncConnection.connect(database.owner_url, autocommit=True) as connection:
        await connection.execute(statement, values)


async def test_it_says_that_everything_runs(database: Database) -> None:
    async with site(database) as ledger, all_followed(ledger.parts), ledger.visitor() as laura:
        await beat_ingress(database, age="0 s")
        await beat_workers(ledger.parts.pool)
        position = await record(ledger.parts, 1, [started(1)])
        assert await wait_for(ledger.parts.pool, position, FOLLOWERS)
        page = await laura.get("/system")

    text, rows = words_of(page.text), rows_of(page.text)
    assert "Live Everything runs and is up to date" in text
    assert ["Ingress 0", "Live", "7"] in [row[:3] for row in rows]
    assert ["Workers", "Live", "1", "0"] in [row[:4] for row in rows]
    assert "Version 0.1.0" in text
    assert "None was sent" in text


async def test_it_names_what_nobody_runs(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        await beat_ingress(database, age="1 minute")
        page = await laura.get("/system")

    text = words_of(page.text)
    assert "parts do not run" in text
    assert "should look at: Orders, Attention," in text
    assert ["Ingress 0", "Dead"] in [row[:2] for row in rows_of(page.text)]
    assert ["Orders", "Stopped", "0", "Nobody runs it", "0"] in rows_of(page.text)


async def test_it_counts_orders_and_alerts_of_this_shop_only(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        for position, shop in enumerate(("kauppa", "kauppa", "toinen"), start=1):
            await run(database, ASIDE, position, f"order/{shop}/{order_id_of(position)}")
        await run(database, TOLD, TOINEN)
        others = await laura.get("/system")
        await run(database, TOLD, "kauppa")
        own = await laura.get("/system")

    assert ["Orders", "Stopped", "0", "Nobody runs it", "2"] in rows_of(others.text)
    assert "None was sent" in words_of(others.text)
    assert rows_of(own.text)[-1][1:] == ["Email", "Given up", "2", "3", "Smtp refused"]


def test_the_whole_is_as_its_worst_part() -> None:
    assert worst_of([State.LIVE, State.DEAD, State.CATCH_UP]) is State.DEAD
    assert worst_of([State.LIVE, State.CATCH_UP]) is State.CATCH_UP
    assert worst_of([State.LIVE]) is State.LIVE
