"""What `projections` and `processors` have in common: how followers stand, what they set aside."""

from collections.abc import Sequence

from msgspec import Struct
from rich.table import Table

from adapters.bootstrap import Parts
from adapters.cli.output import print_json, say, show, table, text
from adapters.display.times import exact
from adapters.display.words import counted
from adapters.messaging.heartbeat import IngressStanding
from adapters.running.liveness import State
from adapters.running.positions import SetAsideListed
from adapters.running.standings import SET_ASIDE_LISTED_MAX, Standing, list_set_aside
from domain.identifiers import order_id_of


class StandingShown(Struct, frozen=True, kw_only=True):
    """Where a follower is."""

    name: str
    state: State
    position: int
    head: int
    lag: int
    silent_seconds: float | None
    set_aside: int


class SetAsideShown(Struct, frozen=True, kw_only=True):
    """What a follower could not handle: the earliest events, as many as are listed at most."""

    name: str
    events: tuple[SetAsideListed, ...]


def shown(one: Standing) -> StandingShown:
    """Make a standing's part of a document."""
    return StandingShown(
        name=one.name,
        state=one.state,
        position=one.position,
        head=one.head,
        lag=one.lag,
        silent_seconds=one.silent_seconds,
        set_aside=one.set_aside,
    )


def standing_table(heading: str, found: Sequence[Standing]) -> Table:
    """Lay out standings, one row each."""
    rows = table(heading, "State", "Lag", "Position", "Head", "Heartbeat", "Set aside")
    for one in found:
        numbers = f"{one.lag:,}", f"{one.position:,}", f"{one.head:,}"
        state = one.state.capitalize()
        rows.add_row(one.name, state, *numbers, heartbeat(one), f"{one.set_aside:,}")
    return rows


def heartbeat(one: Standing | IngressStanding) -> str:
    """Say when it last showed that it lives."""
    return "never" if one.silent_seconds is None else f"{one.silent_seconds:.0f} s ago"


def point_to_set_aside(group: str, found: Sequence[Standing]) -> None:
    """Name the command that lists what is set aside, wherever something is."""
    for one in found:
        if one.set_aside:
            say(f"`order-ledger {group} set-aside {one.name}` lists what is set aside, and why.")


def warn_of_aside(name: str, orders: int) -> None:
    """Say how many orders a read model lacks, and which command lists them; nothing for none."""
    if orders:
        say(
            f"▲ {counted(orders, 'order')} set aside; {name} has only what came before: "
            f"`order-ledger projections set-aside {name}` lists them, and why."
        )


async def list_aside(parts: Parts, name: str, again: str, *, json: bool) -> None:
    """List what a follower set aside; `again` is the command that tries it anew."""
    found = await list_set_aside(parts.pool, name)
    if json:
        print_json(SetAsideShown(name=name, events=tuple(found)))
        return
    if not found:
        say(f"{name} has set nothing aside.")
        return
    rows = table("Position", "Order", "Reason", "When", numbers=("Position",))
    for one in found:
        order_id = str(order_id_of(one.stream))
        rows.add_row(f"{one.position:,}", order_id, text(one.reason), exact(one.set_aside_at))
    show(rows)
    if len(found) == SET_ASIDE_LISTED_MAX:
        say(f"These are the earliest {SET_ASIDE_LISTED_MAX:,}; there may be more.")
    say(f"Once the cause is mended, `{again}` tries them anew.")
