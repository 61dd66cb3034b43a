"""A list that cannot be read: a sentence in its place; all around it stands."""

from collections.abc import Awaitable
from typing import ClassVar, TypeVar

import structlog
from msgspec import Struct

from adapters.postgres.errors import UNAVAILABLE
from adapters.web.orders.filters_view import FiltersView

ListT = TypeVar("ListT", bound=Struct)

_log = structlog.get_logger()


class Unread(Struct, frozen=True, kw_only=True):
    """What is shown in the list's place."""

    is_unread: ClassVar[bool] = True
    filters: FiltersView
    path: str
    """The list's own."""
    again: str
    """Where to try again."""


async def read_or_unread(reading: Awaitable[ListT], unread: Unread) -> ListT | Unread:
    """Read a list; while the ledger is away, say so in its place."""
    try:
        return await reading
    except UNAVAILABLE as error:
        _log.warning("list_not_read", error=type(error).__name__)
        return unread
