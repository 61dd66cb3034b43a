"""From what a person types about a refund to what is chosen: lines, amounts, access."""

from collections.abc import Collection, Mapping, Sequence

from msgspec import ValidationError, convert
from msgspec.structs import replace

from adapters.cli.exits import NotFound, WrongUse
from adapters.commands.refund_options import (
    RefundLineOptions,
    RefundLines,
    RefundOptions,
    every_line,
)
from adapters.display.amounts import AmountNotUnderstood, parse_amount
from domain.identifiers import LineId
from domain.order.state import Order
from projections.order_view.refund_preview import RefundPreview

PREVIEW = "`order-ledger orders refund {order} --preview` shows the lines and their maximum."


def lines_of(
    order: Order, named: str, typed: Sequence[str], *, is_all: bool, remove_access: Collection[str]
) -> RefundLines:
    """Read `LINE=AMOUNT` as often as it was said, or take every line; raise WrongUse."""
    if is_all and typed:
        raise WrongUse("--all and --line ask for two different refunds", "Say one of them.")
    parts = every_line(order) if is_all else tuple(_line(one, order, named) for one in typed)
    known = {part.line_id for part in parts}
    for line_id in remove_access:
        if line_id not in known:
            raise WrongUse(
                f"--remove-access {line_id}: the refund does not name this line",
                f"Say --line {line_id}=AMOUNT too. {PREVIEW.format(order=named)}",
            )
    return tuple(
        RefundLineOptions(
            line_id=part.line_id, amount=part.amount, remove_access=part.line_id in remove_access
        )
        for part in parts
    )


def amount_typed(option: str, typed: str, currency: str) -> int:
    """Read an amount; raise WrongUse with the option that it was typed for."""
    try:
        return parse_amount(typed, currency)
    except AmountNotUnderstood as error:
        raise WrongUse(f"{option}: {error}") from error


def chosen(**options: object) -> RefundOptions:
    """Hold what was chosen to its limits; raise WrongUse."""
    try:
        return convert(options, RefundOptions, from_attributes=True)
    except ValidationError as error:
        raise WrongUse(f"that cannot be asked for: {error}") from error


def as_seen(options: RefundOptions, preview: RefundPreview) -> RefundOptions:
    """State every amount and maximum as the person saw them."""
    shown = {line.line_id: line for line in preview.lines}
    lines = []
    for line in options.lines:
        now = shown[line.line_id]
        maximum = now.maximum if options.refund_payments else now.maximum_recorded
        if now.amount.amount or line.remove_access:
            lines.append(
                RefundLineOptions(
                    line_id=line.line_id,
                    amount=now.amount.amount,
                    maximum_seen=maximum.amount,
                    remove_access=line.remove_access,
                )
            )
    return replace(options, lines=tuple(lines), excess=preview.excess.amount)


def _line(typed: str, order: Order, named: str) -> RefundLineOptions:
    line_id, is_stated, amount = typed.rpartition("=")
    if not is_stated:
        raise WrongUse(f"--line {typed}: say how much of it", f"Such as --line {typed}=25.50.")
    ids: Mapping[str, LineId] = {line.line_id: line.line_id for line in order.lines}
    if line_id not in ids:
        raise NotFound(f"the order has no line {line_id!r}", PREVIEW.format(order=named))
    minor = amount_typed(f"--line {line_id}", amount, order.currency)
    return RefundLineOptions(line_id=ids[line_id], amount=minor)
