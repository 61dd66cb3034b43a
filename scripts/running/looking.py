"""What a person is told while `scripts/run` runs: where to look, what was fed, what comes next."""

import asyncio
import shlex
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from adapters.bootstrap import Parts
from adapters.cli.banner import banner, command
from adapters.postgres.query import fetch
from adapters.up import Standing
from domain.identifiers import ShopId
from domain.order.stages import PaymentStatus
from domain.order.attention import NO_GRACE
from projections.attention.queries import list_attention
from projections.orders.filter import OrderFilter
from projections.orders.queries import OrderListed, list_orders

TROUBLE_SECONDS_MAX = 15.0
"""How long an action has to fail before examples are given without one."""
LOOK_SECONDS = 0.2
WITHOUT_DEADLINE = timedelta(days=1)
"""So far ahead, whatever is unfinished asks for a look."""
LISTED = 50
SANDBOX = "scripts/sandbox"


class Unlucky(NamedTuple):
    """An order of which an action has failed."""

    number: str
    action_id: str


class Guide(Struct, frozen=True, kw_only=True):
    """Speaks to the person who started it, on stderr where stdout is for a program."""

    standing: Standing
    shop: str
    """The one that examples are of."""
    key: str
    is_json: bool

    def say_where_to_look(self) -> None:
        """Print addresses, the key, and commands that need no order."""
        self.say(banner(self.standing, self.shop, self.key, (self._where_actions_go(),)))

    async def say_what_to_try(self, parts: Parts) -> None:
        """Print commands about the newest paid order; nothing where there is none."""
        order = await _newest_paid(parts, ShopId(self.shop))
        if order is None:
            return
        at_shop = ("--shop", self.shop)
        self._say_commands(
            "Try",
            (
                self._ledger("orders", "list", *at_shop, "--status", order.status),
                self._ledger("orders", "show", order.number, *at_shop),
                self._ledger("orders", "history", order.number, *at_shop),
            ),
        )

    async def say_how_to_repair(self, parts: Parts) -> None:
        """Print how trouble is seen, ended and repaired, by the example of one unlucky order."""
        order = await _unlucky(parts, ShopId(self.shop))
        if order is None:
            return
        at_shop = ("--shop", self.shop)
        self.say("One Kajabi offer answers 500 and the customer list hangs, until you calm them.")
        self._say_commands(
            "See",
            (
                self._ledger("attention", *at_shop),
                self._ledger("orders", "show", order.number, *at_shop),
                self._sandbox("calm"),
                self._ledger("orders", "rerun", order.number, order.action_id, *at_shop),
                self._ledger("orders", "complete", order.number, *at_shop),
                self._ledger("orders", "history", order.number, *at_shop),
                self._sandbox("received"),
            ),
        )

    def say(self, words: str) -> None:
        """Print at once."""
        print(words, file=sys.stderr if self.is_json else sys.stdout, flush=True)

    def _where_actions_go(self) -> str:
        return f"Mail and made-up actions go to receivers on this machine: {self._sandbox('state')}"

    def _say_commands(self, word: str, commands: Sequence[str]) -> None:
        words = (word, *[" " * len(word)] * (len(commands) - 1))
        self.say("\n".join(f"{word}  {one}" for word, one in zip(words, commands, strict=True)))

    def _ledger(self, *words: str) -> str:
        return command(self.standing, *words)

    def _sandbox(self, *words: str) -> str:
        return shlex.join([SANDBOX, *words, "--data", str(self.standing.data)])


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


async def _unlucky(parts: Parts, shop: ShopId) -> Unlucky | None:
    """Wait until an action has failed, and name one that a person will be asked to look at."""
    found = None
    with suppress(TimeoutError):
        async with asyncio.timeout(TROUBLE_SECONDS_MAX):
            while found is None:
                await asyncio.sleep(LOOK_SECONDS)
                found = await _first_unlucky(parts, shop)
    return found


async def _first_unlucky(parts: Parts, shop: ShopId) -> Unlucky | None:
    ahead = datetime.now(UTC) + WITHOUT_DEADLINE
    asked = list_attention(shop, now=ahead, grace=NO_GRACE, limit=LISTED)
    return next(
        (
            Unlucky(order.number, problem.action_id)
            for order in await fetch(parts.pool, asked)
            for problem in order.problems
            if problem.code and problem.action_id
        ),
        None,
    )
