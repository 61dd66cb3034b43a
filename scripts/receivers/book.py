"""What was received, and what took effect how often under one key: doubles are seen here.

The rule to know: it is kept in memory, and the oldest entries go first.
"""

from collections import Counter, deque
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from scripts.receivers.places import Receiver

ENTRIES_MAX = 50_000
TEXTS_MAX = 1_000


class Effect(StrEnum):
    """What a call did at the receiver."""

    DONE = "done"
    KNOWN = "known already"
    REFUSED = "refused"
    NONE = "none"
    """Trouble kept it from taking effect."""


class Received(Struct, frozen=True, kw_only=True):
    """One call, or one message."""

    at: datetime
    receiver: str
    part: str
    """The offer, the endpoint, the mailbox."""
    key: str
    """By which the receiver would recognise a repeat."""
    effect: Effect
    words: str
    """What was asked, or what was wrong, in short."""
    text: str = ""
    """All that was said, of the newest mails and webhooks."""


class Tally(Struct, frozen=True, kw_only=True):
    """The figures of one receiver."""

    receiver: str
    url: str
    calls: int
    effects: int
    doubled: int
    """Keys under which something took effect more than once without having been undone."""


class Book:
    """Everything received since the start, in order."""

    def __init__(self) -> None:
        self._entries: deque[Received] = deque(maxlen=ENTRIES_MAX)
        self._texts: dict[tuple[str, str], str] = {}
        self._calls: Counter[str] = Counter()
        self._effects: Counter[str] = Counter()
        self._standing: dict[str, set[str]] = {receiver: set() for receiver in Receiver}
        """Keys whose effect lasts: once more is a double, unless it was undone meanwhile."""
        self._doubled: dict[str, set[str]] = {receiver: set() for receiver in Receiver}

    def note(
        self,
        receiver: str,
        part: str,
        key: str,
        effect: Effect,
        words: str = "",
        *,
        undoes: str = "",
    ) -> None:
        """Write down what one call did, and of an effect the key of what it undoes."""
        self._calls[receiver] += 1
        if effect is Effect.DONE:
            self._take_effect(receiver, key, undoes)
        self._entries.append(
            Received(
                at=datetime.now(UTC),
                receiver=receiver,
                part=part,
                key=key,
                effect=effect,
                words=words,
            )
        )

    def _take_effect(self, receiver: str, key: str, undoes: str) -> None:
        standing = self._standing[receiver]
        self._effects[receiver] += 1
        if key in standing:
            self._doubled[receiver].add(key)
        standing.add(key)
        standing.discard(undoes)

    def keep(self, receiver: str, key: str, text: str) -> None:
        """Keep all that was said under a key; of many, only the newest."""
        self._texts[receiver, key] = text
        if len(self._texts) > TEXTS_MAX:
            del self._texts[next(iter(self._texts))]

    def entries(self, receiver: str, part: str, limit: int) -> list[Received]:
        """List the newest, the newest last; an empty name is all receivers, or all their parts."""
        found = [
            one
            for one in self._entries
            if receiver in ("", one.receiver) and part in ("", one.part)
        ]
        texts = (self._texts.get((one.receiver, one.key), "") for one in found[-limit:])
        return [replace(one, text=text) for one, text in zip(found[-limit:], texts, strict=True)]

    def tally(self, receiver: str, url: str) -> Tally:
        """Count one receiver's calls and effects."""
        return Tally(
            receiver=receiver,
            url=url,
            calls=self._calls[receiver],
            effects=self._effects[receiver],
            doubled=len(self._doubled[receiver]),
        )
