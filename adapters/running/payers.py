"""A payers' loop: the worker's loop, run with the steps of a payer.

The rule to know: providers are asked by few calls at a time; they limit how often they are asked,
and money has time.
"""

import asyncio
from collections.abc import Mapping
from time import monotonic

from adapters.commands.recording import CommandRecorder
from adapters.postgres.database import Pool
from adapters.postgres.news import News
from adapters.postgres.order_store import OrderStore
from adapters.postgres.work_list import WorkList
from adapters.running.payer import Payer
from adapters.running.worker_beats import PAYERS, WorkerBeats
from adapters.running.workers import Limits, Workers, process_name
from processors.refund_provider import RefundProvider

PAYER_LIMITS = Limits(in_hand_max=64, each_max=16)


async def run_payers(
    *,
    pool: Pool,
    recorder: CommandRecorder,
    orders: OrderStore,
    providers: Mapping[str, RefundProvider],
    news: News,
    stop: asyncio.Event,
    limits: Limits = PAYER_LIMITS,
) -> None:
    """Pay transfers back until `stop` is set; any number of processes may."""
    name = process_name()
    payer = Payer(
        name=name,
        work=WorkList(pool),
        recorder=recorder,
        orders=orders,
        providers=providers,
        steady_seconds=monotonic,
    )
    beats = WorkerBeats(pool, name, PAYERS)
    await Workers(payer, news=news, beats=beats, limits=limits).run(stop)
