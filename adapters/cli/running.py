"""`up` and `run`: a whole ledger, or some of its process roles, until a signal says stop."""

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter, types

from adapters.bootstrap import STOP_SECONDS_MAX, Role, run_roles
from adapters.cli.banner import banner
from adapters.cli.exits import Unavailable
from adapters.cli.options import CONNECTION, Connection
from adapters.cli.output import say, tell
from adapters.cli.reaching import settings_of
from adapters.log import set_up_log
from adapters.up import whole_ledger

if sys.platform == "win32":
    from asyncio import run as run_fast
else:
    from uvloop import run as run_fast


def register(app: App) -> None:
    """Add the commands."""
    app.command(up)
    app.command(run)


def up(*, port: types.Port | None = None, connection: Connection = CONNECTION) -> None:
    """Run a whole ledger: embedded servers, schema, and every process role.

    Parameters
    ----------
    port
        Where the API listens; a free port, kept from then on, if left out.
    """
    asyncio.run(_up(connection.data, port))


def run(
    *roles: Annotated[Role, Parameter(required=True)], connection: Connection = CONNECTION
) -> None:
    """Run process roles against servers that run already.

    Parameters
    ----------
    roles
        Which: ingress, projections, processors, workers, web.
    """
    set_up_log()
    run_fast(run_until_told(tuple(dict.fromkeys(roles)), connection))


async def run_until_told(roles: tuple[Role, ...], connection: Connection) -> None:
    """Run roles until SIGINT or SIGTERM; raise Unavailable where they then do not end by themselves."""
    try:
        await run_roles(settings_of(connection), roles, _stop_at_signals())
    except TimeoutError as error:
        raise Unavailable(
            f"cut off {STOP_SECONDS_MAX} s after being told to stop: still waiting for a server"
        ) from error


async def _up(data: Path, port: int | None) -> None:
    running = asyncio.create_task(_stand(data, port))
    _at_signals(lambda: running.cancelling() or running.cancel())
    try:
        await running
    except asyncio.CancelledError:
        tell("Stopped.")


async def _stand(data: Path, port: int | None) -> None:
    async with whole_ledger(data, port, tell) as standing:
        say(banner(standing, standing.shop, standing.key))
        await asyncio.Event().wait()


def _stop_at_signals() -> asyncio.Event:
    stop = asyncio.Event()
    _at_signals(stop.set)
    return stop


def _at_signals(act: Callable[[], object]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, act)
