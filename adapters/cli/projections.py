"""`projections`: how far the read models are; rebuild one, or hold it against the journal."""

import asyncio
from time import monotonic

from cyclopts import App
from msgspec import Struct

from adapters.bootstrap import Parts
from adapters.cli.exits import NotFound, Refused
from adapters.cli.followers import (
    heartbeat,
    list_aside,
    point_to_set_aside,
    shown,
    standing_table,
    warn_of_aside,
)
from adapters.cli.options import COMMON_OPTIONS, CommonOptions
from adapters.cli.output import print_json, progress, say, show
from adapters.cli.reaching import ledger
from adapters.display.words import counted
from adapters.messaging.heartbeat import IngressStanding, ingress_standings
from adapters.running.liveness import BEAT_SECONDS, DEAD_AFTER_SECONDS, State
from adapters.running.projections import READ_MODELS, rebuild
from adapters.running.standings import Standing, count_orders_aside, standings
from adapters.running.verifying import Difference, Verifier

LOOK_SECONDS = 0.2
MISSED_BEATS_MAX = 3
"""A runner that finds its read model emptied says goodbye before it begins anew."""

app = App(name="projections", help="The read models and those who keep them up.")


class IngressShown(Struct, frozen=True, kw_only=True):
    """How the ingress of one partition is."""

    name: str
    state: State
    lag: int
    silent_seconds: float | None


class Rebuilt(Struct, frozen=True, kw_only=True):
    """What became of a rebuild."""

    name: str
    position: int
    is_caught_up: bool


class Verified(Struct, frozen=True, kw_only=True):
    """Whether each row is what its order's facts give."""

    name: str
    orders: int
    is_equal: bool
    differences: tuple[Difference, ...]
    orders_set_aside: int
    """Held against the journal only up to where they were."""


@app.command(name="list")
async def list_(*, options: CommonOptions = COMMON_OPTIONS) -> None:
    """Show each read model's and ingress's lag, and whether a runner keeps it up."""
    async with ledger(options) as parts:
        found = await standings(parts.pool, READ_MODELS)
        pullers = await ingress_standings(parts.pool)
    if options.json:
        ingress = [_ingress_shown(one) for one in pullers]
        print_json({"projections": [shown(one) for one in found], "ingress": ingress})
        return
    rows = standing_table("Projection", found)
    for puller in pullers:
        state = puller.state.capitalize()
        rows.add_row(puller.name, state, f"{puller.lag:,}", "", "", heartbeat(puller), "")
    show(rows)
    point_to_set_aside("projections", found)


@app.command(name="set-aside")
async def set_aside(name: str, *, options: CommonOptions = COMMON_OPTIONS) -> None:
    """List the events that a read model could not handle; their orders stand as they were before.

    Parameters
    ----------
    name
        The read model.
    """
    again = f"order-ledger projections rebuild {_model(name)}"
    async with ledger(options) as parts:
        await list_aside(parts, name, again, json=options.json)


@app.command(name="rebuild")
async def rebuild_(name: str, *, options: CommonOptions = COMMON_OPTIONS) -> None:
    """Empty a read model and have it made again from the journal; readers see a part meanwhile.

    Parameters
    ----------
    name
        The read model.
    """
    model = _model(name)
    async with ledger(options) as parts:
        (before,) = await standings(parts.pool, [model])
        await rebuild(parts.pool, READ_MODELS[model])
        standing = await _caught_up(parts, model, _patience(before))
    if options.json:
        print_json(Rebuilt(name=name, position=standing.position, is_caught_up=standing.lag == 0))
    else:
        say(_rebuilt(standing))


@app.command(name="verify")
async def verify(name: str, *, options: CommonOptions = COMMON_OPTIONS) -> None:
    """Hold every row of a read model against the journal; exit code 1 if one differs.

    Parameters
    ----------
    name
        The read model.
    """
    model = READ_MODELS[_model(name)]
    async with ledger(options) as parts:
        verifier = Verifier(model, pool=parts.pool, journal=parts.journal, key_ring=parts.key_ring)
        with progress() as bar:
            bar.add_task(f"Verifying {name}", total=None)
            found = await verifier.verify()
        aside = await count_orders_aside(parts.pool, name)
    if options.json:
        print_json(
            Verified(
                name=name,
                orders=found.orders,
                is_equal=found.is_equal,
                differences=found.differences,
                orders_set_aside=aside,
            )
        )
    else:
        warn_of_aside(name, aside)
    if not found.is_equal:
        streams = ", ".join(difference.stream for difference in found.differences)
        raise Refused(
            f"{name} differs from the journal in {len(found.differences)} rows: {streams}",
            f"`order-ledger projections rebuild {name}` makes it again.",
        )
    if not options.json:
        say(f"{name} is equal to the journal: {counted(found.orders, 'order')}.")


async def _caught_up(parts: Parts, name: str, patience_seconds: float) -> Standing:
    """Wait until a rebuilt read model is at the journal's head, as long as somebody runs it."""
    with progress() as bar:
        task = bar.add_task(f"Rebuilding {name}")
        seen_at = monotonic()
        while True:
            (standing,) = await standings(parts.pool, [name])
            bar.update(task, completed=standing.position, total=standing.head)
            seen_at = monotonic() if _is_run(standing) else seen_at
            if not standing.lag or monotonic() - seen_at > patience_seconds:
                return standing
            await asyncio.sleep(LOOK_SECONDS)


def _patience(before: Standing) -> float:
    """Say how long nobody may be seen to run it; longer where somebody did before."""
    return DEAD_AFTER_SECONDS if _is_run(before) else MISSED_BEATS_MAX * BEAT_SECONDS


def _is_run(standing: Standing) -> bool:
    return standing.state not in {State.STOPPED, State.DEAD}


def _rebuilt(standing: Standing) -> str:
    if not standing.lag:
        return f"{standing.name} is rebuilt up to position {standing.position:,}."
    how_far = (
        f"rebuilt up to position {standing.position:,} of {standing.head:,}"
        if standing.position
        else "empty"
    )
    return f"{standing.name} is {how_far}. Nobody runs it: start `order-ledger run projections`."


def _model(name: str) -> str:
    if name not in READ_MODELS:
        raise NotFound(f"there is no read model {name!r}", f"There are: {', '.join(READ_MODELS)}.")
    return name


def _ingress_shown(one: IngressStanding) -> IngressShown:
    return IngressShown(
        name=one.name, state=one.state, lag=one.lag, silent_seconds=one.silent_seconds
    )
