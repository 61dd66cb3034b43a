"""A chart of columns as shapes with places, for a template to write as SVG. Knows no language.

The rule to know: lengths are in proportion to amounts, and the line of zero is always in sight; a
net below zero hangs under it.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from math import ceil, floor

from msgspec import Struct

from adapters.web.reports.columns import Column
from domain.money import exponent_of

LETTER_WIDTH = 6.5
TOP = 10.0
BOTTOM = 24.0
"""Room for the labels below."""
RIGHT = 8.0
TICKS_MIN = 3
"""The scale has at least so many steps to its far end, unless a step were less than one unit."""
STEPS = (1, 2, 5)
GAP_SHARE = 0.3
BAR_MAX = 22.0


class Shape(Struct, frozen=True):
    """How large to draw: wide screens and narrow ones each have their own drawing."""

    width: int
    height: int
    labels_max: int
    """Below the columns."""


WIDE = Shape(840, 260, 8)
NARROW = Shape(340, 220, 3)


class Bar(Struct, frozen=True, kw_only=True):
    """A rectangle from the line of zero."""

    x: float
    y: float
    width: float
    height: float


class DrawnColumn(Struct, frozen=True, kw_only=True):
    """The two bars of a column, and the strip that they stand in."""

    column: Column
    x: float
    width: float
    gross: Bar
    net: Bar


class Tick(Struct, frozen=True, kw_only=True):
    """A line across, at a whole number of the currency."""

    y: float
    amount: int
    text: str


class Label(Struct, frozen=True, kw_only=True):
    """What stands below a column's middle."""

    x: float
    text: str


class Drawing(Struct, frozen=True, kw_only=True):
    """All shapes of a chart."""

    width: int
    height: int
    left: float
    right: float
    top: float
    bottom: float
    zero: float
    """The height of the line of zero."""
    ticks: tuple[Tick, ...]
    columns: tuple[DrawnColumn, ...]
    labels: tuple[Label, ...]


class Scale(Struct, frozen=True):
    """From amounts in whole units to heights."""

    low: int
    high: int
    step: int
    shape: Shape

    def y(self, amount: Decimal | int) -> float:
        """Give the height of an amount, measured from above."""
        room = self.shape.height - TOP - BOTTOM
        return _rounded(TOP + room * float(self.high - amount) / (self.high - self.low))


def draw(
    columns: Sequence[Column],
    currency: str,
    shape: Shape,
    *,
    number: Callable[[int], str],
    label: Callable[[Column], str],
) -> Drawing:
    """Place the columns; `number` and `label` write the texts of the two axes."""
    scale = scale_of(columns, currency, shape)
    amounts = range(scale.low, scale.high + 1, scale.step)
    ticks = tuple(Tick(y=scale.y(one), amount=one, text=number(one)) for one in amounts)
    left = _rounded(max(len(tick.text) for tick in ticks) * LETTER_WIDTH + 8)
    strip = (shape.width - left - RIGHT) / len(columns)
    drawn = tuple(
        _drawn(column, left + strip * place, strip, scale, currency)
        for place, column in enumerate(columns)
    )
    return Drawing(
        width=shape.width,
        height=shape.height,
        left=left,
        right=shape.width - RIGHT,
        top=TOP,
        bottom=shape.height - BOTTOM,
        zero=scale.y(0),
        ticks=ticks,
        columns=drawn,
        labels=_labels(drawn, shape, label),
    )


def scale_of(columns: Sequence[Column], currency: str, shape: Shape) -> Scale:
    """Choose a scale of round steps that all amounts and zero lie in."""
    amounts = [Decimal(0)]
    amounts += [_units(one, currency) for column in columns for one in (column.gross, column.net)]
    high, low = max(amounts), min(amounts)
    step = _step(max(high, -low) / TICKS_MIN)
    return Scale(floor(low / step) * step, max(1, ceil(high / step)) * step, step, shape)


def _units(amount: int, currency: str) -> Decimal:
    return Decimal(amount).scaleb(-exponent_of(currency))


def _step(longest: Decimal) -> int:
    """Give the greatest round step that is not longer, or 1."""
    power = 10 ** max(0, longest.adjusted()) if longest else 1
    return max((one * power for one in STEPS if one * power <= longest), default=1)


def _drawn(column: Column, x: float, strip: float, scale: Scale, currency: str) -> DrawnColumn:
    width = min(BAR_MAX, strip * (1 - GAP_SHARE) / 2)
    middle = x + strip / 2

    def bar(amount: int, left: float) -> Bar:
        zero, end = scale.y(0), scale.y(_units(amount, currency))
        return Bar(
            x=_rounded(left),
            y=min(zero, end),
            width=_rounded(width),
            height=_rounded(abs(end - zero)),
        )

    return DrawnColumn(
        column=column,
        x=_rounded(x),
        width=_rounded(strip),
        gross=bar(column.gross, middle - width),
        net=bar(column.net, middle),
    )


def _labels(
    drawn: Sequence[DrawnColumn], shape: Shape, label: Callable[[Column], str]
) -> tuple[Label, ...]:
    every = ceil(len(drawn) / shape.labels_max)
    return tuple(
        Label(x=_rounded(one.x + one.width / 2), text=label(one.column))
        for one in drawn[every // 2 :: every]
    )


def _rounded(length: float) -> float:
    return round(length, 2)
