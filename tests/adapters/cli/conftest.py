"""A ledger with two orders in it, and a way to ask it by the command line."""

import asyncio
from collections.abc import Callable

import msgspec
import pytest
from msgspec import Struct

from adapters.bootstrap import open_parts
from adapters.cli.app import run
from adapters.master_key import generate_master_key
from adapters.running.projections import READ_MODELS, run_projections
from adapters.running.waiting import wait_for
from adapters.settings import Settings
from tests.stories import COURSE, OPENED, SHOP, Story, record
from tests.support import Database


class Answer(Struct, frozen=True, kw_only=True):
    """How a command ended and what it printed."""

    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        """The one JSON document on stdout."""
        return msgspec.json.decode(self.out, type=dict[str, object])


Ask = Callable[..., Answer]


@pytest.fixture(autouse=True)
def settings(database: Database, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An empty ledger, named by the environment; the terminal is 140 columns wide."""
    settings = Settings(
        database_url=database.url,
        database_owner_url=database.owner_url,
        nats_url="nats://127.0.0.1:1",
        master_key=generate_master_key(),
        api_url="http://127.0.0.1:1",
    )
    for variable, value in {
        "DATABASE_URL": settings.database_url,
        "DATABASE_OWNER_URL": settings.database_owner_url,
        "NATS_URL": settings.nats_url,
        "LEDGER_MASTER_KEY": settings.master_key,
        "LEDGER_API_URL": settings.api_url,
        "COLUMNS": "140",
    }.items():
        monkeypatch.setenv(variable, value)
    return settings


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Run a command in this process."""

    def ask(*arguments: str) -> Answer:
        try:
            run(arguments)
        except SystemExit as end:
            exit_code = end.code
        else:
            exit_code = 0
        assert isinstance(exit_code, int)
        printed = capsys.readouterr()
        return Answer(exit_code=exit_code, out=printed.out, err=printed.err)

    return ask


@pytest.fixture
def two_orders(settings: Settings) -> Settings:
    """A shop with `COURSE` and `OPENED`, whose read models are made."""
    asyncio.run(stand(settings, COURSE, OPENED))
    return settings


async def stand(settings: Settings, *stories: Story) -> None:
    async with open_parts(settings) as parts:
        await parts.shops.add(SHOP, "Demo shop")
    await follow(settings, *stories)


async def follow(settings: Settings, *stories: Story) -> None:
    """Record stories, and make the read models of all there is."""
    async with open_parts(settings) as parts, parts.news:
        head = await record(parts.journal, parts.key_ring, stories)
        stop = asyncio.Event()
        running = asyncio.create_task(
            run_projections(
                pool=parts.pool,
                journal=parts.journal,
                key_ring=parts.key_ring,
                news=parts.news,
                stop=stop,
            )
        )
        assert await wait_for(parts.pool, head, READ_MODELS)
        stop.set()
        await running
