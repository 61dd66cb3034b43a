"""P8: the orders page and the panel for sixteen viewers of 1.5 million orders, by one web process.

The rule to know: every request comes by a connection of its own. What is judged is the server's
own time until its answer begins, waiting for its turn included; what a viewer waits, on the same
two cores, stands beside it. Each viewer holds the live stream, and orders change all the while. The
peer is the probe of the same process, which looks at nothing.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from statistics import median, quantiles

from httpx2 import AsyncClient, HTTPError, Limits
from msgspec import Struct
from msgspec.structs import replace

from adapters.auth.roles import Role as PersonsRole
from adapters.bootstrap import Parts, Role
from adapters.commands.options import NoteOptions
from adapters.commands.requests import OrderRequester
from adapters.embedded.ports import LOOPBACK, free_port
from adapters.web.access import SESSION_COOKIE
from adapters.web.regions import REGION_HEADER, Region
from domain.identifiers import OrderId
from scripts.benchmarks.figure import Figure, figure
from scripts.benchmarks.many_filled import MANY, many_orders, some_orders
from scripts.benchmarks.pipeline import role_process
from scripts.benchmarks.servers import Bench

VIEWERS = 16
THINK_SECONDS = 0.5
"""Between a viewer's requests, so 32 a second in all: more than people make."""
CHANGES_PER_SECOND = 4
SERVER_P95_MILLISECONDS_TARGET = 30.0
FIRST_VIEW_BYTES_TARGET = 60_000
ANSWER_SECONDS_MAX = 60
POLL_SECONDS = 0.05
PERCENT = 95
PAGES = ("orders page", "panel", "filtered rows")
ASSET = re.compile(r'(?:href|src)="(/assets/[^"]+)"')


class _Took(Struct, frozen=True):
    """How long one answer took, in milliseconds."""

    server: float
    viewer: float


class _Seen(Struct):
    """What the viewers saw."""

    times: dict[str, list["_Took"]]
    heard: asyncio.Event
    """The first live event."""
    events: int = 0


class _Looks(Struct, frozen=True, kw_only=True):
    """Where the viewers look, and until when."""

    url: str
    client: AsyncClient
    orders: Sequence[OrderId]
    until: float


async def viewing(bench: Bench) -> list[Figure]:
    """Let the viewers look for so long, each page in turn with the probe."""
    parts = await many_orders(bench)
    async with _web(parts) as url:
        person = await parts.people.add("bench@example.com", "Bench", MANY, PersonsRole.ADMIN)
        cookies = {SESSION_COOKIE: await parts.sessions.begin(person.person_id)}
        orders = await some_orders(parts, VIEWERS * 8)
        size = await _first_view_bytes(url, cookies)
        seen = await _looked(parts, url, cookies, orders, bench.size.seconds)
    return [*(_latency(seen, page) for page in PAGES), _first_view(size)]


@asynccontextmanager
async def _web(parts: Parts) -> AsyncIterator[str]:
    """Run the web role and the read models, each in a process of its own."""
    url = f"http://{LOOPBACK}:{free_port()}"
    settings = replace(parts.settings, api_url=url)
    async with role_process(Role.PROJECTIONS, settings), role_process(Role.WEB, settings):
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            await _answers(url)
        yield url


async def _answers(url: str) -> None:
    async with AsyncClient() as client:
        while True:
            with suppress(HTTPError):
                (await client.get(f"{url}/health/live")).raise_for_status()
                return
            await asyncio.sleep(POLL_SECONDS)


async def _first_view_bytes(url: str, cookies: dict[str, str]) -> int:
    """Count what a browser that has nothing yet is sent for the page: all of it, compressed."""
    async with AsyncClient(base_url=url, cookies=cookies) as client:
        page = await client.get(f"/shops/{MANY}/orders")
        page.raise_for_status()
        assets = [await client.get(path) for path in dict.fromkeys(ASSET.findall(page.text))]
        return sum(one.num_bytes_downloaded for one in (page, *assets))


async def _looked(
    parts: Parts, url: str, cookies: dict[str, str], orders: Sequence[OrderId], seconds: int
) -> _Seen:
    seen = _Seen({page: [] for page in (*PAGES, "probe")}, heard=asyncio.Event())
    tasks = [asyncio.create_task(_listen(url, cookies, seen)) for _ in range(VIEWERS)]
    tasks.append(asyncio.create_task(_change(parts, orders)))
    try:
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            await seen.heard.wait()
        # No connection is kept, so each request makes one; to make a client each time costs more.
        async with AsyncClient(
            cookies=cookies, limits=Limits(max_keepalive_connections=0)
        ) as client:
            for _, address, region in _asked(url, orders[0]):
                await _took(client, address, region)  # templates are compiled once
            until = time.perf_counter() + seconds
            looks = _Looks(url=url, client=client, orders=orders, until=until)
            await asyncio.gather(*(_view(looks, seen, number) for number in range(VIEWERS)))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            task.result()
    return seen


async def _view(looks: _Looks, seen: _Seen, number: int) -> None:
    """Look at one page after another, as a person does."""
    await asyncio.sleep(THINK_SECONDS * number / VIEWERS)
    turn = number
    while time.perf_counter() < looks.until:
        asked = _asked(looks.url, looks.orders[turn % len(looks.orders)])
        name, address, region = asked[turn % len(asked)]
        seen.times[name].append(await _took(looks.client, address, region))
        turn += 1
        await asyncio.sleep(THINK_SECONDS)


def _asked(url: str, order_id: OrderId) -> Sequence[tuple[str, str, Region]]:
    base = f"{url}/shops/{MANY}/orders"
    return (
        ("orders page", base, Region.PAGE),
        ("panel", f"{base}/{order_id}", Region.PANEL),
        ("filtered rows", f"{base}?status=refunded", Region.RESULTS),
        ("probe", f"{url}/health/live", Region.PAGE),
    )


async def _took(client: AsyncClient, address: str, region: Region) -> _Took:
    headers = {} if region is Region.PAGE else {REGION_HEADER: region.value}
    begin = time.perf_counter()
    answer = await client.get(address, headers=headers)
    elapsed = time.perf_counter() - begin
    answer.raise_for_status()
    server = answer.headers["Server-Timing"].rpartition("=")[2]
    return _Took(server=float(server), viewer=elapsed * 1_000)


async def _listen(url: str, cookies: dict[str, str], seen: _Seen) -> None:
    async with (
        AsyncClient(cookies=cookies, timeout=None) as client,
        client.stream("GET", f"{url}/shops/{MANY}/live") as stream,
    ):
        async for line in stream.aiter_lines():
            if line.startswith("event: order"):
                seen.events += 1
                seen.heard.set()


async def _change(parts: Parts, orders: Sequence[OrderId]) -> None:
    turn = 0
    while True:
        requester = OrderRequester(
            shop=MANY, by="bench", key=f"bench-{turn}", order_id=orders[turn % len(orders)]
        )
        await parts.operations.note(requester, NoteOptions(text="Looked at."))
        turn += 1
        await asyncio.sleep(1 / CHANGES_PER_SECOND)


def _latency(seen: _Seen, page: str) -> Figure:
    ours, probe = seen.times[page], seen.times["probe"]
    p95 = _p95([took.server for took in ours])
    found = figure(
        [(p95, _p95([took.server for took in probe]))],
        name=f"P8 {page}",
        what=f"server time, p95 of {len(ours)} requests of {VIEWERS} viewers",
        unit="ms",
        peer_name="the probe of the same process",
        ratio_target=0,
        remarks=(
            f"median {median(took.server for took in ours):.1f} ms",
            (
                f"a viewer waits {_p95([took.viewer for took in ours]):.1f} ms, "
                f"for the probe {_p95([took.viewer for took in probe]):.1f} ms"
            ),
            f"{seen.events} live events heard",
        ),
    )
    target = SERVER_P95_MILLISECONDS_TARGET
    return replace(found, target=f"< {target:g} ms", met=p95 < target)


def _first_view(size: int) -> Figure:
    found = figure(
        [(float(size), float(FIRST_VIEW_BYTES_TARGET))],
        name="P8 first view",
        what="bytes of the page with 50 rows, its styles and scripts, compressed, without headers",
        unit="bytes",
        peer_name="the target itself",
        ratio_target=0,
    )
    target = FIRST_VIEW_BYTES_TARGET
    return replace(found, target=f"< {target:,} bytes", met=size < target)


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=100)[PERCENT - 1]
