"""Both kinds of email as workers carry them out, over a real mail server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from adapters.executors.email.custom import CustomEmailExecutor
from adapters.executors.email.customer_post import CustomerPost
from adapters.executors.email.receipt import ReceiptEmailExecutor
from adapters.mail.smtp import Mailer
from adapters.postgres.database import open_pool
from adapters.shops.settings import ShopSettings, ShopSettingsStore
from domain.configuration.settings import ActionSettings, ReceiptEmail
from domain.identifiers import ShopId
from domain.order.values import Customer
from processors.ports import Executor, Failed, Outcome, Succeeded
from tests.adapters.executors.email.given import (
    CUSTOM,
    DEMO,
    order_of,
    post_of,
)
from tests.adapters.executors.tasks import task_of
from tests.adapters.postgres.given import until
from tests.examples import at
from tests.smtp_server import MailServer, Trouble, mail_server
from tests.support import Database

EMAILS = pytest.mark.parametrize(
    ("executor_of", "settings"),
    [(ReceiptEmailExecutor, ReceiptEmail()), (CustomEmailExecutor, CUSTOM)],
    ids=["receipt", "custom"],
)
ExecutorOf = Callable[[CustomerPost], Executor]


@asynccontextmanager
async def posting(
    shop: ShopSettings = DEMO, mail_from: str = ""
) -> AsyncIterator[tuple[MailServer, CustomerPost]]:
    async with mail_server() as server:
        mailer = Mailer(server.url())
        yield server, post_of(mailer, shop, mail_from)
        await mailer.close()


@EMAILS
async def test_it_goes_to_the_customer_in_the_shops_name(
    executor_of: ExecutorOf, settings: ActionSettings
) -> None:
    async with posting() as (server, post):
        outcome = await executor_of(post).execute(task_of(settings))

    (delivered,) = server.delivered
    message = delivered.message
    assert message["To"] == "Aino Virtanen <aino@example.com>"
    assert message["From"] == "Piano school <shop@school.example.com>"
    assert message["Reply-To"] == "Piano school <help@school.example.com>"
    assert isinstance(outcome, Succeeded)
    assert outcome.answer.recipient == "aino@example.com"
    assert outcome.answer.reference == message["Message-ID"]


@EMAILS
async def test_each_attempt_of_a_run_is_the_same_message_and_a_rerun_another(
    executor_of: ExecutorOf, settings: ActionSettings
) -> None:
    async with posting() as (server, post):
        for run, attempt in ((1, 1), (1, 2), (2, 1)):
            task = task_of(settings, run=run, attempt=attempt, now=at(60 + attempt))
            await executor_of(post).execute(task)

    first, second, rerun = (one.message["Message-ID"] for one in server.delivered)
    assert first == second != rerun
    assert server.delivered[1].message["Date"].datetime == at(62)


@EMAILS
async def test_a_shop_without_a_sender_sends_from_the_ledgers_own(
    executor_of: ExecutorOf, settings: ActionSettings
) -> None:
    async with posting(ShopSettings(), mail_from="ledger@example.com") as (server, post):
        await executor_of(post).execute(task_of(settings))

    (delivered,) = server.delivered
    assert delivered.sender == "ledger@example.com"
    assert "Reply-To" not in delivered.message


@EMAILS
async def test_without_any_sender_it_fails_for_good_and_says_what_to_set(
    executor_of: ExecutorOf, settings: ActionSettings
) -> None:
    async with posting(ShopSettings()) as (server, post):
        outcome = await executor_of(post).execute(task_of(settings))

    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_retryable) == ("sender_not_set", False)
    assert "LEDGER_MAIL_FROM" in outcome.message
    assert server.sessions == []


@EMAILS
async def test_without_the_database_it_is_to_be_tried_again(
    database: Database, executor_of: ExecutorOf, settings: ActionSettings
) -> None:
    async with posting() as (server, post):
        async with open_pool(database.url, min_size=0, max_size=1) as pool:
            settings_of = ShopSettingsStore(pool).get
        outcome = await executor_of(replace(post, settings_of=settings_of)).execute(
            task_of(settings)
        )

    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_retryable) == ("ledger_unavailable", True)
    assert server.sessions == []


@EMAILS
async def test_cut_off_before_it_is_handed_over_it_was_not_sent_and_may_be_tried_again(
    executor_of: ExecutorOf, settings: ActionSettings
) -> None:
    async with posting() as (server, post):
        outcome = await cut_off_at("DATA", server, executor_of(post).execute(task_of(settings)))

    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_retryable) == ("not_sent", True)


@EMAILS
async def test_cut_off_after_it_was_handed_over_it_may_have_been_sent_and_says_nothing(
    executor_of: ExecutorOf, settings: ActionSettings
) -> None:
    async with posting() as (server, post):
        with pytest.raises(asyncio.CancelledError):
            await cut_off_at(".", server, executor_of(post).execute(task_of(settings)))


@EMAILS
async def test_cut_off_while_it_reads_the_shops_settings_it_was_not_sent(
    executor_of: ExecutorOf, settings: ActionSettings
) -> None:
    async def reads_for_ever(_: ShopId) -> ShopSettings:
        await asyncio.Event().wait()
        return DEMO

    async with posting() as (server, post):
        executor = executor_of(replace(post, settings_of=reads_for_ever))
        executing = asyncio.ensure_future(executor.execute(task_of(settings)))
        await asyncio.sleep(0)
        executing.cancel()
        outcome = await executing

    assert isinstance(outcome, Failed)
    assert outcome.code == "not_sent"
    assert server.sessions == []


async def cut_off_at(command: str, server: MailServer, executing: Awaitable[Outcome]) -> Outcome:
    """Cancel an attempt where the server was asked for something that it never answers."""

    async def is_asked() -> bool:
        return command in server.commands

    server.trouble[command] = Trouble.HANG
    task = asyncio.ensure_future(executing)
    await until(is_asked, expected=True)
    task.cancel()
    return await task


@EMAILS
async def test_an_address_that_is_none_fails_for_good(
    executor_of: ExecutorOf, settings: ActionSettings
) -> None:
    task = replace(task_of(settings), order=order_of(Customer(email="a,b@example.com")))
    async with posting() as (server, post):
        outcome = await executor_of(post).execute(task)

    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_retryable) == ("address_wrong", False)
    assert server.sessions == []


async def test_a_template_that_cannot_be_filled_in_sends_nothing_and_names_the_mistake() -> None:
    task = task_of(replace(CUSTOM, body="Hi {{ customer.firstname }}"))
    async with posting() as (server, post):
        outcome = await CustomEmailExecutor(post).execute(task)

    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_retryable) == ("template_error", False)
    assert "{{ customer.firstname }}" in outcome.message
    assert server.sessions == []


async def test_the_servers_trouble_is_the_emails_outcome() -> None:
    async with posting() as (server, post):
        server.trouble["RCPT"] = "451 4.2.1 Mailbox busy"
        outcome = await ReceiptEmailExecutor(post).execute(task_of(ReceiptEmail()))

    assert outcome == Failed(code="smtp_451", message="451 4.2.1 Mailbox busy", is_retryable=True)
