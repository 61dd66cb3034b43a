"""What one stream's turn comes to: the append, and what each message ends as once it stands."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from adapters.messaging.parsing import Message
from adapters.messaging.refusals import sentence_of
from adapters.messaging.states import Standing
from adapters.messaging.verdicts import Outcome
from adapters.postgres.append_statement import EVENTS_MAX
from adapters.postgres.keyring import KeyRing
from adapters.postgres.rows import Append, InboxEntry, NewRow
from adapters.postgres.sealing import sealed
from domain.identifiers import StreamName
from domain.message import Actor, ActorKind, Event, Metadata
from domain.rejection import Rejection
from processors.command_handler import Accepted, Turn


class Ending(NamedTuple):
    """What became of one message, and why."""

    outcome: Outcome
    code: str = ""
    reason: str = ""


APPLIED = Ending(Outcome.APPLIED)


class Draft(NamedTuple):
    """One stream's append, and what holds once it stands."""

    group: list[Message]
    append: Append
    left: Standing | None
    """The stream's state then; None when not all of the turn found room."""
    endings: list[tuple[Message, Ending]]
    again: list[Message]
    """What found no room."""


class Drafter:
    """Makes drafts; it seals what is personal."""

    def __init__(self, key_ring: KeyRing) -> None:
        self._key_ring = key_ring

    async def draft(
        self,
        stream: StreamName,
        group: list[Message],
        standing: Standing,
        turn: Turn[Any, Event],
    ) -> Draft:
        """Make the append of one turn, up to the number of events that one append may have."""
        fitting = _fitting(turn.accepted)
        is_whole = len(fitting) == len(turn.accepted)
        rows = await self._rows(group, standing, fitting)
        append = Append(
            stream=stream,
            expected_version=standing.version,
            rows=rows,
            inbox=tuple(_entry(group[accepted.wish_index]) for accepted in fitting),
        )
        endings = [(group[accepted.wish_index], APPLIED) for accepted in fitting]
        if not is_whole:
            ended = {accepted.wish_index for accepted in fitting}
            again = [message for index, message in enumerate(group) if index not in ended]
            return Draft(group, append, None, endings, again)
        endings += [
            (group[refused.wish_index], ending_of_refused(refused.rejection))
            for refused in turn.refused
        ]
        left = Standing(standing.version + len(rows), turn.state)
        return Draft(group, append, left, endings, [])

    async def _rows(
        self, group: list[Message], standing: Standing, fitting: Sequence[Accepted[Event]]
    ) -> tuple[NewRow, ...]:
        facts = [
            (fact, _metadata(group[accepted.wish_index]))
            for accepted in fitting
            for fact in accepted.facts
        ]
        return await sealed(facts, getattr(standing.state, "customer_key", None), self._key_ring)


def ending_of_refused(rejection: Rejection) -> Ending:
    """Park what is early, quarantine the rest."""
    outcome = Outcome.PARKED if rejection.is_early else Outcome.QUARANTINED
    return Ending(outcome, rejection.code, sentence_of(rejection))


def _fitting(accepted: Sequence[Accepted[Event]]) -> list[Accepted[Event]]:
    """Take as many as find room, and the first in any case."""
    fitting: list[Accepted[Event]] = []
    size = 0
    for one in accepted:
        size += len(one.facts)
        if fitting and size > EVENTS_MAX:
            break
        fitting.append(one)
    return fitting


def _metadata(message: Message) -> Metadata:
    return Metadata(
        actor=Actor(ActorKind.CHECKOUT, message.shop),
        correlation_id=message.message_id,
        causation_id=message.message_id,
        command_id=message.message_id,
    )


def _entry(message: Message) -> InboxEntry:
    return InboxEntry(message.shop, message.message_id, message.digest)
