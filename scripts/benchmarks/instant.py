"""What actions meet in a benchmark: a receiver that is as quick as can be, or one that is dead.

The rule to know: nothing goes outside, so what is measured is the ledger alone.
"""

import asyncio
from collections.abc import Collection, Mapping

from domain.configuration.destinations import destination_of
from processors.ports import Executor, Outcome, Succeeded, Task

KINDS = ("receipt_email", "kajabi_grant", "webhook")


class InstantExecutor:
    """Succeeds at once; towards the hanging destinations it never ends by itself."""

    def __init__(self, hanging: Collection[str] = ()) -> None:
        self._hanging = frozenset(hanging)

    async def execute(self, task: Task) -> Outcome:
        """Do nothing, and say that it is done."""
        if destination_of(task.action.settings) in self._hanging:
            await asyncio.Event().wait()
        return Succeeded()


def instant_executors(hanging: Collection[str] = ()) -> Mapping[str, Executor]:
    """Give every kind that benchmarks use the same executor."""
    return dict.fromkeys(KINDS, InstantExecutor(hanging))
