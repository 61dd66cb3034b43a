"""Runs followers of any kind side by side, each with its own connection."""

import asyncio
from collections.abc import Iterable
from typing import Any

from adapters.postgres.database import Pool
from adapters.postgres.news import News
from adapters.running.follower import Consumer, Follower
from adapters.running.garbage import collect_seldom


async def run_followers(
    consumers: Iterable[Consumer[Any]],
    *,
    pool: Pool,
    news: News,
    stop: asyncio.Event,
) -> None:
    """Follow with all of them until `stop` is set."""
    collect_seldom()
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(Follower(consumer, pool=pool, news=news).run())
            for consumer in consumers
        ]
        await stop.wait()
        for task in tasks:
            task.cancel()
