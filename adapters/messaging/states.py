"""The two kinds of stream that messages are about, behind one interface: orders and settings."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, cast

from adapters.postgres.codec import decode_event
from adapters.postgres.journal import Journal
from adapters.postgres.order_store import LoadedOrder, OrderStore
from domain.configuration.decide import decide_setting
from domain.configuration.events import ConfigurationEvent
from domain.configuration.setting import NEW_SETTING, evolve_setting
from domain.identifiers import StreamName
from domain.order.decide import decide
from domain.order.evolve import evolve
from processors.command_handler import Decider


class Standing(NamedTuple):
    """A stream's state and the version that it was folded to."""

    version: int
    state: Any


class States(Protocol):
    """Where the states of one kind of stream come from, and what decides on them."""

    decider: Decider[Any, Any, Any]

    async def load(
        self, streams: Sequence[StreamName], *, is_fresh: bool
    ) -> dict[StreamName, Standing]:
        """Give each state; with `is_fresh` as it stands in the journal now."""
        ...

    def remember(self, stream: StreamName, standing: Standing) -> None:
        """Keep a state as an append of ours left it."""
        ...


class OrderStates:
    """Orders: many messages each, kept at hand."""

    decider = Decider(decide, evolve)

    def __init__(self, orders: OrderStore) -> None:
        self._orders = orders

    async def load(
        self, streams: Sequence[StreamName], *, is_fresh: bool
    ) -> dict[StreamName, Standing]:
        """Give each order."""
        load = self._orders.refresh if is_fresh else self._orders.load
        found = await load(streams)
        return {stream: Standing(loaded.version, loaded.order) for stream, loaded in found.items()}

    def remember(self, stream: StreamName, standing: Standing) -> None:
        """Keep an order."""
        self._orders.remember(stream, LoadedOrder(standing.version, standing.state))


class SettingStates:
    """Action settings: seldom published, always read afresh."""

    decider = Decider(decide_setting, evolve_setting)

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def load(
        self,
        streams: Sequence[StreamName],
        *,
        is_fresh: bool,  # noqa: ARG002 - nothing is kept at hand
    ) -> dict[StreamName, Standing]:
        """Fold each setting."""
        standings = dict.fromkeys(streams, Standing(0, NEW_SETTING))
        for stream, rows in (await self._journal.read_streams(streams)).items():
            for row in rows:
                fact = cast(ConfigurationEvent, decode_event(row))
                state = evolve_setting(standings[stream].state, fact, row.recorded_at)
                standings[stream] = Standing(row.version, state)
        return standings

    def remember(self, stream: StreamName, standing: Standing) -> None:
        """Keep nothing."""
