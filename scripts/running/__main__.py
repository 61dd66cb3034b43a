"""`scripts/run`: starts a whole ledger, feeds it orders, and says where to look."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import App, Parameter, types, validators
from msgspec import Struct
from msgspec.structs import replace
from nats.aio.client import Client

from adapters.auth.roles import Role
from adapters.bootstrap import Parts, open_parts
from adapters.cli.exits import ending
from adapters.cli.output import tell
from adapters.messaging.stream import connect
from adapters.up import DEMO_SHOP, Standing, let_demo_admin_into, whole_ledger
from domain.identifiers import ShopId
from scripts.feeding.files import CannotRead, UnknownFormat
from scripts.feeding.publishing import FeedUnavailable
from scripts.feeding.receivers import addresses_in
from scripts.feeding.reporting import sentence_of, show_usage
from scripts.feeding.retail import RetailRules
from scripts.feeding.usage import Usage
from scripts.receivers.client import Sandbox
from scripts.receivers.page import PATH
from scripts.receivers.places import CONTROL
from scripts.running.demo import first_trouble, prepare_demo
from scripts.running.feeding import LIVE_GAP, REAL_TIME, Source, feed_for_ever, feed_once
from scripts.running.finding import has_orders
from scripts.running.looking import Guide
from scripts.running.sandbox import environment_for, keep_commands_here, sandbox_process
from scripts.running.stray import feed_strays
from scripts.running.summary import (
    LedgerStuck,
    caught_up,
    report_held,
    summarize,
    worked_off,
)

ROOT = Path(__file__).resolve().parents[2]
FOLDER_NAME = "ledger-data"
USER_FOLDER = Path("~/.local/share/order-ledger")
REPORT_FILE = "unused-lines.csv"
FIRST_ORDERS = 300
EXIT_INTERRUPTED = 130
AT_ONCE = 0.0

app = App(name="scripts/run", help_format="plaintext", result_action="return_none")


class Plan(Struct, frozen=True):
    """What was asked for."""

    data: Path
    port: int | None
    source: Source
    speed: float | None
    is_over_when_done: bool
    is_json: bool
    is_count_given: bool

    @property
    def is_made_up(self) -> bool:
        """Whether the orders come from no file."""
        return self.source.file is None

    @property
    def first_speed(self) -> float:
        """How fast a file goes; the first made-up orders always go at once."""
        return (self.speed or AT_ONCE) if self.source.file else AT_ONCE

    @property
    def live_gap(self) -> timedelta:
        """How long it is between two made-up orders afterwards."""
        return LIVE_GAP / (self.speed or REAL_TIME)


@app.default
def run(
    *,
    data: Annotated[Path | None, Parameter(env_var="ORDER_LEDGER_DATA")] = None,
    orders: Path | None = None,
    retime: Annotated[bool, Parameter(negative=())] = False,
    count: Annotated[int | None, Parameter(validator=validators.Number(gte=0))] = None,
    seed: int = 1,
    speed: Annotated[float | None, Parameter(validator=validators.Number(gte=0))] = None,
    port: types.Port | None = None,
    exit_when_done: Annotated[bool, Parameter(negative=())] = False,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> None:
    """Start a whole ledger and feed it orders; Ctrl-C stops it, and the next run goes on.

    Parameters
    ----------
    data
        Folder for everything; by default `ledger-data` beside this program, or in one's home.
    orders
        A file of real orders, plain or gzipped: the Online Retail CSV, or JSON lines.
    retime
        Move the retail file's times so that they end now, as live orders.
    count
        Made-up visits at the start; by default 300 for a ledger without orders, else none.
    seed
        Of what is made up.
    speed
        How fast, 1 being real time. A file goes at once by default.
    port
        Where the API listens.
    exit_when_done
        Stop when everything fed is visible and no action waits for a worker.
    json
        Print a summary as one JSON object on the last line.
    """
    rules = RetailRules(seed=seed, moved_to=datetime.now(UTC) if retime else None)
    source = Source(orders, rules, FIRST_ORDERS if count is None else count)
    folder = (data or default_folder()).expanduser().absolute()
    plan = Plan(folder, port, source, speed, exit_when_done, json, count is not None)
    asyncio.run(_until_stopped(plan))


def default_folder() -> Path:
    """Choose a folder beside the program, or in the user's home where that cannot be written."""
    return ROOT / FOLDER_NAME if os.access(ROOT, os.W_OK) else USER_FOLDER.expanduser()


async def _until_stopped(plan: Plan) -> None:
    """Run until it is done or a signal comes; the servers are stopped cleanly in each case."""
    task = asyncio.create_task(_run(plan))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(
            number, lambda: task.cancelling() or task.cancel()
        )
    try:
        await task
    except asyncio.CancelledError:
        tell("Stopped.")
        if plan.is_over_when_done:
            sys.exit(EXIT_INTERRUPTED)


async def _run(plan: Plan) -> None:
    async with sandbox_process(plan.data, tell) as places:
        here = environment_for(places)
        os.environ.update(here)
        source = replace(plan.source, addresses=addresses_in(places))
        await _run_ledger(replace(plan, source=source), Sandbox(places), here)


async def _run_ledger(plan: Plan, sandbox: Sandbox, here: Mapping[str, str]) -> None:
    usage = Usage()
    shops = plan.source.shops()
    async with (
        whole_ledger(plan.data, plan.port, tell) as standing,
        open_parts(standing.settings) as parts,
        connect(standing.settings.nats_url, name="scripts/run") as client,
    ):
        keep_commands_here(plan.data, here)
        key = await _key(parts, standing, shops)
        shop = shops[0] if shops else DEMO_SHOP
        guide = Guide(
            standing=standing,
            shop=ShopId(shop),
            key=key,
            sandbox_page=f"{sandbox.places.url(CONTROL)}{PATH}",
            is_json=plan.is_json,
        )
        guide.say_where_to_look()
        if plan.is_made_up:
            await prepare_demo(parts, sandbox)
        is_going_on = await _is_going_on(parts, shops, plan)
        has_trouble = plan.is_made_up and not is_going_on and not plan.is_over_when_done
        if has_trouble:
            first_trouble(sandbox)
        await _feed_first(parts, client, usage, plan, is_going_on=is_going_on)
        await guide.say_what_to_try(parts)
        if has_trouble:
            await feed_strays(client)
            await guide.say_what_is_troubled(parts)
        elif is_going_on and not plan.is_over_when_done:
            await guide.say_how_to_trouble(parts)
        await _account(parts, shops, usage, plan)
        if plan.is_over_when_done:
            return
        if plan.is_made_up:
            guide.say(_what_comes(plan, is_fed=not is_going_on))
            await feed_for_ever(client, plan.source, plan.live_gap)
        await asyncio.Event().wait()


async def _is_going_on(parts: Parts, shops: Sequence[str], plan: Plan) -> bool:
    """Say whether it is a ledger with orders that only goes on, without a first batch."""
    return plan.is_made_up and not plan.is_count_given and await has_orders(parts, shops)


async def _feed_first(
    parts: Parts, client: Client, usage: Usage, plan: Plan, *, is_going_on: bool
) -> None:
    """Feed, and wait until all of it is visible and, where that is the end, worked off."""
    if not is_going_on:
        await feed_once(client, plan.source, plan.first_speed, usage)
    await caught_up(parts, client)
    if plan.is_over_when_done:
        await worked_off(parts)


def _what_comes(plan: Plan, *, is_fed: bool) -> str:
    done = f"{plan.source.orders} visits fed" if is_fed else "The ledger has orders already"
    return f"{done}; one more visit every {plan.live_gap.total_seconds():g} seconds."


async def _key(parts: Parts, standing: Standing, shops: Sequence[str]) -> str:
    """Find a key to these shops: the demo shop's own, or one made for shops of a file."""
    others = [ShopId(shop) for shop in shops if shop != DEMO_SHOP]
    if not others:
        return standing.key
    for shop in others:
        await parts.shops.add(shop, shop)
        await let_demo_admin_into(parts, shop)
    return (await parts.keys.issue("scripts/run", Role.VIEWER, [ShopId(s) for s in shops])).text


async def _account(parts: Parts, shops: Sequence[str], usage: Usage, plan: Plan) -> None:
    """Say what became of the file's lines, and what the ledger holds."""
    if plan.source.file is not None:
        await report_held(parts, shops, plan.source.messages(Usage()), usage)
        show_usage(usage, plan.data / REPORT_FILE)
    if plan.is_json:
        summary = await summarize(parts, shops, usage)
        print(msgspec.json.encode(summary).decode(), flush=True)


def main() -> None:
    """Run; a known trouble is one sentence."""
    try:
        with ending():
            app()
    except (FeedUnavailable, LedgerStuck, UnknownFormat, CannotRead, OSError) as error:
        sys.exit(f"error: {sentence_of(error)}")


if __name__ == "__main__":
    main()
