"""A worker as a process of its own, which may die beside its call.

Arguments: URL, master key, the receiver's URL, and when to die: `before` or `after` the call
outside, `never` by itself.
"""

import asyncio
import os
import signal
import sys

from processors.ports import Outcome, Task
from tests.adapters.running.given import open_ledger
from tests.adapters.running.receiver import Posting
from tests.adapters.running.workshop import Workshop


class Mortal(Posting):
    """Dies without a word."""

    death = "never"

    async def execute(self, task: Task) -> Outcome:
        self._die_if("before")
        outcome = await super().execute(task)
        self._die_if("after")
        return outcome

    def _die_if(self, moment: str) -> None:
        if self.death == moment:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, master_key: str, receiver_url: str, death: str) -> None:
    executor = Mortal(receiver_url)
    executor.death = death
    async with open_ledger(url, master_key) as ledger:
        executors = {"webhook": executor, "receipt_email": executor}
        async with Workshop(ledger).working(executors, name=f"mortal-{os.getpid()}"):
            await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
