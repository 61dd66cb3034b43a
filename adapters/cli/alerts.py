"""`alerts`: what shops were told of trouble, and whether it reached anybody."""

from collections.abc import Collection, Iterator, Sequence
from typing import Annotated

from cyclopts import App, Parameter, validators
from msgspec import Struct

from adapters.alerts.channel import Channel, wanted_channels
from adapters.alerts.listing import AlertListed, State, newest_alerts
from adapters.cli.options import SHOP_OPTIONS, ShopOptions
from adapters.cli.output import print_json, say, show, table, text
from adapters.cli.reaching import ledger, the_shop
from adapters.display.times import exact
from adapters.display.words import words_of

LIMIT_DEFAULT = 20
LIMIT_MAX = 1_000
OPTION_BY_CHANNEL = {Channel.EMAIL: "--alert-email ADDRESS", Channel.WEBHOOK: "--alert-webhook URL"}

app = App(name="alerts", help="What shops were told of trouble, by email or webhook.")


class AlertList(Struct, frozen=True):
    """A shop's messages, the newest first."""

    alerts: tuple[AlertListed, ...]


@app.command(name="list")
async def list_(
    *,
    limit: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=LIMIT_MAX))] = (
        LIMIT_DEFAULT
    ),
    options: ShopOptions = SHOP_OPTIONS,
) -> None:
    """List the messages that were made, the newest first, and what became of each.

    Parameters
    ----------
    limit
        How many at most.
    """
    async with ledger(options) as parts:
        shop = await the_shop(parts, options)
        found = await newest_alerts(parts.pool, shop, limit)
        wanted = wanted_channels(await parts.shop_settings.get(shop))
    if options.json:
        print_json(AlertList(tuple(found)))
    elif found:
        _show(found)
        for sentence in _advice(shop, found, wanted):
            say(sentence)
    else:
        say(f"No alerts were made.{'' if wanted else ' The shop has set no address for them.'}")


def state_of(alert: AlertListed) -> str:
    """Say what became of a message: "Given up: mailbox_refused"."""
    if alert.retry_at and alert.failure:
        return f"{alert.failure}, again at {exact(alert.retry_at)}"
    state = words_of(alert.state)
    return f"{state}: {alert.failure}" if alert.failure else state


def _show(found: Sequence[AlertListed]) -> None:
    rows = table("Made", "By", "Causes", "Tries", "State", numbers=["Causes", "Tries"])
    for alert in found:
        numbers = f"{alert.notices:,}", f"{alert.tries:,}"
        made = text(exact(alert.made_at))
        rows.add_row(made, text(words_of(alert.channel)), *numbers, text(state_of(alert)))
    show(rows)


def _advice(shop: str, found: Sequence[AlertListed], wanted: Collection[Channel]) -> Iterator[str]:
    """Say what to do about each way of which the newest message reached nobody."""
    newest = {alert.channel: alert for alert in reversed(found) if alert.channel in wanted}
    for channel, alert in newest.items():
        if alert.state is State.GIVEN_UP:
            yield (
                f"The last alert by {channel} reached nobody ({alert.failure}). For another "
                f"address: order-ledger shops set {shop} {OPTION_BY_CHANNEL[channel]}"
            )
