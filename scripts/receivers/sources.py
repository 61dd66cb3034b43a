"""Where it is said that a real receiver behaves as its double does; else it is *assumed*."""

from msgspec import Struct

ASSUMED = "assumed"


class Behaviour(Struct, frozen=True):
    """One thing that a double does."""

    receiver: str
    what: str
    source: str
    """The page, or `assumed`."""
