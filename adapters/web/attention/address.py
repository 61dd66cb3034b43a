"""The address of the attention tab: what is looked for, which cause, after which order.

The rule to know: a value that means nothing is read as none, so that no address breaks the page.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlencode

from msgspec import Struct
from msgspec.structs import replace

from adapters.web.visit import Visit

TAB = "attention"
TEXT_CHARACTERS_MAX = 200


class AttentionAddress(Struct, frozen=True, kw_only=True):
    """The query string of the tab."""

    q: str = ""
    cause: str = ""
    after: str = ""

    @property
    def is_filtered(self) -> bool:
        """It leaves orders out."""
        return bool(self.q or self.cause)

    @property
    def query(self) -> str:
        """Write it down, without the question mark."""
        named = {"q": self.q, "cause": self.cause, "after": self.after}
        return urlencode({"tab": TAB} | {name: value for name, value in named.items() if value})

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


def is_attention(visit: Visit) -> bool:
    """Say whether the address is the attention tab's."""
    return _last(parse_qs(visit.query, errors="replace"), "tab") == TAB


def address_of(visit: Visit) -> AttentionAddress:
    """Read the visit's query string."""
    return address_in(visit.query)


def address_in(query: str) -> AttentionAddress:
    """Read a query string."""
    found = parse_qs(query, errors="replace")
    return AttentionAddress(
        q=_last(found, "q"), cause=_last(found, "cause"), after=_last(found, "after")
    )


def _last(found: Mapping[str, Sequence[str]], name: str) -> str:
    return found.get(name, [""])[-1].replace("\0", "").strip()[:TEXT_CHARACTERS_MAX]
