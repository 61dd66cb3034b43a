"""`scripts/feed generated|retail|jsonl`: writes messages as JSON lines, or publishes them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import nats
from cyclopts import App, Parameter, validators
from nats.aio.client import Client

from adapters.cli.options import DATA_FOLDER_DEFAULT, DATA_FOLDER_VARIABLE
from adapters.display.words import counted
from adapters.settings import CONNECTION_FILE, SettingsMissing, load_settings
from scripts.feeding.catalogue import NOWHERE
from scripts.feeding.files import CannotRead, jsonl_file, retail_file
from scripts.feeding.generated import (
    generated_messages,
    spread_over,
)
from scripts.feeding.messages import DEMO_SHOP, Message, write_lines
from scripts.feeding.publishing import FeedUnavailable, Pace, Publisher
from scripts.feeding.receivers import addresses_of
from scripts.feeding.reporting import (
    console,
    leave_out_oversized,
    progress_bar,
    sentence_of,
    show_usage,
)
from scripts.feeding.retail import RetailRules
from scripts.feeding.usage import Usage

ORDERS_DEFAULT = 1_000
DAYS_DEFAULT = 30.0
EXIT_INTERRUPTED = 130
CONNECT_SECONDS_MAX = 3

app = App(
    name="scripts/feed",
    help="Give the ledger orders to run on.",
    help_format="plaintext",
    result_action="return_none",
)


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Target:
    """Where the messages go, and how fast."""

    out: Annotated[Path | None, Parameter(allow_leading_hyphen=True)] = None
    """Write JSON lines to this file (`-` is standard output) instead of publishing."""
    data: Annotated[Path, Parameter(env_var=DATA_FOLDER_VARIABLE)] = DATA_FOLDER_DEFAULT
    """Folder of a running `order-ledger up`. NATS_URL comes before what it says."""
    speed: Annotated[float, Parameter(validator=validators.Number(gte=0))] = 0.0
    """1 is real time, 60 an hour a minute, 0 as fast as possible."""


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class FileTarget(Target):
    """The same for a file's messages."""

    report: Path | None = None
    """Write every line that could not be used to this CSV file instead of showing it."""


PUBLISH = Target()
PUBLISH_FILE = FileTarget()


@app.command
def generated(
    *,
    orders: int = ORDERS_DEFAULT,
    seed: int = 1,
    shop: Annotated[tuple[str, ...], Parameter(negative=())] = (DEMO_SHOP,),
    days: float = DAYS_DEFAULT,
    until: datetime | None = None,
    target: Target = PUBLISH,
) -> None:
    """Make up orders of course shops; their actions go to the sandbox of the data folder, if any.

    Parameters
    ----------
    orders
        How many visits to the checkout; some are never filled in.
    seed
        The same seed, times and shops give the same messages.
    shop
        The shops; may be given several times.
    days
        Over how many days they are spread.
    until
        When the last of them comes; now by default.
    """
    end = (until or datetime.now(UTC)).astimezone(UTC)
    addresses = NOWHERE if target.out else addresses_of(target.data)
    rules = spread_over(timedelta(days=days), orders, end, seed, shop, addresses=addresses)
    _deliver(generated_messages(rules), target)


@app.command
def retail(
    file: Path,
    *,
    seed: int = 1,
    shop: str = DEMO_SHOP,
    retime: Annotated[bool, Parameter(negative=())] = False,
    target: FileTarget = PUBLISH_FILE,
) -> None:
    """Turn the retailer's CSV, plain or gzipped, into orders and refunds.

    Parameters
    ----------
    file
        The file.
    seed
        Of what the file lacks and is made up.
    shop
        The shop that the orders belong to.
    retime
        Move everything so that it ends now, as live orders; else times are kept, as history.
    """
    rules = RetailRules(seed=seed, shop=shop, moved_to=datetime.now(UTC) if retime else None)
    usage = Usage()
    _deliver_file(retail_file(file, rules, usage), usage, target)


@app.command
def jsonl(file: Path, *, target: FileTarget = PUBLISH_FILE) -> None:
    """Publish messages of one's own: one CloudEvent a line, plain or gzipped.

    Parameters
    ----------
    file
        The file.
    """
    usage = Usage()
    _deliver_file(jsonl_file(file, usage), usage, target)


def _deliver_file(messages: Iterable[Message], usage: Usage, target: FileTarget) -> None:
    _deliver(messages, target, usage)
    show_usage(usage, target.report)


def _deliver(messages: Iterable[Message], target: Target, usage: Usage | None = None) -> None:
    if target.out is None:
        asyncio.run(_publish(messages, target, usage or Usage()))
    elif target.out == Path("-"):
        write_lines(messages, sys.stdout.buffer)
    else:
        with target.out.open("wb") as file:
            count = write_lines(messages, file)
        console.print(f"{counted(count, 'message')} written to {target.out}", soft_wrap=True)


async def _publish(messages: Iterable[Message], target: Target, usage: Usage) -> None:
    async with _connected(target.data) as client:
        with progress_bar("publishing") as advance:
            publisher = Publisher(client, advance)
            published = await publisher.publish(messages, Pace(target.speed))
    leave_out_oversized(published, usage)
    sent = counted(published.sent, "message")
    console.print(f"{sent} published, {published.duplicates:,} known already")


@asynccontextmanager
async def _connected(data: Path) -> AsyncIterator[Client]:
    url = os.environ.get("NATS_URL") or _url_in(data)
    try:
        async with asyncio.timeout(CONNECT_SECONDS_MAX):
            client = await nats.connect(url, name="scripts/feed", error_cb=_tell)
    except TimeoutError as error:
        raise FeedUnavailable("the NATS server does not answer: is the ledger running?") from error
    try:
        yield client
    finally:
        await client.close()


async def _tell(error: Exception) -> None:
    console.print(f"NATS: {sentence_of(error)}")


def _url_in(data: Path) -> str:
    if data.is_file():
        raise SettingsMissing(f"{data} is a file; --data needs a folder")
    if not (data / CONNECTION_FILE).exists():
        shown = data if data.is_absolute() else f"./{data}"
        raise SettingsMissing(
            f"no running ledger found in {shown}: --data FOLDER names another one, "
            "and NATS_URL a server of your own"
        )
    return load_settings(os.environ, data).nats_url


def main() -> None:
    """Run one command; a known trouble is one sentence."""
    try:
        app()
    except KeyboardInterrupt:
        console.print("Stopped.")
        sys.exit(EXIT_INTERRUPTED)
    except (FeedUnavailable, SettingsMissing, CannotRead, OSError) as error:
        sys.exit(f"error: {sentence_of(error)}")


if __name__ == "__main__":
    main()
