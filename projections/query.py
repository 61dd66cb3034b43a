"""A question to a read model: SQL, its parameters, and the Struct of each row it answers with.

Whoever asks knows nothing of SQL; whoever runs it knows nothing of the question.
"""

from typing import Generic, TypeVar

from msgspec import Struct

ResultT = TypeVar("ResultT", bound=Struct)


class Query(Struct, Generic[ResultT], frozen=True, kw_only=True):
    """One statement that only reads."""

    sql: str
    parameters: dict[str, object]
    result: type[ResultT]
    """Its fields are the statement's columns, by name."""


class Counted(Struct, frozen=True):
    """How many there are."""

    count: int
