"""The sales report, made of what its question answers: rows, and a total for each currency.

The rule to know: net = gross - refunded + restored - losses. What was returned above an order's
total, or by a provider itself and is not allocated yet, stands beside and changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeAlias

from msgspec import Struct

from domain.money import Money
from projections.sales.queries import Dimension, Sum


class VatOfRate(Struct, frozen=True, kw_only=True):
    """What of a group bears one rate, refunds taken off and restored ones added."""

    rate: int
    """Basis points: 25.5 % is 2550."""
    net: Money
    """With its VAT in it."""
    vat: Money


class SalesFigures(Struct, frozen=True, kw_only=True):
    """What a group comes to, all in one currency. A negative amount takes back an earlier one."""

    orders: int
    """Paid in these days."""
    units: int
    gross: Money
    """What the orders that were paid in these days cost."""
    refunded: Money
    """Refunds that were issued in these days: the next three together."""
    returned: Money
    owed: Money
    recorded_only: Money
    restored: Money
    """Refunds that no longer count since these days."""
    losses: Money
    """Lost chargebacks."""
    net: Money
    vat: Money
    """Of the net but for losses."""
    vat_by_rate: tuple[VatOfRate, ...]
    excess_returned: Money
    unallocated: Money


class SalesRow(SalesFigures, frozen=True, kw_only=True):
    """What one value of the dimension comes to in one currency."""

    key: str
    """Empty for what has no such value, as a lost chargeback is of no product."""
    label: str
    """The product's newest name; else empty."""


Group: TypeAlias = tuple[str | None, str]


def report_rows(sums: Sequence[Sum], by: Dimension) -> tuple[SalesRow, ...]:
    """Give the rows: days in their order, all else with the highest gross of a currency first."""
    rates = _rates_by_group(sums)
    rows = [
        SalesRow(key=one.key, label=one.label, **_figures(one, rates))
        for one in sums
        if one.key is not None and not one.is_of_one_rate
    ]
    if by is Dimension.DAY:
        return tuple(sorted(rows, key=lambda row: (row.key, row.gross.currency)))
    return tuple(sorted(rows, key=lambda row: (row.gross.currency, -row.gross.amount, row.key)))


def report_totals(sums: Sequence[Sum]) -> tuple[SalesFigures, ...]:
    """Give what all comes to in each currency."""
    rates = _rates_by_group(sums)
    totals = [one for one in sums if one.key is None and not one.is_of_one_rate]
    return tuple(
        SalesFigures(**_figures(one, rates)) for one in sorted(totals, key=attrgetter("currency"))
    )


def _rates_by_group(sums: Iterable[Sum]) -> dict[Group, list[VatOfRate]]:
    rates: dict[Group, list[VatOfRate]] = {}
    for one in sums:
        if one.is_of_one_rate and one.vat_rate is not None:
            of_rate = VatOfRate(
                rate=one.vat_rate,
                net=Money(_net(one), one.currency),
                vat=Money(one.vat, one.currency),
            )
            rates.setdefault((one.key, one.currency), []).append(of_rate)
    return rates


def _figures(one: Sum, rates: Mapping[Group, Sequence[VatOfRate]]) -> dict[str, Any]:
    amounts = {
        "gross": one.sale,
        "refunded": _refunded(one),
        "returned": one.returned,
        "owed": one.owed,
        "recorded_only": one.recorded_only,
        "restored": one.restored,
        "losses": one.loss,
        "net": _net(one),
        "vat": one.vat,
        "excess_returned": one.excess_returned,
        "unallocated": one.unallocated,
    }
    of_group = rates.get((one.key, one.currency), ())
    return {name: Money(amount, one.currency) for name, amount in amounts.items()} | {
        "orders": one.orders,
        "units": one.units,
        "vat_by_rate": tuple(sorted(of_group, key=attrgetter("rate"), reverse=True)),
    }


def _refunded(one: Sum) -> int:
    return one.returned + one.owed + one.recorded_only


def _net(one: Sum) -> int:
    return one.sale - _refunded(one) + one.restored - one.loss
