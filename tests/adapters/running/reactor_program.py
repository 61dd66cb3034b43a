"""A process of its own that reacts, until it kills itself in the worst of moments or is killed.

Arguments: URL, master key, runner's name, events in a batch, chance of death after an append.
The runner's name is its lease's too, so two runners are active at the same time.
"""

import asyncio
import os
import random
import signal
import sys
from collections.abc import Sequence

from adapters.postgres import append_statement
from adapters.postgres.journal import Journal
from adapters.postgres.rows import Append, Appended, Move
from adapters.running.follower import Follower
from adapters.running.reactor import Reactor, Triggered
from tests.adapters.running.given import open_ledger
from tests.adapters.running.reacting import ECHO, utc_now

EVENTS_MAX = 12
"""So small that a batch's reactions are appended in parts, of which only the last one moves."""


class DeadlyJournal(Journal):
    """Dies by chance when events stand and the position has not moved, or has."""

    death_chance = 0.0

    async def append(self, appends: Sequence[Append], move: Move | None = None) -> list[Appended]:
        answers = await super().append(appends, move)
        if appends and random.random() < self.death_chance:
            os.kill(os.getpid(), signal.SIGKILL)
        return answers


class Twin(Follower[Triggered]):
    """A runner that believes to be the only one."""

    runner_name = ""

    @property
    def _lease_name(self) -> str:
        return self.runner_name


async def main(url: str, master_key: str, name: str, size: int, death_chance: float) -> None:
    append_statement.EVENTS_MAX = EVENTS_MAX
    async with open_ledger(url, master_key) as ledger:
        journal = DeadlyJournal(ledger.pool, ledger.news.announce)
        journal.death_chance = death_chance
        twin = Twin(
            Reactor(ECHO, journal, ledger.key_ring, utc_now),
            pool=ledger.pool,
            news=ledger.news,
            batch_events_max=size,
        )
        twin.runner_name = name
        await twin.run()


if __name__ == "__main__":
    _, url, master_key, name, size, death_chance = sys.argv
    asyncio.run(main(url, master_key, name, int(size), float(death_chance)))
