"""`orders refund`: shows what a refund would come to, and asks for it.

The rule to know: on a terminal nothing is asked of the ledger before the person has seen what it
will do; what was seen goes along, and is refused if it has changed meanwhile.
"""

import sys
from dataclasses import dataclass

from cyclopts import Parameter

from adapters.bootstrap import Parts
from adapters.cli import order_commands
from adapters.cli.asking import YES
from adapters.cli.exits import Refused, WrongUse
from adapters.cli.order_commands import OPERATING, Flag, Operating, carry_out
from adapters.cli.order_naming import naming, order_named
from adapters.cli.output import print_json, show, tell
from adapters.cli.reaching import ledger, the_shop
from adapters.cli.refund_preview_table import preview_parts, whose
from adapters.cli.refund_wishes import PREVIEW, amount_typed, as_seen, chosen, lines_of
from adapters.commands.operating import CommandAnswer
from adapters.commands.refund_options import RefundOptions
from adapters.commands.requests import OrderRequester
from projections.order_view.refund_preview import RefundPreview
from projections.order_view.view import fold


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Refunding:
    """What is to go back."""

    line: tuple[str, ...] = ()
    """LINE=AMOUNT: how much of a line goes back, such as course=25.50; as often as needed."""
    all: Flag = False
    """All that can be refunded: every line, and money above the total."""
    excess: str | None = None
    """AMOUNT of the money above the order's total."""
    record_only: Flag = False
    """Return no money: record it in the order's data only."""
    by_hand: Flag = False
    """Pay it back yourself, also where a provider could return it; it is owed until confirmed."""
    remove_access: tuple[str, ...] = ()
    """LINE whose access goes too, where the line is then refunded in full."""
    remove_offer_access: Flag = False
    """Remove the access that the offer or the checkout gave."""
    reason: str = ""
    """Why; kept sealed, and told to the customer on the credit note."""
    no_confirmation: Flag = False
    """Send the customer no confirmation with a credit note."""

    @property
    def is_empty(self) -> bool:
        """Nothing is named that could go back."""
        return not (self.line or self.all or self.excess or self.remove_offer_access)


REFUNDING = Refunding()


app = order_commands.app
"""`orders`, with what follows."""


@app.command
async def refund(
    order: str,
    *,
    refunding: Refunding = REFUNDING,
    preview: Flag = False,
    yes: Flag = False,
    operating: Operating = OPERATING,
) -> None:
    """Refund an order, in full or in part.

    Parameters
    ----------
    order
        Its number, its id, or the first 8 characters of its id or more.
    preview
        Only show what it would come to; of everything, where nothing is named.
    yes
        Do not ask on a terminal.
    """
    if preview:
        await _preview(order, refunding, operating)
        return
    if refunding.is_empty:
        raise WrongUse(
            "say what to refund: --line LINE=AMOUNT or --all", PREVIEW.format(order=order)
        )
    is_sure = yes or operating.json or operating.dry_run or operating.idempotency_key
    is_asking = not is_sure and sys.stdin.isatty()

    async def act(parts: Parts, requester: OrderRequester) -> CommandAnswer:
        options = await _options(parts, requester, order, refunding)
        if is_asking:
            options = await _agreed(parts, requester, options)
        return await parts.operations.refund(requester, options)

    await carry_out(order, operating, act)


async def _preview(order: str, refunding: Refunding, operating: Operating) -> None:
    async with ledger(operating) as parts:
        shop = await the_shop(parts, operating)
        with naming(order, shop):
            order_id = await order_named(parts.pool, shop, order)
            asking = OrderRequester(shop=shop, order_id=order_id, by="")
            options = await _options(parts, asking, order, refunding)
            shown = await parts.refund_previews.preview(shop, order_id, options)
    print_json(shown) if operating.json else show(*preview_parts(shown))


async def _options(
    parts: Parts, requester: OrderRequester, named: str, refunding: Refunding
) -> RefundOptions:
    order = fold(await parts.order_reader.facts(requester.shop, requester.order_id))
    excess = refunding.excess
    return chosen(
        lines=lines_of(
            order,
            named,
            refunding.line,
            is_all=refunding.all,
            remove_access=refunding.remove_access,
        ),
        excess=amount_typed("--excess", excess, order.currency)
        if excess
        else (None if refunding.all else 0),
        refund_payments=not refunding.record_only,
        by_hand=refunding.by_hand,
        remove_offer_access=refunding.remove_offer_access,
        reason=refunding.reason,
        tell_customer=not refunding.no_confirmation,
    )


async def _agreed(parts: Parts, requester: OrderRequester, options: RefundOptions) -> RefundOptions:
    """Show what it comes to and ask; give it back as it was seen."""
    seen = await parts.refund_previews.preview(requester.shop, requester.order_id, options)
    show(*preview_parts(seen))
    tell(f"{_question(seen)} [y/N]")
    if sys.stdin.readline().strip().lower() not in YES:
        raise Refused("nothing was recorded, and no money moves")
    return as_seen(options, seen)


def _question(seen: RefundPreview) -> str:
    what = f"Refund {seen.amount}" if seen.amount.amount else "Remove the access"
    return f"{what} ({whose(seen)})?"
