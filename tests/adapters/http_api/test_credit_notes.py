"""The credit note over HTTP: the document itself, or why there is none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.credit_notes.numbering import CreditNotes, NumberWanted
from adapters.shops.settings import ShopSettings
from domain.configuration.settings import ActionLevel, RefundConfirmation
from domain.identifiers import ActionId, LineId, PaymentId, RefundId, TransferId
from domain.money import Money
from domain.order.events import ActionAdded, RefundIssued, RefundRequested
from domain.order.values import PlannedAction, RefundLine, Transfer, TransferMethod
from tests.adapters.http_api.recorded import (
    AT,
    METADATA,
    order_id_of,
    placed,
    received,
    record,
    started,
)
from tests.adapters.http_api.served import KAUPPA, TOINEN, Api, served
from tests.support import Database

REFUND = RefundId("refund/1")
SILENT = RefundId("refund/2")
PATH = f"/orders/{order_id_of(1)}/refunds/refund%2F1/credit-note"
CONFIRMATION = ActionAdded(
    at=AT,
    action=PlannedAction(
        action_id=ActionId("refund/1/confirm"),
        name="Refund confirmation",
        level=ActionLevel.ORDER,
        settings=RefundConfirmation(refund_id=REFUND),
    ),
)


def requested(refund_id: RefundId) -> RefundRequested:
    transfer = Transfer(
        transfer_id=TransferId(f"{refund_id}/1"),
        payment_id=PaymentId("p-1"),
        method=TransferMethod.NONE,
        amount=Money(4_000, "EUR"),
        key="k",
    )
    back = RefundLine(line_id=LineId("1"), amount=4_000, vat=813)
    return RefundRequested(
        at=AT, refund_id=refund_id, lines=(back,), transfers=(transfer,), by="laura"
    )


@asynccontextmanager
async def refunded(database: Database, *, is_numbered: bool = True) -> AsyncIterator[Api]:
    async with served(database) as api:
        facts = (
            started(1),
            placed(1, "maija@example.com"),
            received(1),
            requested(REFUND),
            RefundIssued(at=AT, refund_id=REFUND),
            CONFIRMATION,
            requested(SILENT),
            RefundIssued(at=AT, refund_id=SILENT),
        )
        await record(api.parts, 1, facts)
        if is_numbered:
            prefixed = ShopSettings(display_name="Kauppa Oy", credit_note_prefix="KL-")
            await api.parts.shop_settings.put(KAUPPA, prefixed)
            wanted = NumberWanted(shop=KAUPPA, order_id=order_id_of(1), refund_id=REFUND)
            await CreditNotes(api.parts).numbered(wanted, METADATA, AT)
        yield api


async def test_it_is_a_pdf_under_the_name_that_the_customer_got(database: Database) -> None:
    async with refunded(database) as api:
        answer = await api.get(PATH, await api.key())

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="hyvityslasku-KL-1.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content.startswith(b"%PDF-")


async def test_as_a_page_it_shows_itself_and_may_load_nothing(database: Database) -> None:
    async with refunded(database) as api:
        answer = await api.get(PATH, await api.key(), format="html")

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src")
    assert "Hyvityslasku KL-1" in answer.text
    assert "Kauppa Oy" in answer.text


async def test_a_refund_without_a_number_says_how_it_gets_one(database: Database) -> None:
    async with refunded(database, is_numbered=False) as api:
        key = await api.key()
        waiting = await api.get(PATH, key)
        silent = await api.get(PATH.replace("%2F1", "%2F2"), key)

    assert (waiting.status_code, waiting.json()["code"]) == (409, "credit_note_not_issued")
    assert "'refund/1/confirm'" in waiting.json()["detail"]
    assert (silent.status_code, silent.json()["code"]) == (409, "credit_note_not_issued")
    assert "does not tell" in silent.json()["detail"]


async def test_what_is_not_there_or_out_of_reach_is_not_found(database: Database) -> None:
    async with refunded(database) as api:
        key = await api.key()
        answers = [
            await api.get(PATH.replace("%2F1", "%2F9"), key),
            await api.get(PATH.replace(str(order_id_of(1)), str(order_id_of(9))), key),
            await api.get(PATH, await api.key_to(TOINEN)),
        ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_another_format_is_refused(database: Database) -> None:
    async with refunded(database) as api:
        answer = await api.get(PATH, await api.key(), format="docx")

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")


async def test_the_order_sheet_shows_the_number(database: Database) -> None:
    async with refunded(database) as api:
        shown = (await api.get(f"/orders/{order_id_of(1)}", await api.key())).json()

    with_number, without = shown["refunds"]
    assert with_number["credit_note"]["number"] == "KL-1"
    assert without["credit_note"] is None
    assert with_number["tell_customer"] is True
