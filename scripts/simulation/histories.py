"""Each order as its stream tells it: what invariants are judged by, and how they are named.

The rule to know: everything is folded anew from the journal's bytes; no follower is believed.
"""

from collections.abc import Iterator
from typing import NamedTuple, cast

from adapters.postgres.codec import decode
from domain.identifiers import ORDER_CATEGORY, StreamName
from domain.message import Recorded
from domain.order.events import OrderFact
from domain.order.evolve import NEW_ORDER, evolve
from domain.order.state import Order
from scripts.simulation.world import World


class Broken(Exception):
    """An invariant does not hold."""


class Moment(NamedTuple):
    """One fact of an order, and the order before and after it."""

    before: Order
    recorded: Recorded[OrderFact]
    after: Order


class History(NamedTuple):
    """One order from its first fact to its last."""

    stream: StreamName
    moments: list[Moment]

    @property
    def facts(self) -> list[Recorded[OrderFact]]:
        """All facts, in their order."""
        return [moment.recorded for moment in self.moments]

    @property
    def order(self) -> Order:
        """The order as it is in the end."""
        return self.moments[-1].after


def require(condition: object, invariant: str, what: object) -> None:
    """Name what is broken."""
    if not condition:
        raise Broken(f"{invariant}: {what}")


def histories(world: World) -> Iterator[History]:
    """Fold every order of a world."""
    for stream, rows in world.tables.streams.items():
        if stream.startswith(ORDER_CATEGORY):
            order, moments = NEW_ORDER, []
            for row in rows:
                recorded = cast("Recorded[OrderFact]", decode(row, world.keys))
                after = evolve(order, recorded.event, row.recorded_at)
                moments.append(Moment(order, recorded, after))
                order = after
            yield History(stream, moments)
