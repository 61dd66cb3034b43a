"""How wishes of people and workers go through: decide, append, answer; many at once.

The rule to know: an answer holds only if the journal took the append at the very version that it
was judged on. So a refusal, and "it is already so", are appends of nothing: whoever judged an
order that has moved on judges it again as it is now. A wish with an inbox entry must be known to
its order by its own id too; told twice it is then "already so" there, and never refused.
Messages and reactions have loops of their own: docs/decisions/0017 says why there are three.
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from msgspec import Struct

from adapters.postgres.append_statement import EVENTS_MAX, in_bounds
from adapters.postgres.errors import StillConflicting
from adapters.postgres.keyring import KeyRing
from adapters.postgres.order_store import LoadedOrder, OrderStore
from adapters.postgres.rows import Append, Appended, AppendStatus, InboxEntry
from adapters.postgres.sealing import sealed
from domain.identifiers import StreamName
from domain.message import Metadata
from domain.order.decide import OrderWish, decide
from domain.order.events import OrderFact
from domain.order.evolve import evolve
from domain.order.state import Order
from domain.rejection import Rejection
from processors.command_handler import Accepted, Decider, Turn, decide_in_turn

CONFLICTS_MAX = 32
"""Of one stream that was read afresh each time: so many people may want something of one order at
once, and each gets an answer. No pause is needed, because each conflict is somebody's success."""

ORDERS: Decider[OrderWish, Order, OrderFact] = Decider(decide, evolve)

AppendAll: TypeAlias = Callable[[Sequence[Append]], Awaitable[list[Appended]]]
"""`Journal.append`, or `Writer.append_all` where callers are many and come one by one."""


class OrderRequest(NamedTuple):
    """A wish about one order, and who has it."""

    stream: StreamName
    wish: OrderWish
    metadata: Metadata
    inbox: tuple[InboxEntry, ...] = ()
    """What becomes known for ever with the wish's facts; nothing does if it is refused."""


class Answered(Struct, frozen=True, kw_only=True):
    """What became of one request."""

    facts: tuple[OrderFact, ...] = ()
    """Those of this wish; none when it was already so, known or refused."""
    rejection: Rejection | None = None
    version: int
    """Of the order's stream, with all that was recorded together with this wish."""
    position: int
    """Up to which a read model must have come to show the answer."""
    is_known: bool = False
    """Its inbox entry stood already: the wish was granted before."""
    is_contradicted: bool = False
    """Its inbox entry stood already, for another content."""


class CommandRecorder:
    """Records the wishes of one process. Safe to share between tasks of one event loop."""

    def __init__(self, append: AppendAll, orders: OrderStore, key_ring: KeyRing) -> None:
        self._append = append
        self._orders = orders
        self._key_ring = key_ring

    async def record(self, requests: Sequence[OrderRequest]) -> list[Answered]:
        """Answer each request; those about one order are decided in their order.

        Raises as `Journal.append` does, and StillConflicting once all else is answered: what was
        recorded by then stands, and asking the same again finds it already so.
        """
        answers: dict[int, Answered] = {}
        conflicts: Counter[StreamName] = Counter()
        todo, is_fresh = dict(enumerate(requests)), False
        while todo:
            turns = _next_turns(todo)
            load = self._orders.refresh if is_fresh else self._orders.load
            orders = await load(list(turns))
            drafts = [await self._draft(s, orders[s], turn) for s, turn in turns.items()]
            async for draft, appended in self._append_all(drafts):
                is_conflict = appended.status is AppendStatus.CONFLICT
                conflicts[draft.append.stream] += is_conflict and is_fresh
                answers |= {} if is_conflict else _answers(draft, appended)
            todo = {
                index: request
                for index, request in todo.items()
                if index not in answers and conflicts[request.stream] < CONFLICTS_MAX
            }
            is_fresh = True
        if len(answers) < len(requests):
            raise StillConflicting(f"{len(requests) - len(answers)} wishes are left")
        return [answers[index] for index in range(len(requests))]

    async def _draft(
        self, stream: StreamName, loaded: LoadedOrder, requests: Mapping[int, OrderRequest]
    ) -> "Draft":
        taken, turn = _fitting_turn(loaded.order, requests)
        accepted = [(taken[one.wish_index][1], one) for one in turn.accepted]
        facts = [(fact, request.metadata) for request, one in accepted for fact in one.facts]
        append = Append(
            stream=stream,
            expected_version=loaded.version,
            rows=await sealed(facts, loaded.order.customer_key, self._key_ring),
            inbox=tuple(entry for request, _ in accepted for entry in request.inbox),
        )
        return Draft([index for index, _ in taken], append, turn)

    async def _append_all(
        self, drafts: Sequence["Draft"]
    ) -> AsyncIterator[tuple["Draft", Appended]]:
        for some in in_bounds(drafts, lambda draft: draft.append):
            answers = await self._append([draft.append for draft in some])
            for draft, appended in zip(some, answers, strict=True):
                if appended.status is AppendStatus.APPENDED:
                    left = LoadedOrder(draft.version, draft.turn.state)
                    self._orders.remember(draft.append.stream, left)
                yield draft, appended


class Draft(NamedTuple):
    """One stream's append, and the turn that it comes from."""

    indexes: Sequence[int]
    """Of the requests; the turn's wishes are theirs, in this order."""
    append: Append
    turn: Turn[Order, OrderFact]

    @property
    def version(self) -> int:
        """The stream's once the append stands."""
        return self.append.expected_version + len(self.append.rows)


def _next_turns(
    todo: Mapping[int, OrderRequest],
) -> dict[StreamName, dict[int, OrderRequest]]:
    """Give each stream its next turn: a request with an inbox entry alone, others together."""
    by_stream: dict[StreamName, list[tuple[int, OrderRequest]]] = {}
    for index, request in todo.items():
        by_stream.setdefault(request.stream, []).append((index, request))
    return {
        stream: dict(takewhile(lambda one: not one[1].inbox, group)) or dict(group[:1])
        for stream, group in by_stream.items()
    }


def _fitting_turn(
    order: Order, requests: Mapping[int, OrderRequest]
) -> tuple[Sequence[tuple[int, OrderRequest]], Turn[Order, OrderFact]]:
    """Decide as many of the wishes as have room in one append."""
    taken = list(requests.items())
    while True:
        wishes = [request.wish for _, request in taken]
        turn = decide_in_turn(ORDERS, order, wishes, max(wish.now for wish in wishes))
        if len(taken) == 1 or sum(len(one.facts) for one in turn.accepted) <= EVENTS_MAX:
            return taken, turn
        taken = taken[: len(taken) // 2]


def _answers(draft: Draft, appended: Appended) -> dict[int, Answered]:
    """Tell each request of a turn what became of it."""
    if appended.status is not AppendStatus.APPENDED:
        answer = Answered(
            version=draft.append.expected_version,
            position=appended.position,
            is_known=appended.status is AppendStatus.KNOWN,
            is_contradicted=appended.status is AppendStatus.CONTRADICTED,
        )
        return dict.fromkeys(draft.indexes, answer)
    accepted: list[Accepted[OrderFact]] = draft.turn.accepted
    return {
        draft.indexes[one.wish_index]: Answered(
            facts=tuple(one.facts), version=draft.version, position=appended.position
        )
        for one in accepted
    } | {
        draft.indexes[one.wish_index]: Answered(
            rejection=one.rejection, version=draft.version, position=appended.position
        )
        for one in draft.turn.refused
    }
