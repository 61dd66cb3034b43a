"""A process of its own that appends until the journal is long enough, and says how often it did.

Arguments: URL, callers, length.
"""

import asyncio
import sys

from adapters.postgres.rows import AppendStatus
from adapters.postgres.writer import Writer
from tests.adapters.postgres.given import append_of, new_stream, open_journal


async def main(url: str, callers: int, length: int) -> int:
    async with open_journal(url) as journal, Writer(journal) as writer:
        counts = await asyncio.gather(*(append_until(writer, length) for _ in range(callers)))
    return sum(counts)


async def append_until(writer: Writer, length: int) -> int:
    count = 0
    while True:
        answer = await writer.append(append_of(new_stream(), events=2))
        assert answer.status == AppendStatus.APPENDED
        count += 1
        if answer.position >= length:
            return count


if __name__ == "__main__":
    sys.stdout.write(str(asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))))
