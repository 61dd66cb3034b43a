"""The role `workers`: everything that reaches the outside world, or hears from it.

Its parts are started side by side in one process, and share one way out.
"""

import asyncio

from adapters.alerts.sending import AlertSender
from adapters.bootstrap import Parts
from adapters.commands.recording import CommandRecorder
from adapters.credit_notes.numbering import CreditNotes
from adapters.executors import executors_of
from adapters.outside import Outside, open_outside
from adapters.providers.hearing import hear_providers
from adapters.providers.of import providers_of
from adapters.running.alerts import run_alerts
from adapters.running.payers import run_payers
from adapters.running.workers import Limits, run_workers


async def work(parts: Parts, stop: asyncio.Event) -> None:
    """Work until `stop` is set."""
    async with open_outside(parts.settings, parts.secrets) as outside, asyncio.TaskGroup() as group:
        group.create_task(_carry_out(parts, outside, stop))
        group.create_task(_pay_back(parts, outside, stop))
        group.create_task(_alert(parts, outside, stop))
        group.create_task(hear_providers(parts, outside, stop))


async def _carry_out(parts: Parts, outside: Outside, stop: asyncio.Event) -> None:
    await run_workers(
        pool=parts.pool,
        # A worker's appends come in batches already: nothing is to be coalesced.
        recorder=CommandRecorder(parts.journal.append, parts.order_store, parts.key_ring),
        orders=parts.order_store,
        executors=executors_of(
            outside,
            settings=parts.settings,
            shop_settings=parts.shop_settings,
            secrets=parts.secrets,
            grants=parts.grants,
            credit_notes=CreditNotes(parts),
        ),
        news=parts.news,
        stop=stop,
        limits=Limits(emails_max=parts.settings.smtp_connections),
    )


async def _pay_back(parts: Parts, outside: Outside, stop: asyncio.Event) -> None:
    await run_payers(
        pool=parts.pool,
        recorder=CommandRecorder(parts.journal.append, parts.order_store, parts.key_ring),
        orders=parts.order_store,
        providers=providers_of(outside, parts.settings, parts.secrets),
        news=parts.news,
        stop=stop,
    )


async def _alert(parts: Parts, outside: Outside, stop: asyncio.Event) -> None:
    await run_alerts(
        pool=parts.pool,
        shop_settings=parts.shop_settings,
        sender=AlertSender(post=outside.post, signed=outside.signed),
        stop=stop,
    )
