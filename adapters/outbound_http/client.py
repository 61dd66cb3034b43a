"""One outgoing HTTP call: within 15 seconds and 64 KiB, to a public address, answered by a value.

`httpcore2` is the layer below httpx2's client: it follows no redirect, keeps no cookie, reads no
proxy from the environment, and lets us open the connections. A connection is reused only for the
very host it was judged and verified for.
"""

import asyncio
import re
import ssl
from collections.abc import Collection, Mapping
from contextlib import aclosing, suppress
from typing import Self
from urllib.parse import unquote_plus
from zlib import crc32

import httpcore2
import httpx2
from msgspec.structs import replace

from adapters.clock import utc_now
from adapters.outbound_http.answers import (
    HttpAnswer,
    HttpTrouble,
    excerpt_of,
    retry_after_seconds,
)
from adapters.outbound_http.connecting import (
    AddressRefused,
    GuardedBackend,
    NameUnresolved,
    Resolve,
    SharedLookups,
    resolve,
)
from adapters.outbound_http.targets import UrlRefused, target_of
from adapters.settings import InnerAddresses
from domain.order.running import CALL_SECONDS_MAX

BODY_BYTES_MAX = 65_536
CONNECTIONS_MAX = 1_000
"""Above what all workers of a process have under way, so that nobody waits for a hanging host."""
IDLE_CONNECTIONS_MAX = 64
"""Of one pool."""
POOLS = 16
"""A pool looks at all of its connections at every call: hanging ones must not slow all others."""
IDLE_SECONDS_MAX = 30.0
SECRET_HEADERS = frozenset({"authorization", "x-api-key"})
FORM_TYPE = "application/x-www-form-urlencoded"
"""What credentials are sent in: of a body of this type each word is kept out of the answer."""
SECRET_CHARACTERS_MIN = 10
"""Shorter parts of a URL are words or ids, and masking them would hide what an answer says."""
USER_AGENT = "order-ledger"


class OutboundHttp:
    """Makes calls. Safe to share between tasks of one event loop; closed by `async with`."""

    def __init__(
        self,
        inner_addresses: InnerAddresses,
        *,
        seconds_max: float = CALL_SECONDS_MAX,
        resolve: Resolve = resolve,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._inner_addresses = inner_addresses
        self._seconds_max = seconds_max
        lookups = SharedLookups(resolve)
        trusted = tls or httpcore2.default_ssl_context()
        self._pools = [
            httpcore2.AsyncConnectionPool(
                ssl_context=trusted,
                max_connections=CONNECTIONS_MAX,
                max_keepalive_connections=IDLE_CONNECTIONS_MAX,
                keepalive_expiry=IDLE_SECONDS_MAX,
                network_backend=GuardedBackend(inner_addresses, lookups),
            )
            for _ in range(POOLS)
        ]

    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> HttpAnswer | HttpTrouble:
        """Make one call; raises nothing for what the other side or the network does."""
        try:
            target = target_of(url, self._inner_addresses)
        except UrlRefused as refusal:
            return HttpTrouble(code="url_refused", message=str(refusal))
        sending = _Sending()
        try:
            request = _request(method, target, headers, body, sending)
            return await self._ask(request, target, _secrets_of(target, headers, body))
        except _TROUBLES as error:
            return replace(_trouble(error, target.host), was_sent=sending.has_begun)

    async def _ask(
        self, request: httpcore2.Request, target: httpx2.URL, secrets: Collection[str]
    ) -> HttpAnswer:
        pool = self._pools[crc32(target.netloc) % POOLS]
        deadline = asyncio.get_running_loop().time() + self._seconds_max
        async with asyncio.timeout_at(deadline):
            response = await pool.handle_async_request(request)
        try:
            body = await _start_of_body(response, deadline)
        finally:
            await response.aclose()
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in response.headers
        }
        answer = HttpAnswer(
            host=target.host,
            status=response.status,
            headers=headers,
            body=body,
            excerpt=excerpt_of(body, secrets),
        )
        if answer.is_success:
            return answer
        seconds = retry_after_seconds(headers.get("retry-after", ""), utc_now())
        return replace(answer, retry_after_seconds=seconds)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for pool in self._pools:
            await pool.aclose()


class _Sending:
    """Sees whether anything of a request may have left."""

    def __init__(self) -> None:
        self.has_begun = False

    async def __call__(self, event: str, info: Mapping[str, object]) -> None:
        """Follow the library's own account of a call."""
        if event == "http11.send_request_headers.started":
            self.has_begun = True
        if isinstance(info.get("exception"), httpcore2.LocalProtocolError):
            # Signs that HTTP refuses are found before the first byte is written.
            self.has_begun = False


def _request(
    method: str,
    target: httpx2.URL,
    headers: Mapping[str, str],
    body: bytes,
    sending: _Sending,
) -> httpcore2.Request:
    # Nothing is unpacked, so that a small answer stays small.
    own = {"Host": target.netloc.decode(), "User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
    length = {"Content-Length": str(len(body))}
    return httpcore2.Request(
        method,
        httpcore2.URL(
            scheme=target.scheme, host=target.raw_host, port=target.port, target=target.raw_path
        ),
        headers=[
            (name.encode("ascii"), value.encode("ascii"))
            for name, value in (own | length | dict(headers)).items()
        ],
        content=body,
        extensions={"trace": sending},
    )


async def _start_of_body(response: httpcore2.Response, deadline: float) -> bytes:
    """Read up to the limit. The status was said: a body that breaks off takes nothing back."""
    read = bytearray()
    with suppress(TimeoutError, httpcore2.NetworkError, httpcore2.RemoteProtocolError):
        async with asyncio.timeout_at(deadline), aclosing(response.aiter_stream()) as chunks:
            async for chunk in chunks:
                read += chunk
                if len(read) >= BODY_BYTES_MAX:
                    break
    return bytes(read[:BODY_BYTES_MAX])


def _secrets_of(target: httpx2.URL, headers: Mapping[str, str], body: bytes) -> set[str]:
    """Name what an answer might repeat of the call and nobody should read."""
    said = {name.lower(): value for name, value in headers.items()}
    form = body.decode() if said.get("content-type") == FORM_TYPE else ""
    path = target.raw_path.decode()
    words = {path, *re.split(r"[/?&=]+", f"{path}&{form}")}
    for name in SECRET_HEADERS:
        words |= set(said.get(name, "").split())
    words |= {unquote_plus(word) for word in words}
    return {word for word in words if len(word) >= SECRET_CHARACTERS_MIN}


_TROUBLES = (
    TimeoutError,
    NameUnresolved,
    AddressRefused,
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    UnicodeError,
)


def _trouble(error: Exception, host: str) -> HttpTrouble:
    """Say in words of our own what happened: the library's might repeat the call."""
    # A ConnectError holds what it translates as its argument; its cause is taken away.
    match error:
        case AddressRefused() | UnicodeError() | httpcore2.LocalProtocolError():
            return _not_called(error, host)
        case NameUnresolved():
            return _passing("dns_failed", f"no address is known for {host}")
        case TimeoutError() | httpcore2.TimeoutException():
            return _passing("timeout", f"{host} did not answer in time")
        case httpcore2.ConnectError(args=[ssl.SSLError()]):
            sentence = f"{host} has no certificate that is valid for it, or speaks no TLS"
            return HttpTrouble(code="tls_failed", message=sentence)
        case httpcore2.ConnectError(args=[OSError()]):
            return _passing("connection_refused", f"{host} takes no connection")
    return _passing("connection_lost", f"{host} broke the connection off")


def _not_called(error: Exception, host: str) -> HttpTrouble:
    if isinstance(error, AddressRefused):
        sentence = f"{host} leads to an address that LEDGER_INNER_ADDRESSES keeps from being called"
        return HttpTrouble(code="address_refused", message=sentence)
    sentence = (
        f"{host} was not called: a credential or another header holds signs that HTTP refuses"
    )
    return HttpTrouble(code="request_refused", message=sentence)


def _passing(code: str, message: str) -> HttpTrouble:
    return HttpTrouble(code=code, message=message, is_retryable=True)
