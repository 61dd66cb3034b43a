"""What the question about many actions showed, as its form carries it, held against what is now.

The rule to know: fewer of the runs that were shown may still be asked for; another run, or one
with other options, never.
"""

from collections.abc import Sequence
from typing import NamedTuple

from adapters.commands.rerun_answer import RerunFiring
from adapters.web.dialogs.asking import digest_of

DIGEST_LENGTH = 16
SEPARATOR = "."


class Shown(NamedTuple):
    """What a person saw before the button."""

    chosen: str
    """The options, in short."""
    runs: frozenset[str]
    """What would have run, each in short."""

    def covers(self, now: "Shown") -> bool:
        """Say whether nothing would happen that was not shown."""
        return bool(now.runs) and self.chosen == now.chosen and now.runs <= self.runs

    def was_emptied(self, now: "Shown") -> bool:
        """Say whether all that was shown has been done meanwhile, or need not be done."""
        return bool(self.runs) and self.chosen == now.chosen and not now.runs


def written(chosen: object, fires: Sequence[RerunFiring]) -> str:
    """Write it for the form; what remains for a next wish may grow meanwhile."""
    runs = [_short((one.order_id, one.action_id, one.run, one.revision, one.whom)) for one in fires]
    return SEPARATOR.join([_short(chosen), *runs])


def shown_in(text: str) -> Shown:
    """Read it of a form."""
    chosen, *runs = text.split(SEPARATOR)
    return Shown(chosen, frozenset(runs))


def _short(shown: object) -> str:
    return digest_of(shown)[:DIGEST_LENGTH]
