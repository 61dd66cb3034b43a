"""`refund_confirmation` as workers carry it out: numbered in the journal, sent by a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

from msgspec.structs import replace

from adapters.bootstrap import Parts, open_parts
from adapters.credit_notes.numbering import CreditNotes
from adapters.executors.email.refund_confirmation import (
    Numbered,
    RefundConfirmationExecutor,
    numbered_by,
)
from adapters.mail.smtp import Mailer
from adapters.master_key import generate_master_key
from adapters.postgres.errors import JournalUnavailable
from domain.configuration.settings import RefundConfirmation
from domain.identifiers import RefundId
from domain.order.events import ActionAdded, OrderFact
from domain.order.state import Order
from processors.attempts import CUSTOMER_ERASED, LEDGER_UNAVAILABLE, NOT_SENT
from processors.ports import Failed, Succeeded, Task
from tests.adapters.credit_notes.given import STORY
from tests.adapters.executors.email.given import post_of
from tests.adapters.executors.tasks import task_of
from tests.adapters.http_api.served import settings_for
from tests.examples import NOW, REFUND, action_started, at, requested
from tests.processors.test_refunding import CONFIRM, CONFIRMATION
from tests.smtp_server import MailServer, mail_server
from tests.spec import order_after
from tests.stories import COURSE, SHOP, Story, record
from tests.support import Database

SETTINGS = RefundConfirmation(refund_id=REFUND)


def facts(run: int = 1) -> tuple[OrderFact, ...]:
    """The story with its refund's confirmation taken up."""
    runs = [requested(CONFIRMATION, number, minute=65) for number in range(1, run + 1)]
    added = ActionAdded(at=at(64), action=CONFIRMATION)
    return (*COURSE.facts, added, *runs, action_started(CONFIRM, run))


def task(run: int = 1) -> Task:
    order = order_after(*facts(run))
    return Task(order=order, action=order.actions_by_id[CONFIRM], now=NOW)


@asynccontextmanager
async def executing(
    database: Database,
) -> AsyncIterator[tuple[MailServer, RefundConfirmationExecutor, Parts]]:
    settings = settings_for(database, generate_master_key())
    async with open_parts(settings) as parts, mail_server() as server:
        await parts.shops.add(SHOP, "Piano school")
        story = Story(order_id=COURSE.order_id, facts=facts())
        await record(parts.journal, parts.key_ring, [story])
        mailer = Mailer(server.url())
        numbered = numbered_by(CreditNotes(parts))
        yield server, RefundConfirmationExecutor(post_of(mailer), numbered), parts
        await mailer.close()


async def outcome_with(numbered: Numbered) -> tuple[object, int]:
    """Carry it out with another way to its number; say how many letters went out."""
    async with mail_server() as server:
        mailer = Mailer(server.url())
        executor = RefundConfirmationExecutor(post_of(mailer), numbered)
        outcome = await executor.execute(task_of(SETTINGS))
        await mailer.close()
        return outcome, len(server.delivered)


async def test_the_customer_gets_the_credit_note_as_text_page_and_pdf(database: Database) -> None:
    async with executing(database) as (server, executor, _):
        outcome = await executor.execute(task())

    assert isinstance(outcome, Succeeded), outcome
    [delivered] = server.delivered
    message = delivered.message
    assert message["To"] == "Aino Virtanen <Aino.Virtanen@example.com>"
    assert message["Subject"] == "Hyvitys tilauksesta 1001, Piano school"
    text, page, pdf = [part for part in message.walk() if not part.is_multipart()]
    assert "Hyvityslasku 1: Piano school" in text.get_content()
    assert "Hyvityslasku 1</h1>" in page.get_content()
    assert pdf.get_filename() == "hyvityslasku-1.pdf"
    assert pdf.get_content_type() == "application/pdf"
    assert pdf.get_content().startswith(b"%PDF-")


async def test_attempts_of_a_run_are_one_message_and_a_rerun_is_the_same_document(
    database: Database,
) -> None:
    async with executing(database) as (server, executor, parts):
        for one in (task(), task(), task(run=2)):
            assert isinstance(await executor.execute(one), Succeeded)
        names = [row.name for row in await parts.journal.read_stream(COURSE.stream)]

    first, again, rerun = (one.message["Message-ID"] for one in server.delivered)
    assert first == again != rerun
    assert len({_pdf(one.message) for one in server.delivered}) == 1
    assert names.count("CreditNoteNumbered") == 1


async def test_a_refund_that_the_order_does_not_have_is_left_to_a_person(
    database: Database,
) -> None:
    async with executing(database) as (server, executor, _):
        unknown = RefundConfirmation(refund_id="refund-9")
        outcome = await executor.execute(_with(unknown))

    assert isinstance(outcome, Failed)
    assert (outcome.code, outcome.is_retryable) == ("refund_unknown", False)
    assert server.delivered == []


async def test_a_ledger_that_is_away_is_waited_for_and_nothing_is_sent() -> None:
    async def away(_: Task, __: RefundId) -> Order:
        raise JournalUnavailable("away")

    assert await outcome_with(away) == (LEDGER_UNAVAILABLE, 0)


async def test_who_was_forgotten_since_gets_no_letter() -> None:
    async def forgotten(_: Task, __: RefundId) -> Order:
        return replace(STORY, customer=None)

    outcome, letters = await outcome_with(forgotten)
    assert (outcome, letters) == (CUSTOMER_ERASED, 0)


async def test_cut_off_before_it_was_written_it_may_be_sent_again() -> None:
    is_asked = asyncio.Event()

    async def never(_: Task, __: RefundId) -> Order:
        is_asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    executing_it = asyncio.create_task(outcome_with(never))
    await is_asked.wait()
    executing_it.cancel()

    assert await executing_it == (NOT_SENT, 0)


def _with(settings: RefundConfirmation) -> Task:
    one = task()
    return replace(one, action=replace(one.action, settings=settings))


def _pdf(message: EmailMessage) -> bytes:
    [attached] = message.iter_attachments()
    content: bytes = attached.get_content()
    return content
