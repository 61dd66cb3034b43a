"""`messages`: what came from the checkout and what became of it; try again what was held."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from cyclopts import App, Parameter, validators
from msgspec import Struct

from adapters.bootstrap import Parts
from adapters.cli.exits import CommandError, NotFound, Refused, WrongUse
from adapters.cli.options import SHOP_OPTIONS, ShopOptions
from adapters.cli.output import fields, print_json, say, show
from adapters.cli.reaching import ledger, the_shops
from adapters.clock import utc_now
from adapters.display.times import exact, relative
from adapters.display.words import words_of
from adapters.messaging.queries import PAGE_MAX, MessageFilter, MessageRow
from adapters.messaging.verdicts import Outcome

LIMIT_DEFAULT = 50
NOTHING_NEW = "all was so already"

Flag = Annotated[bool, Parameter(negative=())]

app = App(name="messages", help="What came from the checkout and what became of it.")


class MessageList(Struct, frozen=True):
    """Messages: what is stuck first, then the newest."""

    messages: tuple[MessageRow, ...]


@app.command(name="list")
async def list_(
    *,
    outcome: Outcome | None = None,
    order: UUID | None = None,
    limit: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=PAGE_MAX))] = (
        LIMIT_DEFAULT
    ),
    options: ShopOptions = SHOP_OPTIONS,
) -> None:
    """List what is stuck first, then what was applied lately; of all shops if none is named.

    Parameters
    ----------
    outcome
        Only these.
    order
        Only messages about the order of this id.
    limit
        How many at most.
    """
    async with ledger(options) as parts:
        shops = None if options.shop is None else tuple(await the_shops(parts, options))
        wanted = MessageFilter(shops=shops, outcome=outcome, order_id=order, limit=limit)
        found = await parts.messages.find(wanted)
    if options.json:
        print_json(MessageList(tuple(found)))
    elif found:
        _show(found)
    else:
        say("No messages match.")


@app.command(name="show")
async def show_(
    message_id: str, *, body: Flag = False, options: ShopOptions = SHOP_OPTIONS
) -> None:
    """Tell what became of one message.

    Parameters
    ----------
    message_id
        The id that the checkout gave it.
    body
        Print its body instead, which may hold personal data; only held messages still have one.
    """
    async with ledger(options) as parts:
        found = await _named(parts, options, message_id)
        if body:
            await _print_bodies(parts, found)
            return
    if options.json:
        print_json(MessageList(tuple(found)))
        return
    now = utc_now()
    for message in found:
        show(
            fields(
                ("Message", message.message_id),
                ("Shop", message.shop),
                ("Outcome", _outcome(message)),
                ("Reason", f"{message.reason} ({message.code})" if message.code else ""),
                ("Type", message.type),
                ("About", message.stream),
                ("Facts", ", ".join(message.facts)),
                ("Received", f"{exact(message.received_at)}, {relative(message.received_at, now)}"),
            )
        )


@app.command(name="replay")
async def replay(
    *message_ids: str, outcome: Outcome | None = None, options: ShopOptions = SHOP_OPTIONS
) -> None:
    """Try held messages again; exit code 1 if one of them is held still.

    Parameters
    ----------
    message_ids
        The ids that the checkout gave them.
    outcome
        Instead of ids: all that are parked, or all that are quarantined.
    """
    if bool(message_ids) == (outcome is not None) or (outcome and outcome.has_ended_well):
        raise WrongUse("name messages, or say --outcome parked or --outcome quarantined")
    async with ledger(options) as parts:
        wanted = await _wanted(parts, options, message_ids, outcome)
        held = [row for row in wanted if row.held_id]
        if not held:
            raise _nothing_to_replay(message_ids)
        tried = await parts.messages.replay(held)
    if options.json:
        print_json(MessageList(tuple(tried)))
    else:
        _show(tried)
    left = [row for row in tried if not row.outcome.has_ended_well]
    if left or len(tried) < len(held):
        raise Refused(f"{len(held) - len(tried) + len(left)} of {len(held)} are held still")


def _nothing_to_replay(message_ids: Sequence[str]) -> CommandError:
    if message_ids:
        verb = "was" if len(message_ids) == 1 else "were"
        return Refused(f"{', '.join(message_ids)} {verb} applied; there is nothing to replay")
    return NotFound("nothing of that is held", "`order-ledger messages list` shows what is.")


async def _wanted(
    parts: Parts, options: ShopOptions, message_ids: Sequence[str], outcome: Outcome | None
) -> list[MessageRow]:
    if outcome is not None:
        shops = tuple(await the_shops(parts, options))
        return await parts.messages.find(
            MessageFilter(shops=shops, outcome=outcome, limit=PAGE_MAX)
        )
    return [row for one in message_ids for row in await _named(parts, options, one)]


async def _named(parts: Parts, options: ShopOptions, message_id: str) -> list[MessageRow]:
    found = await parts.messages.show(await the_shops(parts, options), message_id)
    if not found:
        raise NotFound(
            f"there is no message {message_id}", "`order-ledger messages list` shows the latest."
        )
    return found


async def _print_bodies(parts: Parts, found: Sequence[MessageRow]) -> None:
    held = [row for row in found if row.held_id]
    if not held:
        raise NotFound("the message was applied; its facts stand in the journal, its body nowhere")
    for row in held:
        say((await parts.messages.body_of(row)).decode(errors="backslashreplace"))


def _show(messages: Sequence[MessageRow]) -> None:
    """Print each message as two lines, never broken, so that an id can be copied as a whole."""
    now = utc_now()
    for message in messages:
        flag = "▲ " if message.needs_look else ""
        about = [message.type, message.shop, relative(message.received_at, now)]
        told = ", ".join(filter(None, [f"{flag}{_outcome(message)}", *about]))
        say(f"{message.message_id}  {told}")
        why = f"{message.code}: {message.reason}" if message.code else ", ".join(message.facts)
        say(f"    {why or NOTHING_NEW}")


def _outcome(message: MessageRow) -> str:
    seen = f", seen {message.times_seen:,} times" if message.times_seen > 1 else ""
    return f"{words_of(message.outcome)}{seen}"
