"""How the ledger is: who keeps what up, how far they are, and what was told to this shop.

The rule to know: the parts of the ledger are shared by all shops, what is counted of orders is of
this shop alone.
"""

import importlib.metadata
from collections.abc import Iterable

from msgspec import Struct

from adapters.alerts.listing import AlertListed, newest_alerts
from adapters.http_api.health import WITHOUT_RUNNER
from adapters.messaging.heartbeat import ingress_standings
from adapters.postgres.database import Pool
from adapters.running.liveness import State
from adapters.running.standings import Standing, count_orders_aside, standings
from adapters.running.worker_beats import PAYERS, WorkStanding, work_standing
from adapters.web.parts import PageParts
from domain.identifiers import ShopId

ALERTS_MAX = 10


class Kept(Struct, frozen=True, kw_only=True):
    """A part that follows something: how it is kept and how far it is."""

    name: str
    state: State
    lag: int
    silent_seconds: float | None
    """Since its runner last showed that it lives; None when nobody runs it."""
    orders_aside: int
    """Of this shop, that it could not handle to their end."""


class SystemView(Struct, frozen=True, kw_only=True):
    """Everything on one page."""

    state: State
    """The worst of all parts."""
    silent: tuple[str, ...]
    """Parts that nobody keeps up."""
    followers: tuple[Kept, ...]
    ingress: tuple[Kept, ...]
    work: tuple[WorkStanding, ...]
    alerts: tuple[AlertListed, ...]
    version: str


async def read_system(parts: PageParts, shop: ShopId) -> SystemView:
    """Ask the database how all parts are."""
    followers = [await _follower(parts.pool, shop, one) for one in await standings(parts.pool)]
    ingress = [
        Kept(
            name=one.name,
            state=one.state,
            lag=one.lag,
            silent_seconds=one.silent_seconds,
            orders_aside=0,
        )
        for one in await ingress_standings(parts.pool)
    ]
    work = [await work_standing(parts.pool), await work_standing(parts.pool, PAYERS)]
    state_by_name = {one.name: one.state for one in (*followers, *ingress)}
    state_by_name |= {one.name: one.state for one in work}
    return SystemView(
        state=worst_of(state_by_name.values()),
        silent=tuple(name for name, state in state_by_name.items() if state in WITHOUT_RUNNER),
        followers=tuple(followers),
        ingress=tuple(ingress),
        work=tuple(work),
        alerts=tuple(await newest_alerts(parts.pool, shop, ALERTS_MAX)),
        version=importlib.metadata.version("order-ledger"),
    )


async def _follower(pool: Pool, shop: ShopId, one: Standing) -> Kept:
    return Kept(
        name=one.name,
        state=one.state,
        lag=one.lag,
        silent_seconds=one.silent_seconds,
        orders_aside=await count_orders_aside(pool, one.name, shop) if one.set_aside else 0,
    )


def worst_of(states: Iterable[State]) -> State:
    """Say how the whole is: as its worst part."""
    return max(states, key=list(State).index, default=State.STOPPED)
