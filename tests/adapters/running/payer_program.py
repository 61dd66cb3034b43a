"""A payer as a process of its own, which may die beside its call.

Arguments: URL, master key, the bank's URL, and when to die: `before` or `after` the call outside,
`never` by itself.
"""

import asyncio
import os
import signal
import sys

from processors.refund_provider import Standing, TransferTask
from tests.adapters.running.bank import BankProvider
from tests.adapters.running.given import open_ledger
from tests.adapters.running.till import ALL, paying
from tests.adapters.running.workshop import Workshop


class Mortal(BankProvider):
    """Dies without a word."""

    death = "never"

    async def refund(self, task: TransferTask) -> Standing:
        self._die_if("before")
        standing = await super().refund(task)
        self._die_if("after")
        return standing

    def _die_if(self, moment: str) -> None:
        if self.death == moment:
            os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, master_key: str, bank_url: str, death: str) -> None:
    provider = Mortal(bank_url)
    provider.death = death
    async with (
        open_ledger(url, master_key) as ledger,
        paying(Workshop(ledger), dict.fromkeys(ALL, provider), name=f"mortal-{os.getpid()}"),
    ):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
