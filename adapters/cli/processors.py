"""`processors`: how far the process managers are; give what one set aside another try."""

from cyclopts import App
from msgspec import Struct

from adapters.cli.exits import NotFound
from adapters.cli.followers import list_aside, point_to_set_aside, shown, standing_table
from adapters.cli.options import COMMON_OPTIONS, CommonOptions
from adapters.cli.output import print_json, say, show
from adapters.cli.reaching import ledger
from adapters.running.process_managers import PROCESS_MANAGERS, retry
from adapters.running.standings import standings

app = App(name="processors", help="The process managers: what the ledger does by itself.")


class Retried(Struct, frozen=True, kw_only=True):
    """How many triggers get another try."""

    name: str
    triggers: int


@app.command(name="list")
async def list_(*, options: CommonOptions = COMMON_OPTIONS) -> None:
    """Show each process manager's lag, and whether a runner keeps it going."""
    async with ledger(options) as parts:
        found = await standings(parts.pool, PROCESS_MANAGERS)
    if options.json:
        print_json({"processors": [shown(one) for one in found]})
        return
    show(standing_table("Process manager", found))
    point_to_set_aside("processors", found)


@app.command(name="set-aside")
async def set_aside(name: str, *, options: CommonOptions = COMMON_OPTIONS) -> None:
    """List the events that a process manager could not react to, and why.

    Parameters
    ----------
    name
        The process manager.
    """
    again = f"order-ledger processors retry {_known(name)}"
    async with ledger(options) as parts:
        await list_aside(parts, name, again, json=options.json)


@app.command(name="retry")
async def retry_(name: str, *, options: CommonOptions = COMMON_OPTIONS) -> None:
    """Let a process manager react to what it set aside; nothing else is reacted to twice.

    Parameters
    ----------
    name
        The process manager.
    """
    async with ledger(options) as parts:
        triggers = await retry(parts.pool, _known(name))
    if options.json:
        print_json(Retried(name=name, triggers=triggers))
    elif triggers:
        say(f"{name} tries {triggers:,} anew.")
    else:
        say(f"{name} has set nothing aside.")


def _known(name: str) -> str:
    if name not in PROCESS_MANAGERS:
        there_are = f"There are: {', '.join(PROCESS_MANAGERS)}."
        raise NotFound(f"there is no process manager {name!r}", there_are)
    return name
