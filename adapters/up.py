"""A whole ledger in one block: servers, schema, the demo shop, and every process role.

The servers are the embedded ones, or one's own where DATABASE_URL and NATS_URL say so.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from adapters.auth.memberships import Person
from adapters.auth.roles import Role as PersonsRole
from adapters.auth.sign_in_links import link_address
from adapters.bootstrap import Parts, Role, open_parts
from adapters.embedded.connection import Connection, save
from adapters.embedded.errors import EmbeddedServerFailed
from adapters.embedded.ports import LOOPBACK, is_free
from adapters.embedded.processes import Report
from adapters.embedded.servers import embedded_servers
from adapters.postgres.schema import apply_schema
from adapters.running.role_processes import role_processes
from adapters.settings import Settings, load_settings
from domain.identifiers import ShopId

DEMO_SHOP = ShopId("demo")
DEMO_EMAIL = "demo@example.com"
DEMO_KEY_FILE = "demo-key"
OWN_SERVERS = ("DATABASE_URL", "NATS_URL")
ANSWER_POLL_SECONDS = 0.05
ANSWER_SECONDS_MAX = 60


class Standing(Struct, frozen=True, kw_only=True):
    """A ledger that runs."""

    settings: Settings
    shop: ShopId
    key: str
    """An access key to the demo shop."""
    data: Path
    sign_in_secret: str
    """Opens the pages as the demo shop's admin, once."""

    def page(self, shop: ShopId) -> str:
        """Give the address that signs in to a shop's orders."""
        return link_address(self.settings.api_url, self.sign_in_secret, f"/shops/{shop}/orders")


@asynccontextmanager
async def whole_ledger(folder: Path, port: int | None, report: Report) -> AsyncIterator[Standing]:
    """Run everything while the block is open; raise EmbeddedServerFailed or SettingsMissing."""
    folder = _made(folder)
    async with _servers(folder, port, report) as settings:
        for name in await apply_schema(settings.database_owner_url):
            report(f"Applied {name}")
        async with open_parts(settings) as parts:
            key = await _demo_key(parts, folder / DEMO_KEY_FILE)
            secret = await _sign_in_secret(parts)
        async with role_processes(list(Role), folder, report):
            await _answers(settings.api_url)
            yield Standing(
                settings=settings, shop=DEMO_SHOP, key=key, data=folder, sign_in_secret=secret
            )


@asynccontextmanager
async def _servers(folder: Path, port: int | None, report: Report) -> AsyncIterator[Settings]:
    if any(variable in os.environ for variable in OWN_SERVERS):
        yield load_settings(os.environ, folder)
        return
    async with embedded_servers(folder, report) as connection:
        yield connection if port is None else _with_api_on(port, connection, folder)


def _with_api_on(port: int, connection: Connection, folder: Path) -> Connection:
    """Move the API to a port, for good."""
    if not is_free(port):
        raise EmbeddedServerFailed(f"port {port} is in use: choose another with --port")
    moved = replace(connection, api_url=f"http://{LOOPBACK}:{port}")
    save(folder, moved)
    return moved


def _made(folder: Path) -> Path:
    folder = folder.expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise EmbeddedServerFailed(f"{folder} is a file; --data needs a folder") from error
    except OSError as error:
        raise EmbeddedServerFailed(f"cannot make the folder {folder}: {error.strerror}") from error
    return folder


async def _demo_key(parts: Parts, file: Path) -> str:
    """Serve the demo shop and find its key; a lost or revoked one is replaced."""
    await parts.shops.add(DEMO_SHOP, "Demo shop")
    kept = _kept(file)
    if await parts.keys.authenticate(kept):
        return kept
    issued = await parts.keys.issue("demo", PersonsRole.ADMIN, [DEMO_SHOP])
    _keep(issued.text, file)
    return issued.text


async def _sign_in_secret(parts: Parts) -> str:
    admin = await let_demo_admin_into(parts, DEMO_SHOP)
    return await parts.sign_in_links.make(admin.person_id)


async def let_demo_admin_into(parts: Parts, shop: ShopId) -> Person:
    """Make whoever starts the ledger an admin of a shop."""
    return await parts.people.add(DEMO_EMAIL, "Demo Admin", shop, PersonsRole.ADMIN)


def _kept(file: Path) -> str:
    return file.read_text().strip() if file.exists() else ""


def _keep(key: str, file: Path) -> None:
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(key)


async def _answers(api_url: str) -> None:
    """Wait until the API can be reached; raise EmbeddedServerFailed if it never is."""
    address = urlsplit(api_url)
    try:
        async with asyncio.timeout(ANSWER_SECONDS_MAX):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection(address.hostname, address.port)
                    writer.close()
                    return
                await asyncio.sleep(ANSWER_POLL_SECONDS)
    except TimeoutError as error:
        raise EmbeddedServerFailed(f"the API did not come up at {api_url}: see web.log") from error
