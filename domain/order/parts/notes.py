"""Notes that people left on the order."""

from datetime import datetime

from msgspec import Struct


class Note(Struct, frozen=True, kw_only=True):
    """What a person wrote down; the text is empty once erased."""

    at: datetime
    by: str
    text: str
