"""The address of the attention tab: what is looked for, which cause, after which order.

The rule to know: a value that means nothing is read as none, so that no address breaks the page.
"""

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
        """The page after this one."""
        return replace(self, after=cursor)


def is_attention(visit: Visit) -> bool:
    """Say whether the address is the attention tab's."""
    return _texts(visit).get("tab", "") == TAB


def address_of(visit: Visit) -> AttentionAddress:
    """Read the query string."""
    texts = _texts(visit)
    return AttentionAddress(
        q=texts.get("q", ""), cause=texts.get("cause", ""), after=texts.get("after", "")
    )


def _texts(visit: Visit) -> dict[str, str]:
    found = parse_qs(visit.query, errors="replace")
    return {name: _clean(values[-1]) for name, values in found.items() if name != "after"} | {
        "after": found.get("after", [""])[-1]
    }


def _clean(text: str) -> str:
    return text.replace("\0", "").strip()[:TEXT_CHARACTERS_MAX]
