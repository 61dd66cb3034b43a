"""The address of the attention tab: the list's own filters, which cause, after which order.

The rule to know: a value that means nothing is read as none, so that no address breaks the page.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from msgspec import Struct
from msgspec.structs import replace

from adapters.web.orders.list_view import query_in
from adapters.web.orders.query import ListQuery, Term, query_of
from adapters.web.visit import Visit

TAB = "attention"
TEXT_CHARACTERS_MAX = 200


class AttentionAddress(Struct, frozen=True, kw_only=True):
    """The query string of the tab."""

    terms: tuple[Term, ...] = ()
    """The filters, as on the other tab."""
    cause: str = ""
    after: str = ""

    @property
    def is_filtered(self) -> bool:
        """It leaves orders out."""
        return bool(self.terms or self.cause)

    @property
    def query(self) -> str:
        """Write it down, without the question mark."""
        own = [Term("tab", TAB)] + ([Term("cause", self.cause)] if self.cause else [])
        return query_of([*own, *self.terms] + ([Term("after", self.after)] if self.after else []))

    @property
    def first(self) -> "AttentionAddress":
        """The first page of the same."""
        return replace(self, after="")

    def with_cause(self, cause: str) -> "AttentionAddress":
        """Only this cause, or with "" every cause."""
        return replace(self, cause=cause, after="")

    def next(self, cursor: str) -> "AttentionAddress":
        """Go on after a cursor."""
        return replace(self, after=cursor)

    def understood(self, visit: Visit) -> ListQuery:
        """Understand the filters, by the days of the shop."""
        return query_in(visit, self.first.query)


def is_attention(visit: Visit) -> bool:
    """Say whether the address is the attention tab's."""
    return _last(parse_qs(visit.query, errors="replace"), "tab") == TAB


def address_of(visit: Visit) -> AttentionAddress:
    """Read the visit's query string."""
    return address_in(visit, visit.query)


def address_in(visit: Visit, query: str) -> AttentionAddress:
    """Read a query string."""
    found = parse_qs(query, errors="replace")
    listed = query_in(
        visit,
        query_of(Term(name, value) for name in found if name != "after" for value in found[name]),
    )
    return AttentionAddress(
        terms=tuple(term for term in listed.terms if term.name != "attention"),
        cause=_last(found, "cause"),
        after=_last(found, "after"),
    )


def _last(found: Mapping[str, Sequence[str]], name: str) -> str:
    return found.get(name, [""])[-1].replace("\0", "").strip()[:TEXT_CHARACTERS_MAX]
