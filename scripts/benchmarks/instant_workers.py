"""The role `workers` of a benchmark, in a process of its own: the real loop, instant executors.

The settings are read from the environment alone; a signal stops it.
"""

import asyncio
import os
import signal

import uvloop

from adapters.bootstrap import open_parts
from adapters.commands.recording import CommandRecorder
from adapters.log import set_up_log
from adapters.running.workers import Limits, run_workers
from adapters.settings import Settings, load_settings
from scripts.benchmarks.instant import instant_executors

EMAILS_MAX = 100
"""What `SMTP_CONNECTIONS=100` gives: a mail server that is as quick as can be takes so many."""


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_parts(settings) as parts, parts.news:
        await run_workers(
            pool=parts.pool,
            recorder=CommandRecorder(parts.journal.append, parts.order_store, parts.key_ring),
            orders=parts.order_store,
            executors=instant_executors(),
            news=parts.news,
            stop=stop,
            limits=Limits(emails_max=EMAILS_MAX),
        )


if __name__ == "__main__":
    set_up_log()
    uvloop.run(_work(load_settings(os.environ, None)))
