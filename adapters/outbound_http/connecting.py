"""From a host's name to a connection: resolved once, every address judged, that very one taken.

The rule to know: nothing after the judging resolves the name again, so that a name which leads
elsewhere at the second look (DNS rebinding) gains nothing. TLS is verified for the name.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeAlias

import httpcore2

from adapters.outbound_http.addresses import is_loopback, is_public
from adapters.settings import InnerAddresses

CONNECT_SECONDS_MAX = 5.0
"""For one address, so that one that is silent leaves time for the next."""
ADDRESSES_TRIED_MAX = 3
LOOKUPS_MAX = 32
"""At once. They have threads of their own, so that they never keep the mail server's name waiting."""

_THREADS = ThreadPoolExecutor(LOOKUPS_MAX, thread_name_prefix="lookup")

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]


class NameUnresolved(Exception):
    """No address is known for the host."""


class AddressRefused(Exception):
    """The host leads inside and must not, or outside and must not; see `InnerAddresses`."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the machine's resolver for all addresses of a host; raise NameUnresolved."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        found = await asyncio.get_running_loop().run_in_executor(_THREADS, ask)
    except (socket.gaierror, UnicodeError) as error:
        raise NameUnresolved(host) from error
    return [str(address[0]) for *_, address in found]


class SharedLookups:
    """At most one lookup of a host at a time, whose answer all who wait for it share.

    A lookup occupies a thread until the resolver gives up, even if nobody waits any longer: one
    host whose name servers are silent must not occupy all threads and delay the others.
    """

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._under_way: dict[str, asyncio.Future[Sequence[str]]] = {}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Look a host up, or wait for the answer to whoever asked before."""
        if host not in self._under_way:
            lookup = asyncio.ensure_future(self._resolve(host, port))
            self._under_way[host] = lookup
            lookup.add_done_callback(partial(self._forget, host))
        return await asyncio.shield(self._under_way[host])

    def _forget(self, host: str, lookup: asyncio.Future[Sequence[str]]) -> None:
        del self._under_way[host]
        if not lookup.cancelled():
            lookup.exception()  # seen, even if everybody who asked has gone


_MAY_CALL: Mapping[InnerAddresses, Callable[[str], bool]] = {
    InnerAddresses.REFUSED: is_public,
    InnerAddresses.ALLOWED: lambda _: True,
    InnerAddresses.ONLY: is_loopback,
}


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Opens the connections of `OutboundHttp`."""

    def __init__(self, inner_addresses: InnerAddresses, resolve: Resolve) -> None:
        self._inner_addresses = inner_addresses
        self._resolve = resolve
        self._network = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to one of the host's addresses; raise NameUnresolved, AddressRefused."""
        addresses = await self._resolve(host, port)
        if not addresses:
            raise NameUnresolved(host)
        if not all(map(_MAY_CALL[self._inner_addresses], addresses)):
            raise AddressRefused(host)
        connect = partial(
            self._network.connect_tcp,
            port=port,
            timeout=timeout or CONNECT_SECONDS_MAX,
            local_address=local_address,
            socket_options=socket_options,
        )
        *earlier, last = addresses[:ADDRESSES_TRIED_MAX]
        for address in earlier:
            with suppress(httpcore2.ConnectError, httpcore2.ConnectTimeout):
                return await connect(address)
        return await connect(last)
