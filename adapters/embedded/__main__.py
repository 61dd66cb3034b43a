"""The two servers alone, for tests and for development: `python -m adapters.embedded FOLDER`.

Prints the way to `connection.json` once they answer and runs until it is told to end.
"""

import asyncio
import signal
import sys
from contextlib import suppress
from pathlib import Path

from adapters.embedded.errors import EmbeddedServerFailed
from adapters.embedded.servers import embedded_servers
from adapters.settings import CONNECTION_FILE


async def run(folder: Path) -> None:
    """Run both servers until SIGINT or SIGTERM, which may come at any moment."""
    running = asyncio.create_task(_stand(folder))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(
            number, lambda: running.cancelling() or running.cancel()
        )
    with suppress(asyncio.CancelledError):
        await running


async def _stand(folder: Path) -> None:
    async with embedded_servers(folder, _say):
        _say(str(folder / CONNECTION_FILE))
        await asyncio.Event().wait()


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        asyncio.run(run(Path(sys.argv[1])))
    except EmbeddedServerFailed as error:
        sys.exit(str(error))
