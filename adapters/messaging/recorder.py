"""Decide and append a batch of messages of one kind of stream.

The rule to know: the first round is hopeful (states as they are at hand, ids not looked up); a
stream that does not go through whole is taken again with everything read afresh, and only then is
a message refused, parked, called a duplicate or found to be more than our code can bear.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from adapters.messaging.deciding import decider_of_messages, guarded_turn, hopeful_turn
from adapters.messaging.drafts import Draft, Drafter, Ending, ending_of_refused
from adapters.messaging.parsing import Message
from adapters.messaging.refusals import IdReused, NotStorableMessage, sentence_of
from adapters.messaging.states import States
from adapters.messaging.translation import CustomerKeys, customer_of
from adapters.messaging.verdicts import Outcome
from adapters.postgres.append_statement import in_bounds
from adapters.postgres.errors import NotStorable, StillConflicting
from adapters.postgres.inbox import Inbox, MessageKey
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from adapters.postgres.rows import AppendStatus
from domain.identifiers import StreamName

CONFLICTS_MAX = 3
"""Of one stream that was read afresh each time."""
NOT_STORABLE = ending_of_refused(
    NotStorableMessage(
        "PostgreSQL cannot hold a text of this message, such as its id; the checkout must send it "
        "again without the character U+0000"
    )
)


class Recorder:
    """Turns messages into facts."""

    def __init__(self, journal: Journal, inbox: Inbox, key_ring: KeyRing, states: States) -> None:
        self._journal = journal
        self._inbox = inbox
        self._key_ring = key_ring
        self._states = states
        self._drafter = Drafter(key_ring)

    async def record(self, messages: Sequence[Message], now: datetime) -> dict[MessageKey, Ending]:
        """Give each message its ending. Every (shop, id) may stand only once in `messages`."""
        endings: dict[MessageKey, Ending] = {}
        await self._record_storable(messages, now, endings)
        return endings

    async def _record_storable(
        self, messages: Sequence[Message], now: datetime, endings: dict[MessageKey, Ending]
    ) -> None:
        """Record messages; what cannot be stored is sought out, and ends alone.

        A message that is then early, taken before its fact's own, waits for the next look.
        """
        try:
            await self._record(messages, now, endings)
        except NotStorable:
            if len(messages) == 1:
                endings[_key_of(messages[0])] = NOT_STORABLE
                return
            for part in _parts([one for one in messages if _key_of(one) not in endings]):
                await self._record_storable(part, now, endings)

    async def _record(
        self, messages: Sequence[Message], now: datetime, endings: dict[MessageKey, Ending]
    ) -> None:
        keys = await self._keys_of(messages)
        todo, is_fresh = list(messages), False
        conflicts: Counter[StreamName] = Counter()
        while todo:
            if is_fresh:
                todo = await self._without_known(todo, endings)
            drafts, again = await self._decide(todo, keys, now, is_fresh=is_fresh)
            async for draft, status in self._append(drafts):
                if status is AppendStatus.APPENDED:
                    endings.update((_key_of(message), ending) for message, ending in draft.endings)
                    again += draft.again
                else:
                    is_conflict = is_fresh and status is AppendStatus.CONFLICT
                    conflicts[draft.append.stream] += is_conflict
                    again += draft.group
            if CONFLICTS_MAX in conflicts.values():
                raise StillConflicting(f"{len(again)} messages are left")
            todo, is_fresh = again, True

    async def _keys_of(self, messages: Sequence[Message]) -> CustomerKeys:
        customers = {customer for message in messages if (customer := customer_of(message))}
        return await self._key_ring.ensure(customers) if customers else {}

    async def _without_known(
        self, todo: list[Message], endings: dict[MessageKey, Ending]
    ) -> list[Message]:
        digests = await self._inbox.digests_of([_key_of(message) for message in todo])
        endings.update(
            (_key_of(message), _ending_of_known(message, digests[_key_of(message)]))
            for message in todo
            if _key_of(message) in digests
        )
        return [message for message in todo if _key_of(message) not in digests]

    async def _decide(
        self, todo: list[Message], keys: CustomerKeys, now: datetime, *, is_fresh: bool
    ) -> tuple[list[Draft], list[Message]]:
        """Take each stream's turn; give back what must first be read afresh."""
        groups = _by_stream(todo)
        standings = await self._states.load(list(groups), is_fresh=is_fresh)
        decider = decider_of_messages(self._states.decider, now, keys)
        take_turn = guarded_turn if is_fresh else hopeful_turn
        drafts: list[Draft] = []
        again: list[Message] = []
        for stream, group in groups.items():
            standing = standings[stream]
            turn = take_turn(decider, standing.state, group, now)
            if turn is None:
                again += group
            else:
                drafts.append(await self._drafter.draft(stream, group, standing, turn))
        return drafts, again

    async def _append(self, drafts: list[Draft]) -> AsyncIterator[tuple[Draft, AppendStatus]]:
        """Append in calls of bounded size; a turn that accepted nothing has nothing to append."""
        storable = [draft for draft in drafts if draft.append.inbox]
        for some in in_bounds(storable, lambda draft: draft.append):
            answers = await self._journal.append([draft.append for draft in some])
            for draft, answer in zip(some, answers, strict=True):
                if answer.status is AppendStatus.APPENDED and draft.left is not None:
                    self._states.remember(draft.append.stream, draft.left)
                yield draft, answer.status
        for draft in drafts:
            if not draft.append.inbox:
                yield draft, AppendStatus.APPENDED


def _key_of(message: Message) -> MessageKey:
    return message.shop, message.message_id


def _by_stream(todo: list[Message]) -> dict[StreamName, list[Message]]:
    groups: dict[StreamName, list[Message]] = {}
    for message in todo:
        groups.setdefault(message.stream, []).append(message)
    return groups


def _parts(messages: list[Message]) -> list[list[Message]]:
    """Divide messages by their streams; those of one stream into each by itself."""
    groups = list(_by_stream(messages).values())
    return groups if len(groups) > 1 else [[message] for message in messages]


def _ending_of_known(message: Message, digest: bytes) -> Ending:
    if digest == message.digest:
        return Ending(Outcome.DUPLICATE)
    reason = IdReused("a message with this id and other content was applied before")
    return Ending(Outcome.QUARANTINED, reason.code, sentence_of(reason))
