"""The receiver that `docs/actions.md` shows: run as it stands there, it accepts and refuses."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.executors.webhook import WebhookExecutor
from adapters.master_key import MasterKey, generate_master_key
from adapters.outbound_http import HttpAnswer, OutboundHttp
from adapters.postgres.database import open_pool
from adapters.postgres.secrets import Secrets, make_webhook_secret
from adapters.settings import InnerAddresses
from adapters.webhooks.secret_names import secret_name_of
from adapters.webhooks.signing import SignedPost, signed_headers
from domain.configuration.settings import Webhook
from processors.ports import Failed, Outcome, Succeeded, Task
from tests.adapters.executors.tasks import task_of
from tests.examples import CUSTOMER, SHOP
from tests.support import Database

DOCUMENT = Path(__file__).parents[3] / "docs" / "actions.md"
TOO_OLD = timedelta(minutes=6)


def documented_program() -> str:
    [program] = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert isinstance(program, str)
    return program


@asynccontextmanager
async def documented_receiver(secret: str) -> AsyncIterator[tuple[Process, str]]:
    """Run the program; give it with its address."""
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        documented_program(),
        env={"WEBHOOK_SECRET": secret, "PORT": "0"},
        stdout=PIPE,
    )
    try:
        port = (await said_by(program)).removeprefix("listening on ")
        yield program, f"http://127.0.0.1:{port}/orders"
    finally:
        program.kill()
        await program.wait()


@asynccontextmanager
async def sender(database: Database) -> AsyncIterator[tuple[WebhookExecutor, Secrets]]:
    async with (
        open_pool(database.url, min_size=1, max_size=2) as pool,
        OutboundHttp(InnerAddresses.ALLOWED) as http,
    ):
        secrets = Secrets(pool, MasterKey.parse(generate_master_key()))
        yield WebhookExecutor(SignedPost(http, secrets)), secrets


async def said_by(program: Process) -> str:
    assert program.stdout is not None
    return (await program.stdout.readline()).decode().strip()


def task_for(url: str, run: int = 1, age: timedelta = timedelta(0)) -> Task:
    return task_of(Webhook(url=url), run=run, now=datetime.now(UTC) - age)


def excerpt(outcome: Outcome) -> str:
    assert isinstance(outcome, Succeeded), outcome
    return outcome.answer.excerpt


async def test_it_takes_what_the_ledger_signs_and_each_run_once(database: Database) -> None:
    secret = make_webhook_secret()
    async with sender(database) as (executor, secrets), documented_receiver(secret) as (it, url):
        await secrets.set(SHOP, secret_name_of(url), secret)

        assert excerpt(await executor.execute(task_for(url))) == "thanks"
        assert await said_by(it) == f"order 1001 {CUSTOMER.email}"
        assert excerpt(await executor.execute(task_for(url))) == "known already"
        assert excerpt(await executor.execute(task_for(url, run=2))) == "thanks"


async def test_it_goes_on_taking_webhooks_while_the_secret_rotates(database: Database) -> None:
    secret = make_webhook_secret()
    async with sender(database) as (executor, secrets), documented_receiver(secret) as (_, url):
        await secrets.set(SHOP, secret_name_of(url), secret)
        await secrets.rotate(SHOP, secret_name_of(url))

        assert excerpt(await executor.execute(task_for(url))) == "thanks"


async def test_it_refuses_another_secret_and_an_old_timestamp(database: Database) -> None:
    secret = make_webhook_secret()
    async with sender(database) as (executor, secrets), documented_receiver(secret) as (_, url):
        strangers = await executor.execute(task_for(url))
        await secrets.set(SHOP, secret_name_of(url), secret)
        old = await executor.execute(task_for(url, age=TOO_OLD))

        for outcome in (strangers, old):
            assert isinstance(outcome, Failed)
            assert outcome.code == "http_401"
            assert "not signed with our secret, or too old" in outcome.message


async def test_it_refuses_what_was_changed_and_what_is_not_signed_at_all() -> None:
    secret = make_webhook_secret()
    signed = signed_headers("msg_1", datetime.now(UTC), b"{}", [secret])
    async with (
        OutboundHttp(InnerAddresses.ALLOWED) as http,
        documented_receiver(secret) as (_, url),
    ):
        for headers, body in (
            (signed, b"[]"),
            (signed | {"webhook-id": "msg_2"}, b"{}"),
            (signed | {"webhook-signature": ""}, b"{}"),
            (signed | {"webhook-signature": "v1,AAAA v2,AAAA"}, b"{}"),
            ({"Content-Type": "application/json"}, b"{}"),
        ):
            answer = await http.request("POST", url, headers=headers, body=body)

            assert isinstance(answer, HttpAnswer)
            assert answer.status == 401
