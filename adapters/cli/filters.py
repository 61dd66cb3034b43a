"""The filters of the orders table as options. A date means the merchant's whole day."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from cyclopts import Parameter, Token

from adapters.display.times import ZONE_DEFAULT
from domain.identifiers import ShopId
from domain.order.stages import OrderStatus, PaymentStatus
from projections.orders.filter import CHOICES, OrderFilter

DATE_LENGTH = len("2026-11-23")
TIME_EXAMPLES = "2026-11-23 or 2026-11-23T09:46:12"


def moment(text: str) -> datetime:
    """Read a date or a time; without an offset it is the merchant's. ValueError if it is neither."""
    read = _read(text)
    return (read if read.tzinfo else read.replace(tzinfo=ZONE_DEFAULT)).astimezone(UTC)


def end_of(text: str) -> datetime:
    """Read a date or a time that ends a range: of a date, the whole day is in it."""
    if len(text) > DATE_LENGTH:
        return moment(text)
    next_day = _read(text) + timedelta(days=1)
    return next_day.replace(tzinfo=ZONE_DEFAULT).astimezone(UTC)


def _read(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no date or time; write {TIME_EXAMPLES}") from error


def _moment(_: type, tokens: Sequence[Token]) -> datetime:
    return moment(tokens[0].value)


def _end_of(_: type, tokens: Sequence[Token]) -> datetime:
    return end_of(tokens[0].value)


Moment = Annotated[datetime | None, Parameter(converter=_moment, n_tokens=1)]
EndMoment = Annotated[datetime | None, Parameter(converter=_end_of, n_tokens=1)]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the orders must have in common; all that are given must hold."""

    number: str | None = None
    """The whole order number."""
    email: str | None = None
    """A part of the customer's email."""
    first_name: str | None = None
    """The beginning of the first name."""
    last_name: str | None = None
    """The beginning of the last name."""
    status: OrderStatus | None = None
    payment_status: PaymentStatus | None = None
    source: str | None = None
    """The checkout link's source."""
    tag: str | None = None
    """One of the checkout link's tags."""
    discount_code: str | None = None
    created_from: Moment = None
    """A date (2026-11-23, the merchant's day) or a time."""
    created_to: EndMoment = None
    """A date (that day is in it) or a time (that moment is not)."""
    attention: bool | None = None
    """Only orders that need a look now, or only the others."""
    q: str | None = None
    """A whole number, a part of an email, or the beginning of a name."""

    def of(self, shop: ShopId) -> OrderFilter:
        """Ask for these orders of one shop."""
        chosen: dict[str, Any] = {
            name: (value,) for name in CHOICES if (value := getattr(self, name))
        }
        plain = {name: value for name, value in asdict(self).items() if name not in CHOICES}
        return OrderFilter(shop=shop, **plain, **chosen)


NO_FILTERS = Filters()
