"""What a process manager is: the events that it wakes up at, and what it then wishes.

The rule to know: `react` is asked once or more per trigger, about the order as it is now and not
as it was then; its wishes are decided like anybody's, and what a trigger led to is recorded once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from domain.order.decide import OrderWish
from domain.order.events import OrderFact
from domain.order.state import Order

React: TypeAlias = Callable[[OrderFact, Order, datetime], Sequence[OrderWish]]
"""The trigger (without its personal part), the order, and *now*."""


class ProcessManager(Struct, frozen=True, kw_only=True):
    """A rule of the kind *whenever this happened, that is wished*."""

    name: str
    """For ever: its facts carry it as their actor, and its position is stored under it."""
    triggers: frozenset[str]
    """Stored names of events."""
    react: React
