"""The filters as they are shown: a chip for each that is set, and the form that sets them."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct

from adapters.reading.sales_report import RangeWord
from adapters.web.formats import Formats
from adapters.web.orders.query import SEARCH, TEXTS, ListQuery, Term, query_of
from domain.order.stages import OrderStatus, PaymentStatus

LABELS: Mapping[str, str] = {
    "number": "Order number",
    "email": "Email",
    "first_name": "First name",
    "last_name": "Last name",
    "source": "Source",
    "tag": "Tag",
    "discount_code": "Discount code",
    "status": "Status",
    "payment_status": "Payment status",
    "created": "Created",
    "created_from": "Created from",
    "created_to": "Created to",
    "attention": "Requires attention",
}
CHOICES: Mapping[str, type[StrEnum]] = {"status": OrderStatus, "payment_status": PaymentStatus}
DAYS = ("created_from", "created_to")
TAB = "tab"
YES_NO = {"true": "yes", "false": "no"}
NAMED_MAX = 2
"""A chip names so many values, and counts more."""


class Chip(Struct, frozen=True, kw_only=True):
    """A filter that is set, and the list without it."""

    label: str
    values: tuple[str, ...]
    are_codes: bool
    is_understood: bool
    removed: str
    """The query without it."""

    @property
    def are_many(self) -> bool:
        """Say whether the values are only counted."""
        return len(self.values) > NAMED_MAX


class TextField(Struct, frozen=True, kw_only=True):
    """A filter that is typed."""

    name: str
    label: str
    value: str


class Option(Struct, frozen=True):
    """A value to choose."""

    code: str
    is_chosen: bool


class ChoiceField(Struct, frozen=True, kw_only=True):
    """A filter of some values that are all known."""

    name: str
    label: str
    options: tuple[Option, ...]


class FiltersView(Struct, frozen=True, kw_only=True):
    """All that is said of the filters around the list."""

    search: str
    chips: tuple[Chip, ...]
    terms: tuple[Term, ...]
    """What a form sends along that changes something else."""
    texts: tuple[TextField, ...]
    days: tuple[TextField, ...]
    choices: tuple[ChoiceField, ...]
    ranges: tuple[Option, ...]
    attention: str
    kept: tuple[Term, ...]
    """What says which list it is; every form sends it along."""

    @property
    def cleared(self) -> str:
        """Give the query of the same list without filters."""
        return query_of(term for term in self.kept if term.name == TAB)

    @property
    def is_set(self) -> bool:
        """Say whether anything narrows the list."""
        return bool(self.terms)


def show_filters(query: ListQuery, formats: Formats) -> FiltersView:
    """Show what is set, and all that can be."""
    return FiltersView(
        search=query.text(SEARCH),
        chips=(*_chips(query, formats), *_misunderstood(query)),
        terms=query.terms,
        texts=tuple(_text_field(query, name) for name in TEXTS),
        days=tuple(_text_field(query, name) for name in DAYS),
        choices=tuple(
            ChoiceField(name=name, label=LABELS[name], options=_options(query, name, words))
            for name, words in CHOICES.items()
        ),
        ranges=_options(query, "created", RangeWord),
        attention=query.text("attention"),
        kept=query.kept,
    )


def _chips(query: ListQuery, formats: Formats) -> list[Chip]:
    return [
        Chip(
            label=label,
            values=tuple(_shown(name, text, formats) for text in texts),
            are_codes=name not in TEXTS and name not in DAYS,
            is_understood=True,
            removed=query.without(
                term
                for term in query.terms
                if term.name == name and term not in query.misunderstood
            ),
        )
        for name, label in LABELS.items()
        if (texts := query.texts(name))
    ]


def _shown(name: str, text: str, formats: Formats) -> str:
    if name in DAYS:
        return formats.calendar_day(date.fromisoformat(text))
    return YES_NO[text] if name == "attention" else text


def _misunderstood(query: ListQuery) -> list[Chip]:
    return [
        Chip(
            label=LABELS.get(term.name, term.name),
            values=(term.value,),
            are_codes=False,
            is_understood=False,
            removed=query.without([term]),
        )
        for term in query.misunderstood
    ]


def _text_field(query: ListQuery, name: str) -> TextField:
    return TextField(name=name, label=LABELS[name], value=query.text(name))


def _options(query: ListQuery, name: str, words: type[StrEnum]) -> tuple[Option, ...]:
    chosen = query.texts(name)
    return tuple(Option(word.value, word.value in chosen) for word in words)
