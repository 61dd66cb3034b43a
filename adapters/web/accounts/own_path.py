"""Where to go afterwards: a path of our own, whatever the address or the form asks for."""

import re

OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""Printable ASCII without a backslash, which browsers take for a slash; not `//another.site`."""
LENGTH_MAX = 2_000


def own_path(wish: str, default: str = "/") -> str:
    """Take the path if it is one of our own, else the default."""
    is_own = len(wish) <= LENGTH_MAX and OWN_PATH.fullmatch(wish)
    return wish if is_own else default
