"""Trouble that is switched on for a receiver, or for a part of it, and off again.

The rule to know: a receiver is troubled until it is calmed, unless the trouble was for the next
few calls only. Trouble of a part, such as one Kajabi offer, comes before trouble of the whole.
"""

from enum import StrEnum
from random import Random
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from scripts.receivers.places import Receiver, target_named

PARTS_MAX = 1_000
SECONDS_MAX = 3_600.0


class Kind(StrEnum):
    """What is wrong."""

    SLOW = "slow"
    """Answers late, rightly."""
    HANG = "hang"
    """Takes the call and never answers; nothing takes effect."""
    RESET = "reset"
    """Drops the line before anything takes effect."""
    LOST = "lost"
    """Does what was asked and drops the line instead of answering."""
    ERROR = "500"
    THROTTLE = "429"
    REFUSE = "refuse"
    """Of mail: refused for good (550)."""
    TEMPORARY = "temporary"
    """Of mail: refused for now (451)."""


OF_HTTP = frozenset((Kind.SLOW, Kind.HANG, Kind.RESET, Kind.LOST, Kind.ERROR, Kind.THROTTLE))
OF_MAIL = frozenset((Kind.SLOW, Kind.HANG, Kind.RESET, Kind.LOST, Kind.REFUSE, Kind.TEMPORARY))


class CannotTrouble(Exception):
    """The receiver cannot have this trouble."""


def kind_named(name: str) -> Kind:
    """Find a kind of trouble; raise CannotTrouble."""
    try:
        return Kind(name)
    except ValueError as error:
        raise CannotTrouble(f"no trouble {name!r}: there are {', '.join(Kind)}") from error


class Trouble(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wrong with whom."""

    target: str
    """A receiver, or a part of it: `kajabi`, `kajabi/yoga`."""
    kind: Kind
    next: Annotated[int, Meta(ge=1)] | None = None
    """How many calls it still befalls; None until calmed."""
    share: Annotated[float, Meta(gt=0, le=1)] = 1.0
    """Of the calls."""
    seconds: Annotated[float, Meta(ge=0, le=SECONDS_MAX)] = 2.0
    """How long `slow` takes, or what `429` says in Retry-After (whole seconds)."""


class Troubles:
    """All the trouble there is; one process, one event loop."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._by_target: dict[str, Trouble] = {}

    def set(self, trouble: Trouble) -> None:
        """Put trouble in the place of what the target had; CannotTrouble, ReceiverUnknown."""
        receiver, _ = target_named(trouble.target)
        possible = OF_MAIL if receiver == Receiver.MAIL else OF_HTTP
        if trouble.kind not in possible:
            kinds = ", ".join(kind for kind in Kind if kind in possible)
            raise CannotTrouble(f"{receiver} cannot have {trouble.kind!s}: choose of {kinds}")
        if len(self._by_target) >= PARTS_MAX:
            raise CannotTrouble(f"{PARTS_MAX} parts have trouble already: calm some")
        self._by_target[trouble.target] = trouble

    def calm(self, target: str = "") -> None:
        """Switch trouble off: of one target with its parts, or all."""
        self._by_target = {
            name: trouble
            for name, trouble in self._by_target.items()
            if target and name != target and not name.startswith(f"{target}/")
        }

    def all(self) -> list[Trouble]:
        """List what is switched on."""
        return [self._by_target[target] for target in sorted(self._by_target)]

    def befall(self, receiver: str, part: str) -> Trouble | None:
        """Say what is wrong with this call, and count it."""
        part_or_whole = (f"{receiver}/{part}", receiver)
        found = next((self._by_target[t] for t in part_or_whole if t in self._by_target), None)
        if found is None or self._rng.random() >= found.share:
            return None
        if found.next is not None:
            self._count_down(found, found.next - 1)
        return found

    def _count_down(self, trouble: Trouble, left: int) -> None:
        if left:
            self._by_target[trouble.target] = replace(trouble, next=left)
        else:
            del self._by_target[trouble.target]
