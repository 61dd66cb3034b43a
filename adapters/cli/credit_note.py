"""`refunds credit-note`: the document that a refund's customer was sent."""

import sys
from typing import Annotated

from cyclopts import Parameter

from adapters.cli.exits import WrongUse
from adapters.cli.options import SHOP_OPTIONS, ShopOptions
from adapters.cli.order_advice import advising
from adapters.cli.order_naming import naming, order_named
from adapters.cli.reaching import ledger, the_shop
from adapters.clock import utc_now
from domain.identifiers import RefundId

NO_KEY = ""
"""Reading records nothing."""


async def credit_note(
    order: str,
    refund: str,
    *,
    html: Annotated[bool, Parameter(negative=())] = False,
    options: ShopOptions = SHOP_OPTIONS,
) -> None:
    """Write a refund's credit note as a PDF to a file: `… > credit-note.pdf`.

    Parameters
    ----------
    order
        Its number, its id, or the first 8 characters of its id or more.
    refund
        The refund's id, as `orders show` tells it.
    html
        Write it as a page instead.
    """
    from adapters.credit_notes.reading import (  # noqa: PLC0415 - slow to load, seldom asked for
        read_credit_note,
    )

    if not html and sys.stdout.isatty():
        raise WrongUse("a PDF is not for a terminal", "Write it to a file: … > credit-note.pdf")
    async with ledger(options) as parts:
        shop = await the_shop(parts, options)
        with naming(order, shop), advising(order, NO_KEY):
            order_id = await order_named(parts.pool, shop, order)
            document = await read_credit_note(
                parts.order_reader, shop, order_id, RefundId(refund), utc_now()
            )
    sys.stdout.buffer.write(document.html().encode() if html else document.pdf())
    sys.stdout.flush()
