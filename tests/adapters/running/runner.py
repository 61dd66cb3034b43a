"""A process of its own that keeps the orders read model until it is killed.

Arguments: URL, master key, seconds of silence that end its lease.
"""

import asyncio
import sys

from tests.adapters.running.given import open_ledger


async def main(url: str, master_key: str, idle_seconds_max: float) -> None:
    async with open_ledger(url, master_key) as ledger:
        await ledger.follower("orders", idle_seconds_max=idle_seconds_max).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
