"""Who waits for the journal hears of news at once, and again after a lost connection."""

import asyncio

from adapters.postgres.database import open_pool
from adapters.postgres.journal import Journal
from adapters.postgres.news import News
from tests.adapters.postgres.given import append_of, new_stream
from tests.proxy import Proxy
from tests.support import Database

LONG_SECONDS = 60.0


async def listening(news: News) -> int:
    """Wait until it listens; then it has heard once."""
    await news.wait(LONG_SECONDS, 0)
    return news.heard


async def test_an_append_is_heard_in_another_process(database: Database) -> None:
    async with (
        News(database.url) as ours,
        News(database.url) as theirs,
        open_pool(database.url, min_size=1, max_size=1) as pool,
    ):
        heard = await listening(theirs)
        await Journal(pool, ours.announce).append([append_of(new_stream())])
        await theirs.wait(LONG_SECONDS, heard)
        assert theirs.heard > heard


async def test_news_between_reading_and_waiting_is_not_missed(database: Database) -> None:
    async with News(database.url) as news:
        before = await listening(news)
        news.announce()
        await news.wait(LONG_SECONDS, before)
        await news.wait(LONG_SECONDS, before)


async def test_every_waiter_is_woken(database: Database) -> None:
    async with News(database.url) as news:
        await listening(news)
        waiters = [asyncio.create_task(news.wait(LONG_SECONDS)) for _ in range(3)]
        await asyncio.sleep(0)
        news.announce()
        await asyncio.gather(*waiters)


async def test_waiting_ends_without_news(database: Database) -> None:
    async with News(database.url) as news:
        heard = await listening(news)
        await news.wait(0.01, heard)
        assert news.heard == heard


async def test_a_lost_connection_is_made_again_and_counts_as_news(database: Database) -> None:
    async with Proxy(database.url) as proxy, News(proxy.url) as news:
        heard = await listening(news)
        proxy.cut_all()
        await news.wait(LONG_SECONDS, heard)
        heard = news.heard
        news.announce()
        await news.wait(LONG_SECONDS, heard)
        assert news.heard > heard
