"""Made-up orders of course shops: any number, in order of time, orders interleaved.

The same rules give the same messages. Other rules give other ids, so that a feed that starts at
another moment can never contradict an earlier one.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count, islice
from random import Random
from uuid import UUID

from msgspec import Struct

from scripts.feeding.buyers import Buyers
from scripts.feeding.catalogue import NOWHERE, Addresses, settings_messages, shop_named
from scripts.feeding.journeys import Visit, journey
from scripts.feeding.messages import DEMO_SHOP, Message

NUMBER_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
NUMBER_PREFIX_LENGTH = 5
UUID_BITS = 128


class GeneratedRules(Struct, frozen=True, kw_only=True):
    """Which orders to make up."""

    seed: int = 1
    shops: tuple[str, ...] = (DEMO_SHOP,)
    start: datetime
    """When the first customer comes."""
    gap: timedelta
    """The mean time between two customers."""
    orders: int | None = None
    """How many; None never ends."""
    until: datetime | None = None
    """Nothing that would happen later is said."""
    addresses: Addresses = NOWHERE
    """Where the orders' actions go."""
    haste: float = 1.0
    """How many times faster than most its customers fill in the form and pay."""


def generated_messages(rules: GeneratedRules) -> Iterator[Message]:
    """Make up the shops' settings, then their orders, lazily."""
    shops = [shop_named(name, rules.addresses) for name in rules.shops]
    for shop in shops:
        yield from settings_messages(shop)
    for message in _interleaved(islice(_journeys(rules), rules.orders)):
        if rules.until is not None and message.time > rules.until:
            return
        yield message


def spread_over(
    span: timedelta,
    orders: int,
    until: datetime,
    seed: int,
    shops: tuple[str, ...],
    *,
    addresses: Addresses = NOWHERE,
) -> GeneratedRules:
    """Spread a number of orders evenly over a span of time that ends now or then."""
    return GeneratedRules(
        seed=seed,
        shops=shops,
        start=until - span,
        gap=span / max(1, orders),
        orders=orders,
        until=until,
        addresses=addresses,
    )


def _journeys(rules: GeneratedRules) -> Iterator[tuple[datetime, Iterator[Message]]]:
    """Let customers come one after the other: the time of coming, and what they then do."""
    start = rules.start.astimezone(UTC)
    rng = Random(f"{rules.seed}/{start.isoformat()}/{rules.gap}/{','.join(rules.shops)}")
    prefix = "".join(rng.choices(NUMBER_LETTERS, k=NUMBER_PREFIX_LENGTH))
    shops = [shop_named(name, rules.addresses) for name in rules.shops]
    buyers_by_shop = {shop.name: Buyers(rng) for shop in shops}
    for number in count(1):
        shop = rng.choice(shops)
        came = start + (number - 1 + rng.random()) * rules.gap
        visit = Visit(
            shop=shop,
            order_id=UUID(int=rng.getrandbits(UUID_BITS), version=4),
            number=f"{prefix}-{number}",
            start=came.replace(microsecond=came.microsecond // 1000 * 1000),
            buyer=buyers_by_shop[shop.name].come(),
            haste=rules.haste,
        )
        yield visit.start, iter(list(journey(rng, visit)))


def _interleaved(
    journeys: Iterator[tuple[datetime, Iterator[Message]]],
) -> Iterator[Message]:
    """Merge endless journeys, each in order of time, that begin one after the other."""
    waiting: list[tuple[datetime, int, Message, Iterator[Message]]] = []
    for number, (came, journey_messages) in enumerate(journeys):
        while waiting and waiting[0][0] <= came:
            yield _next(waiting)
        _await_next(waiting, number, journey_messages)
    while waiting:
        yield _next(waiting)


def _next(waiting: list[tuple[datetime, int, Message, Iterator[Message]]]) -> Message:
    _, number, message, rest = heappop(waiting)
    _await_next(waiting, number, rest)
    return message


def _await_next(
    waiting: list[tuple[datetime, int, Message, Iterator[Message]]],
    number: int,
    rest: Iterator[Message],
) -> None:
    message = next(rest, None)
    if message is not None:
        heappush(waiting, (message.time, number, message, rest))
