"""The runner of alerts: of several one tells, another takes over, and a lost line ends nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import pytest
from psycopg import AsyncConnection
from structlog.testing import capture_logs

from adapters.running import alerts as running_alerts
from adapters.running.alerts import run_alerts
from adapters.shops.settings import ShopSettingsStore
from processors import alerting
from tests.adapters.alerts.test_alerts import FAIL, House, house
from tests.support import Database

END_LINES = """
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE datname = current_database()
AND pid <> pg_backend_pid()
"""


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerting, "SETTLE", timedelta(0))
    monkeypatch.setattr(alerting, "GATHER", timedelta(0))
    monkeypatch.setattr(running_alerts, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(running_alerts, "STANDBY_SECONDS", 0.05)


@asynccontextmanager
async def runner(shop: House) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(
        run_alerts(
            pool=shop.pool,
            shop_settings=ShopSettingsStore(shop.pool),
            sender=shop.sender,
            stop=stop,
        )
    )
    yield
    stop.set()
    await running


async def told(shop: House, messages: int) -> None:
    while len(shop.hook.received) < messages or len(shop.mail.delivered) < messages:  # noqa: ASYNC110 - they set no event
        await asyncio.sleep(0.02)


async def test_of_several_runners_one_tells_and_another_takes_over(database: Database) -> None:
    async with house(database) as shop, AsyncExitStack() as others:
        async with runner(shop):
            await others.enter_async_context(runner(shop))
            await shop.fail()
            await told(shop, 1)
        await shop.fail(cause="aaaaaaaaaa")
        await told(shop, 2)
        assert shop.changes == [["appeared"], ["appeared"]]


async def test_a_runner_outlives_its_lines_to_the_database(database: Database) -> None:
    async with house(database) as shop, runner(shop):
        await shop.fail()
        await told(shop, 1)
        async with await AsyncConnection.connect(database.url, autocommit=True) as beside:
            await beside.execute(END_LINES)
            await beside.execute(FAIL, shop.failing(cause="aaaaaaaaaa"))
        await told(shop, 2)
        assert shop.changes == [["appeared"], ["appeared"]]


async def test_a_mistake_does_not_end_the_runner_beside_the_workers(database: Database) -> None:
    async with (
        house(database) as shop,
        await AsyncConnection.connect(database.owner_url, autocommit=True) as owner,
    ):
        await owner.execute("ALTER TABLE attention.alerts RENAME TO lost")
        with capture_logs() as logs:
            async with runner(shop):
                while not any(log["event"] == "alert_mistake" for log in logs):  # noqa: ASYNC110 - logs set no event
                    await asyncio.sleep(0.02)
                await owner.execute("ALTER TABLE attention.lost RENAME TO alerts")
                await shop.fail()
                await told(shop, 1)
        assert {log["problem"] for log in logs} == {"UndefinedTable"}
