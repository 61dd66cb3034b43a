"""`refunds reconcile`: compare what providers say that they returned with what is recorded.

The rule to know: refunds that no webhook told of are taken in on the way; what still differs is
said, never mended. Exit code 1: something differs, or could not be compared.
"""

import re
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from adapters.bootstrap import Parts
from adapters.cli.exits import ExitCode, Refused, WrongUse
from adapters.cli.options import SHOP_OPTIONS, ShopOptions
from adapters.cli.output import print_json, say, show, table, text
from adapters.cli.reaching import ledger, the_shops
from adapters.clock import utc_now
from adapters.display.times import exact
from adapters.outside import open_outside
from adapters.providers.compared import Compared
from adapters.providers.differences import Differences, DifferenceSeen
from adapters.providers.news_store import INTERNAL_ERROR, PAYMENT_UNKNOWN, KeptNews, NewsStore
from adapters.providers.troubles import CREDENTIALS_MISSING, CREDENTIALS_REFUSED
from domain.identifiers import OrderId, ShopId
from domain.money import Money
from processors.reconciliation import Why

SINCE_DEFAULT = "7d"
PERIOD = re.compile(r"(\d{1,4})([hd])")
HOURS_BY_UNIT = {"h": 1, "d": 24}
WAITING_AFTER = timedelta(days=1)
"""Then news that is not taken in does not wait for a checkout's message alone."""
WAITING_MAX = 1_000
ADVICE = (
    "Look at the payment in the provider's dashboard and at `order-ledger orders history ORDER`; "
    "what could not be compared is tried again by itself every 15 minutes."
)
WORDS_BY_WAITING = {
    "": "a worker: is one running?",
    PAYMENT_UNKNOWN: "its payment: no order has it, or another system uses the account",
    INTERNAL_ERROR: "a mistake of the ledger's to be mended: see its log",
    CREDENTIALS_MISSING.code: "the provider's credentials: `order-ledger secrets set`",
    CREDENTIALS_REFUSED.code: "the right credentials: `order-ledger secrets set`",
}
"""By the code that news waits for; any other is waited out."""
SENTENCE_BY_WHY = {
    Why.NOT_RECORDED: "The provider returned more than is recorded",
    Why.NOT_AT_PROVIDER: "Recorded as returned, and not returned by the provider",
}


class ShopReconciled(Struct, frozen=True, kw_only=True):
    """How one shop's money compares with its providers'."""

    shop: ShopId
    compared: Sequence[Compared]
    differences: Sequence[DifferenceSeen]
    waiting: Sequence[KeptNews]
    """What was told a day ago or more, and is not taken in."""

    @property
    def is_clear(self) -> bool:
        """All was compared, and agrees."""
        return not self.differences and not any(
            one.failure or one.not_compared for one in self.compared
        )


async def reconcile(*, since: str = SINCE_DEFAULT, options: ShopOptions = SHOP_OPTIONS) -> None:
    """Compare money with the providers that list their refunds; exit code 1 where it differs.

    Parameters
    ----------
    since
        How far back, as 12h or 7d.
    """
    period = _period(since)
    async with ledger(options) as parts:
        shops = await the_shops(parts, options)
        found = await _reconciled(parts, shops, utc_now() - period)
        numbers = await _numbers(parts, found)
    is_clear = all(one.is_clear for one in found)
    if options.json:
        print_json({"shops": found})
        sys.exit(ExitCode.OK if is_clear else ExitCode.REFUSED)
    _show(found, numbers)
    if not is_clear:
        raise Refused("money differs, or could not be compared", ADVICE, "not_reconciled")


def _period(since: str) -> timedelta:
    read = PERIOD.fullmatch(since)
    if read is None:
        raise WrongUse(f"--since {since!r} is no period", "Say hours or days: 12h, 7d.")
    return timedelta(hours=int(read[1]) * HOURS_BY_UNIT[read[2]])


async def _reconciled(
    parts: Parts, shops: Sequence[ShopId], since: datetime
) -> list[ShopReconciled]:
    from adapters.providers.hearing import reconciler_of  # noqa: PLC0415 - slow to load
    from adapters.providers.of import sources_of  # noqa: PLC0415 - as above

    async with open_outside(parts.settings, parts.secrets) as outside:
        reconciler = reconciler_of(parts, sources_of(outside, parts.settings, parts.secrets))
        compared = {shop: await reconciler.reconcile(shop, since) for shop in shops}
    store, told_before = NewsStore(parts.pool), utc_now() - WAITING_AFTER
    return [
        ShopReconciled(
            shop=shop,
            compared=compared[shop],
            differences=await Differences(parts.pool).all(shop),
            waiting=await store.waiting(shop, told_before, WAITING_MAX),
        )
        for shop in shops
    ]


async def _numbers(parts: Parts, found: Sequence[ShopReconciled]) -> dict[OrderId, str]:
    """Find the order numbers, by which people know orders."""
    numbers = {}
    for one in found:
        for order_id in {difference.order_id for difference in one.differences}:
            sheet = await parts.order_reader.sheet(one.shop, order_id)
            numbers[order_id] = sheet.number or str(order_id)
    return numbers


def _show(found: Sequence[ShopReconciled], numbers: dict[OrderId, str]) -> None:
    for one in found:
        for compared in one.compared:
            say(_sentence(compared))
            for left in compared.not_compared:
                say(f"▲ {compared.provider} {left.transaction_id} was not compared: {left.code}")
        if not one.compared:
            say(f"{one.shop}: no provider is set up that lists its refunds.")
        if one.differences:
            _show_differences(one.differences, numbers)
        if one.waiting:
            _show_waiting(one.waiting)


def _sentence(compared: Compared) -> str:
    start = (
        f"{compared.shop}, {compared.provider}: {compared.refunds:,} refunds listed, "
        f"{compared.payments:,} payments compared"
    )
    return (
        f"{start}; the rest could not be: {compared.failure}" if compared.failure else f"{start}."
    )


def _show_differences(differences: Sequence[DifferenceSeen], numbers: dict[OrderId, str]) -> None:
    rows = table("Order", "Payment", "Ours", "Theirs", "Why", "Since", numbers=["Ours", "Theirs"])
    for one in differences:
        rows.add_row(
            text(numbers[one.order_id]),
            text(one.transaction_id),
            str(Money(one.ours, one.currency)),
            str(Money(one.theirs, one.currency)),
            SENTENCE_BY_WHY[one.why],
            exact(one.first_seen_at),
        )
    show(rows)


def _show_waiting(waiting: Sequence[KeptNews]) -> None:
    say("Told by providers, and not taken in:")
    rows = table("Provider", "What", "Waits for", "Told")
    for one in waiting:
        rows.add_row(
            text(one.provider),
            text(one.news.news_id),
            text(_what_it_waits_for(one.waits_for)),
            exact(one.told_at),
        )
    show(rows)


def _what_it_waits_for(code: str) -> str:
    return WORDS_BY_WAITING.get(code, f"another try ({code})")
