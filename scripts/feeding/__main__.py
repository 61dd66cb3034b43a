"""`scripts/feed generated|retail|jsonl`: writes messages as JSON lines, or publishes them."""

import asyncio
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import nats
from cyclopts import App, Parameter, validators

from adapters.settings import SettingsMissing, load_settings
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
    data: Annotated[Path | None, Parameter(env_var="ORDER_LEDGER_DATA")] = None
    """Folder of a running `order-ledger up`. Not needed where NATS_URL is set."""
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
        console.print(f"{count} messages written to {target.out}", soft_wrap=True)


async def _publish(messages: Iterable[Message], target: Target, usage: Usage) -> None:
    url = os.environ.get("NATS_URL") or load_settings(os.environ, _folder(target.data)).nats_url
    client = await nats.connect(url)
    try:
        with progress_bar("publishing") as advance:
            publisher = Publisher(client, advance)
            published = await publisher.publish(messages, Pace(target.speed))
    finally:
        await client.close()
    leave_out_oversized(published, usage)
    console.print(f"{published.sent} messages published, {published.duplicates} known already")


def _folder(data: Path | None) -> Path | None:
    if data is not None and data.is_file():
        raise SettingsMissing(f"{data} is a file; --data needs a folder")
    return data


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
