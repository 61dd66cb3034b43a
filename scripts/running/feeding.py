"""What `scripts/run` feeds: a file to its end, or made-up orders that never end."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct
from nats.aio.client import Client

from adapters.messaging.stream import ensure_stream
from scripts.feeding.catalogue import NOWHERE, Addresses
from scripts.feeding.files import file_messages, shops_of
from scripts.feeding.generated import (
    GeneratedRules,
    generated_messages,
    spread_over,
)
from scripts.feeding.messages import DEMO_SHOP, Message
from scripts.feeding.publishing import Pace, Publisher
from scripts.feeding.reporting import leave_out_oversized, progress_bar
from scripts.feeding.retail import RetailRules
from scripts.feeding.usage import Usage

HISTORY = timedelta(days=3)
"""Over how long the first made-up orders are spread."""
LIVE_GAP = timedelta(seconds=5)
"""Between two made-up orders afterwards."""
LIVE_HASTE = 10.0
"""So fast these fill in the form and pay: the newest page is of orders, not of open forms."""
LIVE_BEFORE = timedelta(minutes=6)
"""So long ago the first of these came: the checkout is in full swing, and payments come at once."""
REAL_TIME = 1.0


class Source(Struct, frozen=True):
    """Where the orders come from."""

    file: Path | None
    """None for made-up orders."""
    rules: RetailRules
    """For the retail file."""
    orders: int
    """How many are made up at once, before they go on in real time."""
    addresses: Addresses = NOWHERE
    """Where the actions of made-up orders go."""

    def messages(self, usage: Usage) -> Iterator[Message]:
        """Read the file from its beginning, or make up the first orders."""
        if self.file is not None:
            return file_messages(self.file, self.rules, usage)
        now = datetime.now(UTC)
        return generated_messages(
            spread_over(
                HISTORY,
                self.orders,
                now,
                self.rules.seed,
                (DEMO_SHOP,),
                addresses=self.addresses,
            )
        )

    def shops(self) -> Sequence[str]:
        """List the shops that the orders belong to."""
        return [DEMO_SHOP] if self.file is None else shops_of(self.messages(Usage()))


async def feed_once(client: Client, source: Source, speed: float, usage: Usage) -> None:
    """Publish the file, or the first made-up orders."""
    await ensure_stream(client)
    with progress_bar("publishing") as advance:
        published = await Publisher(client, advance).publish(source.messages(usage), Pace(speed))
    leave_out_oversized(published, usage)


async def feed_for_ever(client: Client, source: Source, gap: timedelta) -> None:
    """Publish made-up orders as they come, one visit after each gap."""
    rules = live_rules(source, datetime.now(UTC), gap)
    pace = Pace(REAL_TIME, head_start_seconds=LIVE_BEFORE.total_seconds())
    await Publisher(client).publish(generated_messages(rules), pace)


def live_rules(source: Source, now: datetime, gap: timedelta = LIVE_GAP) -> GeneratedRules:
    """Say who comes from a little before now on."""
    return GeneratedRules(
        seed=source.rules.seed,
        start=now - LIVE_BEFORE,
        gap=gap,
        addresses=source.addresses,
        haste=LIVE_HASTE,
    )
