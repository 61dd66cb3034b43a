"""Drop a connection as a crash does: the other side reads a reset, not an end."""

import asyncio
import socket
import struct

LINGER_NOT = struct.pack("ii", 1, 0)
"""What is not yet sent is thrown away and RST is sent: SO_LINGER of <sys/socket.h>."""


def drop(transport: asyncio.BaseTransport | None) -> None:
    """Drop it at once."""
    assert isinstance(transport, asyncio.Transport)
    transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT)
    transport.abort()
