"""Where a page ended: what the next one is asked with, unreadable on purpose."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import ClassVar, TypeVar

import msgspec
from msgspec import Struct

from domain.phrase import say
from domain.rejection import Rejection

PlaceT = TypeVar("PlaceT", bound=Struct)


class UnknownCursor(Rejection):
    """The cursor is not one that we gave."""

    code: ClassVar[str] = "unknown_cursor"


def cursor_of(place: Struct) -> str:
    """Write down a place in a list."""
    return urlsafe_b64encode(msgspec.json.encode(place)).decode()


def place_of(cursor: str, kind: type[PlaceT]) -> PlaceT:
    """Read a place in a list; raise UnknownCursor."""
    try:
        return msgspec.json.decode(urlsafe_b64decode(cursor), type=kind)
    except (ValueError, msgspec.DecodeError) as error:
        raise UnknownCursor(
            say("{cursor!r} is not a cursor of this list", cursor=cursor)
        ) from error
