"""Puts together what hears providers and compares their money; the workers run it beside actions."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from adapters.outside import Outside
from adapters.providers.differences import Differences
from adapters.providers.money_moved import MoneyMoved
from adapters.providers.news_applying import NewsApplier
from adapters.providers.news_store import NewsStore
from adapters.providers.of import sources_of
from adapters.providers.reconciling import Reconciler
from adapters.reading.payments import PaymentIndex
from adapters.running.provider_news import run_provider_news
from processors.refund_source import RefundSource

if TYPE_CHECKING:
    from adapters.bootstrap import Parts


async def hear_providers(parts: "Parts", outside: Outside, stop: asyncio.Event) -> None:
    """Take in what providers told, and compare their money, until `stop` is set."""
    sources = sources_of(outside, parts.settings, parts.secrets)
    await run_provider_news(
        pool=parts.pool,
        applier=applier_of(parts, sources),
        reconciler=reconciler_of(parts, sources),
        stop=stop,
    )


def applier_of(parts: "Parts", sources: Mapping[str, RefundSource]) -> NewsApplier:
    """Make what takes news in, and can ask these providers."""
    return NewsApplier(
        store=NewsStore(parts.pool),
        payments=PaymentIndex(parts.pool),
        orders=parts.order_store,
        recorder=parts.recorder,
        sources=sources,
    )


def reconciler_of(parts: "Parts", sources: Mapping[str, RefundSource]) -> Reconciler:
    """Make what compares money with that of these providers."""
    return Reconciler(
        sources=sources,
        applier=applier_of(parts, sources),
        differences=Differences(parts.pool),
        payments=PaymentIndex(parts.pool),
        orders=parts.order_store,
        moved=MoneyMoved(parts.pool),
        secrets=parts.secrets,
    )
