"""From a refund to the customer's credit note: process manager, work list, worker, mail server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from time import monotonic

from msgspec.structs import replace

from adapters.bootstrap import Parts, open_parts
from adapters.clock import utc_now
from adapters.commands.recording import CommandRecorder, OrderRequest
from adapters.credit_notes.numbering import CreditNotes
from adapters.executors import executors_of
from adapters.master_key import generate_master_key
from adapters.outside import Outside, open_outside
from adapters.postgres.work_list import WorkList
from adapters.running.process_managers import run_process_managers
from adapters.running.waiting import wait_for
from adapters.running.worker import Worker
from domain.identifiers import LineId, RefundId, TransferId
from domain.order.commands.actions import RerunAction
from domain.order.commands.refunds import LineRefund, RequestRefund
from domain.order.commands.transfers import ReportTransferDone, ReportTransferFailed
from domain.order.confirming import confirmation_id
from domain.order.decide import OrderWish
from domain.order.stages import ActionStage
from domain.order.state import Order
from processors.refunding import REFUNDING
from tests.adapters.http_api.recorded import METADATA, followed
from tests.adapters.http_api.served import settings_for
from tests.adapters.running.workshop import carried_out
from tests.smtp_server import MailServer, mail_server
from tests.stories import COURSE, SHOP, record
from tests.support import Database

FOLLOWERS = (REFUNDING.name, "work_list")
ITS_OWN, FIRST, SECOND = RefundId("refund-1"), RefundId("r-1"), RefundId("r-2")
"""`COURSE` brings a refund that is in force already; it is told too."""


def first_of(refund_id: RefundId) -> TransferId:
    return TransferId(f"{refund_id}/1")


class Shop:
    """A shop with one order, its process managers, its worker and its mail server."""

    def __init__(self, parts: Parts, worker: Worker, server: MailServer) -> None:
        self.parts = parts
        self.worker = worker
        self.server = server

    async def want(self, wish: OrderWish) -> None:
        [answer] = await self.parts.recorder.record([OrderRequest(COURSE.stream, wish, METADATA)])
        assert answer.rejection is None, answer.rejection

    async def refund(self, refund_id: RefundId, line: str, *, tell_customer: bool = True) -> None:
        """Refund 10 euros of a line in the order's data, and let all follow."""
        back = LineRefund(line_id=LineId(line), amount=1_000)
        wish = RequestRefund(
            now=utc_now(),
            refund_id=refund_id,
            by="laura",
            lines=(back,),
            refund_payments=False,
            tell_customer=tell_customer,
        )
        await self.want(wish)
        await self.work()

    async def refund_by_provider(self, refund_id: RefundId, line: str) -> None:
        """Refund 10 euros of a line; its provider says that they are back."""
        back = LineRefund(line_id=LineId(line), amount=1_000)
        wish = RequestRefund(
            now=utc_now(),
            refund_id=refund_id,
            by="laura",
            lines=(back,),
            providers=frozenset({"paytrail"}),
        )
        await self.want(wish)
        await self.want(
            ReportTransferDone(
                now=utc_now(), at=utc_now(), refund_id=refund_id, transfer_id=first_of(refund_id)
            )
        )
        await self.follow()

    async def take_back(self, refund_id: RefundId) -> None:
        """Let the provider take its word back, and all follow."""
        await self.want(
            ReportTransferFailed(
                now=utc_now(),
                at=utc_now(),
                refund_id=refund_id,
                transfer_id=first_of(refund_id),
                code="declined",
            )
        )
        await self.follow()

    async def work(self) -> None:
        await self.follow()
        await carried_out(self.worker)

    async def follow(self) -> None:
        assert await wait_for(self.parts.pool, await self.parts.journal.head(), FOLLOWERS)
        # The reaction itself is recorded by now; the work list has it once it has followed again.
        assert await wait_for(self.parts.pool, await self.parts.journal.head(), FOLLOWERS)

    async def order(self) -> Order:
        return (await self.parts.order_store.refresh([COURSE.stream]))[COURSE.stream].order

    def confirmations(self) -> list[EmailMessage]:
        """Give the letters that came and tell of refunds."""
        letters = [one.message for one in self.server.delivered]
        return [letter for letter in letters if letter["Subject"].startswith("Hyvitys")]


@asynccontextmanager
async def shop(database: Database) -> AsyncIterator[Shop]:
    async with mail_server() as server:
        settings = replace(
            settings_for(database, generate_master_key()),
            smtp_url=server.url(),
            mail_from="shop@example.com",
        )
        async with (
            open_parts(settings, connections_max=8) as parts,
            open_outside(settings, parts.secrets) as outside,
            followed(parts),
        ):
            await parts.shops.add(SHOP, "Piano school")
            await record(parts.journal, parts.key_ring, [COURSE])
            stop = asyncio.Event()
            reacting = asyncio.create_task(
                run_process_managers(
                    pool=parts.pool,
                    journal=parts.journal,
                    key_ring=parts.key_ring,
                    news=parts.news,
                    stop=stop,
                )
            )
            yield Shop(parts, _worker(parts, outside), server)
            stop.set()
            await reacting


def _worker(parts: Parts, outside: Outside) -> Worker:
    return Worker(
        name="worker-1",
        work=WorkList(parts.pool),
        recorder=CommandRecorder(parts.journal.append, parts.order_store, parts.key_ring),
        orders=parts.order_store,
        executors=executors_of(
            outside,
            settings=parts.settings,
            shop_settings=parts.shop_settings,
            secrets=parts.secrets,
            grants=parts.grants,
            credit_notes=CreditNotes(parts),
        ),
        steady_seconds=monotonic,
        chance=lambda: 0.0,
    )


async def test_each_refund_in_force_is_told_with_the_shops_next_number(
    database: Database,
) -> None:
    async with shop(database) as one:
        await one.refund(FIRST, "course")
        await one.refund(SECOND, "lesson")
        order = await one.order()

    notes = [order.refunds_by_id[refund].credit_note for refund in (ITS_OWN, FIRST, SECOND)]
    assert sorted(note.number for note in notes if note) == [1, 2, 3]
    subjects = [letter["Subject"] for letter in one.confirmations()]
    assert subjects == ["Hyvitys tilauksesta 1001, Piano school"] * 3
    confirmations = [order.actions_by_id[confirmation_id(refund)] for refund in (FIRST, SECOND)]
    assert {action.stage for action in confirmations} == {ActionStage.SUCCEEDED}


async def test_a_rerun_sends_the_same_document_again(database: Database) -> None:
    async with shop(database) as one:
        await one.refund(FIRST, "course")
        await one.want(_again(FIRST))
        await one.work()

        note = (await one.order()).refunds_by_id[FIRST].credit_note

    assert note is not None
    name = f"hyvityslasku-{note.number}.pdf"
    first, again = (one for one in one.confirmations() if _file_name(one) == name)
    assert first["Message-ID"] != again["Message-ID"]


async def test_the_rerun_after_the_money_came_back_to_the_shop_says_that_the_credit_note_is_void(
    database: Database,
) -> None:
    async with shop(database) as one:
        await one.refund_by_provider(FIRST, "course")
        await one.work()
        await one.take_back(FIRST)
        await one.want(_again(FIRST))
        await one.work()
        note = (await one.order()).refunds_by_id[FIRST].credit_note

    assert note is not None
    name = f"hyvityslasku-{note.number}.pdf"
    letters = [letter for letter in one.confirmations() if _file_name(letter) == name]
    assert [_is_void(letter) for letter in letters] == [False, True]


async def test_of_a_refund_that_failed_before_its_letter_there_is_none_to_take_back(
    database: Database,
) -> None:
    async with shop(database) as one:
        await one.refund_by_provider(FIRST, "course")
        await one.take_back(FIRST)
        called_off = (await one.order()).actions_by_id[confirmation_id(FIRST)]
        await one.want(_again(FIRST))
        await one.work()
        again = (await one.order()).actions_by_id[confirmation_id(FIRST)]

    assert called_off.stage is ActionStage.CANCELLED
    assert (again.stage, again.code) == (ActionStage.FAILED, "refund_not_in_force")
    assert "no credit note is made of it" in again.message


async def test_nobody_is_told_where_the_person_said_so(database: Database) -> None:
    async with shop(database) as one:
        await one.refund(FIRST, "course", tell_customer=False)
        order = await one.order()

    assert confirmation_id(FIRST) not in order.actions_by_id
    assert order.refunds_by_id[FIRST].credit_note is None
    assert len(one.confirmations()) == 1


def _again(refund_id: RefundId) -> RerunAction:
    return RerunAction(
        now=utc_now(),
        command_id="again",
        action_id=confirmation_id(refund_id),
        by="laura",
        confirmed=True,
    )


def _is_void(letter: EmailMessage) -> bool:
    body = letter.get_body(("plain",))
    assert body is not None
    return "hyvityslasku on mitätön" in " ".join(body.get_content().split())


def _file_name(letter: EmailMessage) -> str | None:
    [attached] = letter.iter_attachments()
    return attached.get_filename()
