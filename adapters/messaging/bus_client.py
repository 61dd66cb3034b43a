"""Our client of NATS: connects for ever, and no publisher can break it.

The rule to know: whatever nats-py cannot decode ends its reading for good, without an error and
without reconnecting (seen with 2.16: a subject that is no UTF-8, a header that is none), or makes
it reconnect to meet the same again (a vertical tab in a subject). So all that a publisher chooses
is read leniently here, and what is wrong with it is told at the door.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.protocol import parser

RECONNECT_SECONDS = 1
RECONNECT_FOR_EVER = -1
PING_SECONDS = 5
PINGS_UNANSWERED_MAX = 2

_log = structlog.get_logger()

# Only what separates words for the server does so here: a subject may hold \v and \f, and those
# are white space to the patterns of nats-py.
parser.MSG_RE = re.compile(
    rb"\AMSG[ \t]+([^ \t\r\n]+)[ \t]+(\d+)[ \t]+(([^ \t\r\n]+)[ \t]+)?(\d+)\r\n"
)
parser.HMSG_RE = re.compile(
    rb"\AHMSG[ \t]+([^ \t\r\n]+)[ \t]+(\d+)[ \t]+(([^ \t\r\n]+)[ \t]+)?(\d+)[ \t]+(\d+)\r\n"
)


class BusClient(Client):
    """nats-py's client, reading names and headers as well as they can be read."""

    async def _process_headers(self, headers: bytes) -> dict[str, str] | None:
        """Read a header; one that is none counts as not there, as the server checks no byte."""
        try:
            read: dict[str, str] | None = await super()._process_headers(headers)
        except Exception:  # noqa: BLE001 - whatever a publisher wrote must not end the reading
            return None
        return read

    def _build_message(
        self,
        sid: int,
        subject: bytes,
        reply: bytes,
        data: bytes,
        headers: dict[str, str] | None,
    ) -> Msg:
        return self.msg_class(
            _client=self,
            subject=subject.decode(errors="replace"),
            reply=reply.decode(errors="replace"),
            data=data,
            headers=headers,
            _sid=sid,
        )


@asynccontextmanager
async def connect(url: str, *, name: str) -> AsyncIterator[Client]:
    """Connect, and connect again for ever; `name` is shown by the server's monitoring."""
    client = BusClient()
    await client.connect(
        url,
        name=name,
        error_cb=_say,
        max_reconnect_attempts=RECONNECT_FOR_EVER,
        reconnect_time_wait=RECONNECT_SECONDS,
        ping_interval=PING_SECONDS,
        max_outstanding_pings=PINGS_UNANSWERED_MAX,
    )
    try:
        yield client
    finally:
        await client.close()


async def _say(error: Exception) -> None:
    _log.warning("nats", trouble=str(error))
