"""`orders complete`, `orders rerun`, `orders note`: what a person wants done with an order.

A refusal says what to do next. Each wish has an idempotency key: one of its own unless given.
"""

import getpass
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated
from uuid import uuid4

from cyclopts import Parameter
from msgspec import ValidationError, convert

from adapters.bootstrap import Parts
from adapters.cli import orders
from adapters.cli.command_answer import tell_answer
from adapters.cli.exits import NotFound, OutcomeNotKnown, Refused, WrongUse
from adapters.cli.options import ShopOptions
from adapters.cli.order_naming import naming, order_named
from adapters.cli.reaching import ledger, the_shop
from adapters.commands.operating import CommandAnswer
from adapters.commands.options import CompleteOptions, NoteOptions, RerunOptions
from adapters.commands.requests import OrderRequester
from adapters.postgres.errors import OutcomeUnknown
from domain.identifiers import ActionId
from domain.order.rejections import ActionUnknown
from domain.rejection import Rejection

ADVICE_BY_CODE = {
    "confirmation_needed": "Its effect happens again. If that is wanted: --confirm.",
    "action_running": "If you are sure that the run going on is dead: --force.",
    "nothing_to_restore": "Leave --restore-refunded-data out.",
    "no_failed_action": "Leave --use-latest-configuration out.",
    "action_not_failed": "Leave --use-latest-configuration out.",
    "latest_needs_run": "Leave --no-run-actions or --use-latest-configuration out.",
    "no_latest_configuration": (
        "Leave --use-latest-configuration out, or publish the setting in the checkout."
    ),
    "idempotency_key_reused": "Take another --idempotency-key, or none.",
}

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
    """
    options = CompleteOptions(run_actions, restore_refunded_data, use_latest_configuration)
    await _act(
        order, operating, lambda parts, requester: parts.operations.complete(requester, options)
    )


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
    await _act(
        order,
        operating,
        lambda parts, requester: parts.operations.rerun(requester, ActionId(action), options),
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
    words = sys.stdin.read().strip() if text is None else text
    try:
        options = convert({"text": words}, NoteOptions)
    except ValidationError as error:
        raise WrongUse(f"the note does not fit: {error}") from error
    await _act(order, operating, lambda parts, requester: parts.operations.note(requester, options))


async def _act(named: str, operating: Operating, act: Act) -> None:
    key = operating.idempotency_key or uuid4().hex
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
    tell_answer(answer, is_json=operating.json)


@contextmanager
def advising(named: str, key: str) -> Iterator[None]:
    """Say what to do next when a wish about what is named fails."""
    try:
        yield
    except ActionUnknown as rejection:
        raise NotFound(
            str(rejection), f"`order-ledger orders show {named}` tells them."
        ) from rejection
    except OutcomeUnknown as error:
        raise OutcomeNotKnown(
            "the connection was lost while recording; it may or may not stand",
            f"Say it again with --idempotency-key {key}: it is not done twice.",
        ) from error
    except Rejection as rejection:
        if rejection.code not in ADVICE_BY_CODE:
            raise
        raise Refused(
            f"{rejection} ({rejection.code})", ADVICE_BY_CODE[rejection.code]
        ) from rejection


def login_name() -> str:
    """Say who sits at the terminal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise WrongUse("say who you are with --by") from error
