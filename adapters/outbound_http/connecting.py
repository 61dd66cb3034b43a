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
from typing import NamedTuple, TypeAlias

import httpcore2

from adapters.outbound_http.addresses import is_loopback, is_public
from adapters.settings import InnerAddresses

CONNECT_SECONDS_MAX = 5.0
"""For one address, so that one that is silent leaves time for the next."""
ADDRESSES_TRIED_MAX = 3
LOOKUPS_MAX = 64
"""At once. They have threads of their own, so that they never keep the mail server's name waiting."""
LOOKUP_SECONDS_MAX = 5.0
FAILURE_SECONDS = 5.0
"""For so long nobody asks again for a name that had no address."""
FAILURES_KEPT_MAX = 1_000

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


class _Lookup(NamedTuple):
    answer: asyncio.Future[Sequence[str]]
    gives_up_at: float


class SharedLookups:
    """At most one lookup of a host at a time, whose answer all who want it share.

    A lookup occupies a thread until the resolver gives up, even if nobody waits any longer: one
    host whose name servers are silent must not occupy all threads and delay the others.
    """

    def __init__(self, resolve: Resolve, seconds_max: float = LOOKUP_SECONDS_MAX) -> None:
        self._resolve = resolve
        self._seconds_max = seconds_max
        self._under_way: dict[str, _Lookup] = {}
        self._failed_until: dict[str, float] = {}

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Look a host up, or share what came of it for others; raise NameUnresolved."""
        if _now() < self._failed_until.get(host, 0.0):
            raise NameUnresolved(host)
        lookup = self._under_way.get(host) or self._begin(host, port)
        try:
            async with asyncio.timeout_at(lookup.gives_up_at):
                return await asyncio.shield(lookup.answer)
        except TimeoutError as error:
            raise NameUnresolved(host) from error

    def _begin(self, host: str, port: int) -> _Lookup:
        answer = asyncio.ensure_future(self._resolve(host, port))
        lookup = self._under_way[host] = _Lookup(answer, _now() + self._seconds_max)
        answer.add_done_callback(partial(self._end, host))
        return lookup

    def _end(self, host: str, answer: asyncio.Future[Sequence[str]]) -> None:
        del self._under_way[host]
        self._failed_until.pop(host, None)
        if not answer.cancelled() and answer.exception():
            self._failed_until[host] = _now() + FAILURE_SECONDS
            if len(self._failed_until) > FAILURES_KEPT_MAX:
                del self._failed_until[next(iter(self._failed_until))]


def _now() -> float:
    return asyncio.get_running_loop().time()


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
