"""What an address asks of the list: filters as they are typed, what they mean, and which page.

The rule to know: nothing in an address breaks the page. What is not understood is kept apart, and
shown to whoever came with it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from msgspec import Struct

from adapters.http_api.parameters import WHOLE_TEXT
from adapters.reading.order_pages import Place
from adapters.reading.sales_report import FIRST_DAY, LAST_DAY, DaysWanted, RangeWord, days_of
from adapters.shops.zones import begins_of
from domain.identifiers import ShopId
from domain.order.stages import OrderStatus, PaymentStatus
from domain.rejection import Rejection
from projections.cursor import place_of
from projections.orders.filter import CHOICES, OrderFilter
from projections.orders.queries import After

TEXT_LENGTH_MAX = 500
TERMS_MAX = 50
"""More than a person ever asks for at once."""
TEXTS = ("number", "email", "first_name", "last_name", "source", "tag", "discount_code")
SEARCH = "q"
PAGING = ("after", "before")
KEPT = ("tab", "cause")
"""What says which list it is: it stays whatever is filtered."""
NOT_FILTERS = frozenset({*KEPT, "open", "format", "id"})
"""Said in the same addresses, of something else."""


class NotUnderstood(ValueError):
    """A value is none that this filter knows."""


class Term(Struct, frozen=True):
    """One filter as it stands in an address."""

    name: str
    value: str


class ListQuery(Struct, frozen=True, kw_only=True):
    """What is asked for."""

    filter: OrderFilter
    terms: tuple[Term, ...]
    """All filters, in the order of the address, understood or not."""
    misunderstood: tuple[Term, ...]
    place: Place
    kept: tuple[Term, ...] = ()

    def texts(self, name: str) -> list[str]:
        """Give what is asked under this name and was understood."""
        terms = (term for term in self.terms if term not in self.misunderstood)
        return [term.value for term in terms if term.name == name]

    def text(self, name: str) -> str:
        """Give the one value of a filter that has one; "" if it is not set."""
        return next(iter(self.texts(name)), "")

    def without(self, dropped: Iterable[Term]) -> str:
        """Write the query without these terms, from the first page."""
        gone = set(dropped)
        return query_of([*self.kept, *(term for term in self.terms if term not in gone)])

    def at(self, **place: str | None) -> str:
        """Write the query of another page."""
        cursors = [Term(name, cursor) for name, cursor in place.items() if cursor]
        return query_of([*self.kept, *self.terms, *cursors])


def query_of(terms: Iterable[Term]) -> str:
    """Write terms as a query string."""
    return urlencode([(term.name, term.value) for term in terms])


def read_query(query: str, shop: ShopId, zone: ZoneInfo, today: date) -> ListQuery:
    """Understand a query string as far as possible."""
    pairs = dict.fromkeys(
        Term(name, value.strip()) for name, value in parse_qsl(query) if value.strip()
    )
    said = [term for term in pairs if term.name not in NOT_FILTERS][:TERMS_MAX]
    values: dict[str, list[Any]] = defaultdict(list)
    misunderstood = []
    for term in said:
        try:
            _understand(term, values)
        except NotUnderstood:
            misunderstood.append(term)
    place = Place(*(next(iter(values.pop(name, [])), None) for name in PAGING))
    return ListQuery(
        filter=_filter_of(shop, values, zone, today),
        terms=tuple(term for term in said if term.name not in PAGING or term in misunderstood),
        misunderstood=tuple(misunderstood),
        place=place,
        kept=tuple({term.name: term for term in pairs if term.name in KEPT}.values()),
    )


def _understand(term: Term, values: dict[str, list[Any]]) -> None:
    read = READERS.get(term.name)
    is_again = term.name in values and term.name not in CHOICES
    if read is None or is_again:
        raise NotUnderstood
    try:
        value = read(term.value)
    except (ValueError, KeyError, Rejection) as error:
        raise NotUnderstood from error
    values[term.name].append(value)


def _filter_of(
    shop: ShopId, values: Mapping[str, Sequence[Any]], zone: ZoneInfo, today: date
) -> OrderFilter:
    plain = {name: found[0] for name, found in values.items() if name in (*TEXTS, *SINGLE)}
    chosen: dict[str, Any] = {name: tuple(values[name]) for name in CHOICES if name in values}
    return OrderFilter(shop=shop, **plain, **chosen, **_created(values, zone, today))


def _created(values: Mapping[str, Sequence[Any]], zone: ZoneInfo, today: date) -> dict[str, Any]:
    """Bound the time of creation by whole days of the shop; all that is said must hold."""
    days = [days_of(DaysWanted(range=word), today) for word in values.get("created", ())]
    firsts = [*(one.first for one in days), *values.get("created_from", ())]
    lasts = [*(one.last for one in days), *values.get("created_to", ())]
    bounds: dict[str, Any] = {}
    if firsts:
        bounds["created_from"] = begins_of([max(firsts)], zone)[0]
    if lasts:
        bounds["created_to"] = begins_of([min(lasts)], zone)[-1]
    return bounds


def _text(value: str) -> str:
    if len(value) > TEXT_LENGTH_MAX or not re.match(WHOLE_TEXT, value):
        raise NotUnderstood
    return value


def _day(value: str) -> date:
    day = date.fromisoformat(value)
    if not FIRST_DAY <= day <= LAST_DAY:
        raise NotUnderstood
    return day


def _cursor(value: str) -> str:
    place_of(value, After)
    return value


SINGLE = (SEARCH, "attention")
READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys((*TEXTS, SEARCH), _text),
    "status": OrderStatus,
    "payment_status": PaymentStatus,
    "attention": {"true": True, "false": False}.__getitem__,
    "created": RangeWord,
    "created_from": _day,
    "created_to": _day,
    **dict.fromkeys(PAGING, _cursor),
}
