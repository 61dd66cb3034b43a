"""What a person is told while `scripts/run` runs: where to look, what was fed, what comes next."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from msgspec import Struct

from adapters.bootstrap import Parts
from adapters.cli.banner import banner, command
from adapters.postgres.query import fetch
from adapters.up import Standing
from domain.identifiers import ShopId
from domain.order.stages import PaymentStatus
from domain.order.state import NO_GRACE
from projections.orders.filter import OrderFilter
from projections.orders.queries import OrderListed, list_orders

NO_WORKER = (
    "Nothing runs post-purchase actions yet: paid orders that have some ask for attention after "
    "the shop's grace."
)


class Guide(Struct, frozen=True, kw_only=True):
    """Speaks to the person who started it, on stderr where stdout is for a program."""

    standing: Standing
    shop: str
    """The one that examples are of."""
    key: str
    is_json: bool

    def say_where_to_look(self) -> None:
        """Print addresses, the key, and commands that need no order."""
        self.say(banner(self.standing, self.shop, self.key, (NO_WORKER,)))

    async def say_what_to_try(self, parts: Parts) -> None:
        """Print commands about the newest paid order; nothing where there is none."""
        order = await _newest_paid(parts, ShopId(self.shop))
        if order is None:
            return
        at_shop = ("--shop", self.shop)
        self.say(
            "\n".join(
                (
                    f"Try  {self._ledger('orders', 'list', *at_shop, '--status', order.status)}",
                    f"     {self._ledger('orders', 'show', order.number, *at_shop)}",
                    f"     {self._ledger('orders', 'history', order.number, *at_shop)}",
                )
            )
        )

    def say(self, words: str) -> None:
        """Print at once."""
        print(words, file=sys.stderr if self.is_json else sys.stdout, flush=True)

    def _ledger(self, *words: str) -> str:
        return command(self.standing, *words)


async def has_orders(parts: Parts, shops: Sequence[str]) -> bool:
    """Say whether one of these shops has an order already."""
    now = datetime.now(UTC)
    asked = (
        list_orders(OrderFilter(shop=ShopId(shop)), now=now, grace=NO_GRACE, limit=1)
        for shop in shops
    )
    return any([await fetch(parts.pool, query) for query in asked])


async def _newest_paid(parts: Parts, shop: ShopId) -> OrderListed | None:
    paid = OrderFilter(shop=shop, payment_status=PaymentStatus.PAID)
    found = await fetch(
        parts.pool, list_orders(paid, now=datetime.now(UTC), grace=NO_GRACE, limit=1)
    )
    return next((order for order in found if order.number), None)
