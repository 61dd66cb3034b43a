"""`orders complete`, `rerun`, `removed-by-hand`, `note`: what a person wants done with an order.

A refusal says what to do next. Each wish has an idempotency key: one of its own unless given.
"""

import getpass
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import uuid4

from cyclopts import Parameter
from msgspec import ValidationError, convert
from msgspec.structs import replace

from adapters.bootstrap import Parts
from adapters.cli import orders
from adapters.cli.asking import ask_about
from adapters.cli.command_answer import SO_ALREADY, tell_answer
from adapters.cli.exits import WrongUse
from adapters.cli.options import ShopOptions
from adapters.cli.order_advice import advising
from adapters.cli.order_naming import naming, order_named
from adapters.cli.reaching import ledger, the_shop
from adapters.commands.operating import CommandAnswer
from adapters.commands.options import (
    NOTE_CHARACTERS_MAX,
    CompleteOptions,
    NoteOptions,
    RerunOptions,
)
from adapters.commands.requests import OrderRequester
from domain.identifiers import ActionId

Flag = Annotated[bool, Parameter(negative=())]
Act = Callable[[Parts, OrderRequester], Awaitable[CommandAnswer]]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Operating(ShopOptions):
    """Who wants it, under which key, and whether only to try."""

    by: str | None = None
    """Who wants it; the login name if not said."""
    idempotency_key: str | None = None
    """The same again does nothing new and gives the first answer again."""
    dry_run: Flag = False
    """Record nothing; say what would be recorded and fired."""


OPERATING = Operating()


app = orders.app
"""`orders`, with what follows."""


@app.command
async def complete(
    order: str,
    *,
    run_actions: bool = True,
    restore_refunded_data: Flag = False,
    use_latest_configuration: Flag = False,
    yes: Flag = False,
    operating: Operating = OPERATING,
) -> None:
    """Mark an order as completed, whatever its actions then do.

    Parameters
    ----------
    order
        Its number, its id, or the first 8 characters of its id or more.
    run_actions
        Run its post-purchase actions again; without, nothing fires, and retries are called off.
    restore_refunded_data
        Also take its refunds out of its total, products and payment status.
    use_latest_configuration
        Replace the settings of failed actions by the latest first, for good.
    yes
        Do not ask, on a terminal, before what is easily regretted.
    """
    options = CompleteOptions(run_actions, restore_refunded_data, use_latest_configuration)
    is_sure = yes or operating.json or operating.dry_run or operating.idempotency_key
    is_asking = not is_sure and sys.stdin.isatty()

    async def act(parts: Parts, requester: OrderRequester) -> CommandAnswer:
        if is_asking:
            tried = replace(requester, is_dry_run=True)
            ask_about(await parts.operations.complete(tried, options))
        return await parts.operations.complete(requester, options)

    await carry_out(order, operating, act)


@app.command
async def rerun(
    order: str,
    action: str,
    *,
    confirm: Flag = False,
    force: Flag = False,
    use_latest_configuration: Flag = False,
    operating: Operating = OPERATING,
) -> None:
    """Run one post-purchase action again, in any status of the order.

    Parameters
    ----------
    order
        Its number, its id, or the first 8 characters of its id or more.
    action
        The action's id, as `orders show` tells it.
    confirm
        It has succeeded, and its effect is to happen again.
    force
        It is running, and you are sure that this run is dead.
    use_latest_configuration
        It has failed: replace its settings by the latest first, for good.
    """
    options = RerunOptions(confirm, force, use_latest_configuration)
    await carry_out(
        order,
        operating,
        lambda parts, requester: parts.operations.rerun(requester, ActionId(action), options),
    )


@app.command
async def removed_by_hand(order: str, action: str, *, operating: Operating = OPERATING) -> None:
    """Say that you removed by hand an access that a removal could not.

    Parameters
    ----------
    order
        Its number, its id, or the first 8 characters of its id or more.
    action
        The removal's id, as `orders show` tells it.
    """
    await carry_out(
        order,
        operating,
        lambda parts, requester: parts.operations.removed_by_hand(requester, ActionId(action)),
    )


@app.command
async def note(order: str, text: str | None = None, *, operating: Operating = OPERATING) -> None:
    """Write something down about an order.

    Parameters
    ----------
    order
        Its number, its id, or the first 8 characters of its id or more.
    text
        The note; read from stdin if not given.
    """
    words = (sys.stdin.read() if text is None else text).strip()
    if not words:
        raise WrongUse(
            "there is nothing to write down", f"Say something: `orders note {order} TEXT`."
        )
    try:
        options = convert({"text": words}, NoteOptions)
    except ValidationError as error:
        raise WrongUse(
            f"a note has at most {NOTE_CHARACTERS_MAX:,} characters, and of control characters "
            "only new lines and tabs"
        ) from error
    await carry_out(
        order, operating, lambda parts, requester: parts.operations.note(requester, options)
    )


async def carry_out(
    named: str, operating: Operating, act: Act, *, already: str = SO_ALREADY
) -> None:
    """Do what a person wants of an order, and tell what came of it."""
    key = operating.idempotency_key or ("" if operating.dry_run else uuid4().hex)
    async with ledger(operating) as parts:
        shop = await the_shop(parts, operating)
        requester = OrderRequester(
            shop=shop,
            order_id=await order_named(parts.pool, shop, named),
            by=operating.by or login_name(),
            key=key,
            is_dry_run=operating.dry_run,
        )
        with naming(named, shop), advising(named, key):
            answer = await act(parts, requester)
    tell_answer(answer, is_json=operating.json, already=already)


def login_name() -> str:
    """Say who sits at the terminal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise WrongUse("say who you are with --by") from error
