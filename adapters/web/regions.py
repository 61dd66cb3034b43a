"""Which part of a page is asked for: scripts ask for one, a plain browser for the whole page."""

from enum import StrEnum

REGION_HEADER = "X-Region"


class Region(StrEnum):
    """A part that can be put in place of the one shown."""

    PAGE = "page"
    """The whole page."""
    WORK = "work"
    """All beside the sidebar."""
    RESULTS = "results"
    """The rows of a list, with what says how many and leads on."""
    PANEL = "panel"
    """One order beside the list."""
    DIALOG = "dialog"
    """A question with a form, over the page."""


def region_named(name: str) -> Region:
    """Read the header; what is unknown gets the whole page."""
    return Region(name) if name in set(Region) else Region.PAGE
