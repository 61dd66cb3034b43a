"""Decide several wishes on one stream, each on what those before it left.

The rule to know: whoever calls this appends all that was accepted at the version it read, in one
append, or nothing; then what was decided here is what stands.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from domain.rejection import Rejection

WishT = TypeVar("WishT")
StateT = TypeVar("StateT")
FactT = TypeVar("FactT")


class Decider(NamedTuple, Generic[WishT, StateT, FactT]):
    """The pure functions of one kind of stream."""

    decide: Callable[[WishT, StateT], Sequence[FactT]]
    evolve: Callable[[StateT, FactT, datetime], StateT]


class Accepted(NamedTuple, Generic[FactT]):
    """The facts of the wish at `wish_index`; none when it is already so."""

    wish_index: int
    facts: Sequence[FactT]


class Refused(NamedTuple):
    """Why the wish at `wish_index` was refused."""

    wish_index: int
    rejection: Rejection


class Turn(NamedTuple, Generic[StateT, FactT]):
    """What became of the wishes, in the order in which their facts are to be recorded."""

    state: StateT
    accepted: list[Accepted[FactT]]
    refused: list[Refused]


def decide_in_turn(
    decider: Decider[WishT, StateT, FactT],
    state: StateT,
    wishes: Sequence[WishT],
    recorded_at: datetime,
) -> Turn[StateT, FactT]:
    """Decide the wishes in order; one that is early is tried again when others brought news."""
    accepted: list[Accepted[FactT]] = []
    refused: list[Refused] = []
    waiting: list[Refused] = []
    indexes: Iterable[int] = range(len(wishes))
    is_news = True
    while is_news:
        is_news, waiting = False, []
        for index in indexes:
            answer = _decide(decider, state, index, wishes[index])
            if isinstance(answer, Refused):
                (waiting if answer.rejection.is_early else refused).append(answer)
                continue
            accepted.append(answer)
            for fact in answer.facts:
                state = decider.evolve(state, fact, recorded_at)
                is_news = True
        indexes = [answer.wish_index for answer in waiting]
    return Turn(state, accepted, refused + waiting)


def _decide(
    decider: Decider[WishT, StateT, FactT], state: StateT, index: int, wish: WishT
) -> Accepted[FactT] | Refused:
    try:
        return Accepted(index, decider.decide(wish, state))
    except Rejection as rejection:
        return Refused(index, rejection)
