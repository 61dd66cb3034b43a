"""Ingress as a process of its own, which may be told to die between commit and acknowledgement.

`python -m tests.adapters.messaging.ingress_program DATABASE_URL NATS_URL BATCHES`: unless
BATCHES is 0 it kills itself, with no chance to tidy up, instead of acknowledging that batch.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence

from nats.aio.msg import Msg

from adapters.messaging.ingress import Ingress
from adapters.messaging.stream import connect
from adapters.postgres.database import open_pool
from tests.adapters.messaging.taken import new_intake

NEVER = 0


class MortalIngress(Ingress):
    """Dies where it hurts most."""

    batches_left = NEVER

    async def _acknowledge(self, messages: Sequence[Msg]) -> None:
        self.batches_left -= 1
        if self.batches_left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        await super()._acknowledge(messages)


async def run(database_url: str, nats_url: str, batches: int) -> None:
    async with (
        open_pool(database_url, min_size=1, max_size=4) as pool,
        connect(nats_url, name="ingress") as client,
    ):
        ingress = MortalIngress(client=client, database_url=database_url, intake=new_intake(pool))
        ingress.batches_left = batches
        await ingress.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3])))
