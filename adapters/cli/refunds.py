"""`refunds`: money that is owed, under way or not accounted for, and a person's word on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from cyclopts import App, Parameter, validators
from msgspec import ValidationError, convert

from adapters.bootstrap import Parts
from adapters.cli.exits import WrongUse
from adapters.cli.open_refunds_table import open_orders
from adapters.cli.options import SHOP_OPTIONS, ShopOptions
from adapters.cli.order_commands import OPERATING, Flag, Operating, carry_out
from adapters.cli.output import print_json, say, show
from adapters.cli.reaching import ledger, the_shop
from adapters.cli.refund_wishes import lines_of
from adapters.commands.operating import CommandAnswer
from adapters.commands.refund_options import AllocateOptions, ConfirmOptions
from adapters.commands.requests import OrderRequester
from adapters.reading.open_refunds import read_open_refunds
from domain.identifiers import ExternalRefundId, RefundId
from domain.order.manual_refunds import awaits_a_person
from domain.order.rejections import RefundUnknown
from domain.order.state import Order
from projections.open_refunds.queries import PAGE_LENGTH_MAX, OpenState
from projections.order_view.view import fold

LIMIT_DEFAULT = 50
CONFIRMED_ALREADY = "Confirmed already; nothing new."

Limit = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=PAGE_LENGTH_MAX))]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Allocating:
    """What a refund was for."""

    line: tuple[str, ...] = ()
    """LINE=AMOUNT: how much of it was for a line; what is left was money above the total."""
    refund: str | None = None
    """The refund whose money it is, instead of lines: no other refund is made of it."""
    remove_access: tuple[str, ...] = ()
    """LINE whose access goes too, where the line is then refunded in full."""
    remove_offer_access: Flag = False
    """Remove the access that the offer or the checkout gave."""
    no_confirmation: Flag = False
    """Send the customer no confirmation with a credit note."""


ALLOCATING = Allocating()

app = App(name="refunds", help="Money on its way back: what is owed, under way or unknown.")


@app.command(name="list")
async def list_(
    *,
    state: OpenState | None = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
    options: ShopOptions = SHOP_OPTIONS,
) -> None:
    """List the orders that have money open, what waits longest first.

    Parameters
    ----------
    state
        Only what is owed, open (under way or unknown) or unallocated.
    limit
        How many orders at most.
    cursor
        Where the page before ended.
    """
    await _list(state, limit, cursor, options)


@app.command
async def owed(
    *,
    limit: Limit = LIMIT_DEFAULT,
    cursor: str | None = None,
    options: ShopOptions = SHOP_OPTIONS,
) -> None:
    """List the customers who are owed money, since when, and how to pay it back.

    Parameters
    ----------
    limit
        How many orders at most.
    cursor
        Where the page before ended.
    """
    await _list(OpenState.OWED, limit, cursor, options)


@app.command
async def confirm(
    order: str,
    refund: str,
    *,
    transfer: str | None = None,
    reference: str = "",
    not_paid: Flag = False,
    operating: Operating = OPERATING,
) -> None:
    """Say that money was paid back by hand, or that unresolved money was or was not.

    Parameters
    ----------
    order
        Its number, its id, or the first 8 characters of its id or more.
    refund
        The refund's id, as `refunds owed` tells it.
    transfer
        Which of its transfers; not needed where only one waits for a person.
    reference
        The provider's own id of the payback.
    not_paid
        The money of an unresolved transfer did not go back.
    """

    async def act(parts: Parts, requester: OrderRequester) -> CommandAnswer:
        found = transfer or _only_transfer(await _order(parts, requester), refund)
        options = _confirmation(found, reference, was_paid=not not_paid)
        return await parts.operations.confirm_refund(requester, RefundId(refund), options)

    await carry_out(order, operating, act, already=CONFIRMED_ALREADY)


@app.command
async def allocate(
    order: str,
    external_refund: str,
    *,
    allocating: Allocating = ALLOCATING,
    operating: Operating = OPERATING,
) -> None:
    """Say what a refund was for that a provider made by itself.

    Parameters
    ----------
    order
        Its number, its id, or the first 8 characters of its id or more.
    external_refund
        The provider's id of it, as `refunds list` tells it.
    """

    async def act(parts: Parts, requester: OrderRequester) -> CommandAnswer:
        found = await _order(parts, requester)
        access = allocating.remove_access
        lines = lines_of(found, order, allocating.line, is_all=False, remove_access=access)
        options = AllocateOptions(
            lines=lines,
            settles=RefundId(allocating.refund) if allocating.refund else None,
            remove_offer_access=allocating.remove_offer_access,
            tell_customer=not allocating.no_confirmation,
        )
        external = ExternalRefundId(external_refund)
        return await parts.operations.allocate(requester, external, options)

    await carry_out(order, operating, act)


async def _list(
    state: OpenState | None, limit: int, cursor: str | None, options: ShopOptions
) -> None:
    async with ledger(options) as parts:
        shop = await the_shop(parts, options)
        page = await read_open_refunds(parts.pool, shop, state, limit=limit, cursor=cursor)
    if options.json:
        print_json(page)
        return
    show(*open_orders(page))
    if page.next_cursor:
        say(f"Next page: --cursor {page.next_cursor}")


async def _order(parts: Parts, requester: OrderRequester) -> Order:
    return fold(await parts.order_reader.facts(requester.shop, requester.order_id))


def _only_transfer(order: Order, refund_id: str) -> str:
    """Find the one transfer that waits for a person's word.

    Raises RefundUnknown, and WrongUse where there are several or none.
    """
    refund = order.refunds_by_id.get(RefundId(refund_id))
    if refund is None:
        raise RefundUnknown(refund_id)
    waiting = [t.transfer_id for t in refund.transfers if awaits_a_person(refund, t)]
    candidates = waiting or [t.transfer_id for t in refund.transfers]
    if len(candidates) != 1:
        raise WrongUse("say which transfer with --transfer", _known(candidates))
    return candidates[0]


def _known(transfers: Sequence[str]) -> str:
    if not transfers:
        return "This refund moves no money: it has no transfer."
    return f"Transfers of this refund: {', '.join(transfers)}."


def _confirmation(transfer_id: str, reference: str, *, was_paid: bool) -> ConfirmOptions:
    try:
        return convert(
            {"transfer_id": transfer_id, "reference": reference, "was_paid": was_paid},
            ConfirmOptions,
        )
    except ValidationError as error:
        raise WrongUse(f"that cannot be confirmed: {error}") from error
