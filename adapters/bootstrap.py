"""Puts the adapters of a process together, and knows what each process role is made of.

Whatever adapters share is constructed here and nowhere else; one that keeps nothing, as a table's
statements over the pool, may be constructed by its user. Nothing here waits for a server before it is needed: a role that cannot reach one is supervised.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from enum import StrEnum
from functools import partial
from typing import TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct

from adapters.auth.keys import Keys
from adapters.auth.openid.configured import openid_sign_in
from adapters.auth.openid.identities import Identities
from adapters.auth.openid.signing_in import OpenIdSignIn
from adapters.auth.passwords import Passwords
from adapters.auth.people import People
from adapters.auth.sessions import Sessions
from adapters.auth.shops import Shops
from adapters.auth.sign_in import SignIn
from adapters.auth.sign_in_limits import SignInLimits
from adapters.auth.sign_in_links import SignInLinks
from adapters.commands.operating import Operations
from adapters.commands.recording import CommandRecorder
from adapters.commands.refund_previews import RefundPreviews
from adapters.commands.rerunning import Reruns
from adapters.master_key import MasterKey
from adapters.messaging.held import Held
from adapters.messaging.ingress import run_ingress
from adapters.messaging.intake import Intake
from adapters.messaging.queries import Messages
from adapters.messaging.stream import connect
from adapters.postgres.database import Pool, open_pool
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from adapters.postgres.news import News
from adapters.postgres.order_store import OrderStore
from adapters.postgres.secrets import Secrets
from adapters.postgres.writer import Writer
from adapters.providers.news_applying import NewsApplier
from adapters.providers.news_store import NewsStore
from adapters.reading.grants import Grants
from adapters.reading.order_reader import OrderReader
from adapters.reading.payments import PaymentIndex
from adapters.reading.setting_store import SettingStore
from adapters.running.process_managers import run_process_managers
from adapters.running.projections import run_projections
from adapters.running.supervisor import keep_running
from adapters.settings import Settings
from adapters.shops.settings import ShopSettingsStore

CONNECTIONS_MAX = 10
"""Of one role to PostgreSQL."""
HTTP_PORT_DEFAULT = 80
STOP_SECONDS_MAX = 15


class Role(StrEnum):
    """What a process of the ledger can do; of followers any number may stand by."""

    INGRESS = "ingress"
    PROJECTIONS = "projections"
    PROCESSORS = "processors"
    WORKERS = "workers"
    WEB = "web"


class Parts(Struct, frozen=True, kw_only=True):
    """The adapters of one process role, over one pool of connections."""

    settings: Settings
    master_key: MasterKey
    pool: Pool
    news: News
    """Deaf until it is entered, which roles do and short commands do not."""
    journal: Journal
    writer: Writer
    key_ring: KeyRing
    order_store: OrderStore
    intake: Intake
    messages: Messages
    shops: Shops
    shop_settings: ShopSettingsStore
    secrets: Secrets
    keys: Keys
    openid: OpenIdSignIn | None
    sign_in: SignIn
    recorder: CommandRecorder
    setting_store: SettingStore

    @property
    def order_reader(self) -> OrderReader:
        """Reads orders from the journal; it keeps nothing of its own."""
        return OrderReader(
            journal=self.journal,
            key_ring=self.key_ring,
            setting_store=self.setting_store,
            shop_settings=self.shop_settings,
        )

    @property
    def people(self) -> People:
        """Knows who may sign in; it keeps nothing of its own."""
        return People(self.pool)

    @property
    def sessions(self) -> Sessions:
        """Knows who is signed in; it keeps nothing of its own."""
        return Sessions(self.pool)

    @property
    def sign_in_links(self) -> SignInLinks:
        """Makes and takes links; it keeps nothing of its own."""
        return SignInLinks(self.pool)

    @property
    def identities(self) -> Identities:
        """Knows who signs in elsewhere; it keeps nothing of its own."""
        return Identities(self.pool)

    @property
    def grants(self) -> Grants:
        """Asks who has which access; it keeps nothing of its own."""
        return Grants(self.pool, self.journal)

    @property
    def operations(self) -> Operations:
        """Does what people want done with orders; it keeps nothing of its own."""
        return Operations(
            pool=self.pool,
            order_reader=self.order_reader,
            recorder=self.recorder,
            setting_store=self.setting_store,
            secrets=self.secrets,
            master_key=self.master_key,
        )

    @property
    def news_applier(self) -> NewsApplier:
        """Takes in what providers tell by themselves; it keeps nothing of its own."""
        return NewsApplier(
            store=NewsStore(self.pool),
            payments=PaymentIndex(self.pool),
            orders=self.order_store,
            recorder=self.recorder,
        )

    @property
    def refund_previews(self) -> RefundPreviews:
        """Tries refunds; it keeps nothing of its own."""
        return RefundPreviews(
            order_reader=self.order_reader, secrets=self.secrets, grants=self.grants
        )

    @property
    def reruns(self) -> Reruns:
        """Runs many actions again; it keeps nothing of its own."""
        return Reruns(
            pool=self.pool,
            recorder=self.recorder,
            orders=self.order_store,
            setting_store=self.setting_store,
            shop_settings=self.shop_settings,
        )


@asynccontextmanager
async def open_parts(
    settings: Settings, *, connections_max: int = CONNECTIONS_MAX
) -> AsyncIterator[Parts]:
    """Construct the adapters; raise PoolTimeout or OperationalError without a database.

    WrongMasterKey: the settings' master key is not the one this database was begun with.
    """
    master_key = MasterKey.parse(settings.master_key)
    async with open_pool(settings.database_url, min_size=1, max_size=connections_max) as pool:
        key_ring = KeyRing(pool, master_key)
        await key_ring.check_master_key()
        news = News(settings.database_url)
        journal = Journal(pool, news.announce)
        order_store = OrderStore(journal, key_ring)
        intake = _intake(pool, journal, order_store, key_ring, master_key)
        async with Writer(journal) as writer, openid_sign_in(settings, master_key) as openid:
            yield Parts(
                settings=settings,
                master_key=master_key,
                pool=pool,
                news=news,
                journal=journal,
                writer=writer,
                key_ring=key_ring,
                order_store=order_store,
                intake=intake,
                messages=Messages(pool, Held(pool, master_key), intake),
                shops=Shops(pool),
                shop_settings=ShopSettingsStore(pool),
                secrets=Secrets(pool, master_key),
                keys=Keys(pool),
                sign_in=_sign_in(pool),
                openid=openid,
                recorder=CommandRecorder(writer.append_all, order_store, key_ring),
                setting_store=SettingStore(pool, journal, key_ring),
            )


def _intake(
    pool: Pool, journal: Journal, orders: OrderStore, key_ring: KeyRing, master_key: MasterKey
) -> Intake:
    return Intake(
        pool=pool, journal=journal, orders=orders, key_ring=key_ring, master_key=master_key
    )


def _sign_in(pool: Pool) -> SignIn:
    return SignIn(
        people=People(pool),
        sessions=Sessions(pool),
        limits=SignInLimits(pool),
        passwords=Passwords(),
    )


async def run_roles(settings: Settings, roles: Sequence[Role], stop: asyncio.Event) -> None:
    """Run process roles until `stop` is set; one that ends by an operating error starts again.

    Roles that have not ended a while after `stop` are cut off by TimeoutError.
    """
    async with asyncio.timeout(None) as limit, asyncio.TaskGroup() as group:
        for role in roles:
            run = partial(_run, role, settings, stop)
            group.create_task(keep_running(role, run, stop))
        await stop.wait()
        limit.reschedule(asyncio.get_running_loop().time() + STOP_SECONDS_MAX)


async def _run(role: Role, settings: Settings, stop: asyncio.Event) -> None:
    async with open_parts(settings) as parts, parts.news:
        await RUN_BY_ROLE[role](parts, stop)


async def _take_in(parts: Parts, stop: asyncio.Event) -> None:
    async with connect(parts.settings.nats_url, name=Role.INGRESS) as client:
        await run_ingress(
            client=client,
            database_url=parts.settings.database_url,
            intake=parts.intake,
            stop=stop,
            partitions=parts.settings.partitions,
        )


async def _project(parts: Parts, stop: asyncio.Event) -> None:
    await run_projections(
        pool=parts.pool,
        journal=parts.journal,
        key_ring=parts.key_ring,
        news=parts.news,
        stop=stop,
    )


async def _react(parts: Parts, stop: asyncio.Event) -> None:
    await run_process_managers(
        pool=parts.pool,
        journal=parts.journal,
        key_ring=parts.key_ring,
        news=parts.news,
        stop=stop,
    )


async def _work(parts: Parts, stop: asyncio.Event) -> None:
    from adapters.workers_role import work  # noqa: PLC0415 - slow to load, one role needs it

    await work(parts, stop)


async def _serve_web(parts: Parts, stop: asyncio.Event) -> None:
    from adapters.http_api.server import serve  # noqa: PLC0415 - slow to load, one role needs it

    address = urlsplit(parts.settings.api_url)
    await serve(parts, address.hostname or "", address.port or HTTP_PORT_DEFAULT, stop)


RunRole: TypeAlias = Callable[[Parts, asyncio.Event], Awaitable[None]]

RUN_BY_ROLE: Mapping[Role, RunRole] = {
    Role.INGRESS: _take_in,
    Role.PROJECTIONS: _project,
    Role.PROCESSORS: _react,
    Role.WORKERS: _work,
    Role.WEB: _serve_web,
}
