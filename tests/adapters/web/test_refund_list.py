"""Money that is open, as a page; and the credit note for whoever is signed in."""

import pytest

from adapters.auth.roles import Role
from adapters.credit_notes.numbering import CreditNotes, NumberWanted
from adapters.http_api.freshness import catch_up
from adapters.reading.open_refunds import READ_MODELS
from adapters.web.regions import Region
from domain.configuration.settings import ActionLevel, RefundConfirmation
from domain.identifiers import ActionId
from domain.order.events import ActionAdded, ExternalRefundObserved, RefundIssued
from domain.order.values import PlannedAction, TransferMethod
from tests.adapters.commands.given import METADATA
from tests.adapters.http_api.recorded import followed
from tests.adapters.web.opened import ORDER
from tests.adapters.web.refunding import Person, fields_of, refunding, words_of
from tests.examples import (
    COURSE_BACK,
    EXTERNAL,
    ORDER_ID,
    PAYMENT,
    REFUND,
    SHOP,
    TRANSFER,
    at,
    euros,
    paid,
    refunded,
)
from tests.support import Database

OWED = (
    *paid(provider="epassi"),
    *refunded(COURSE_BACK, method=TransferMethod.MANUAL),
    ExternalRefundObserved(
        at=at(40), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(500)
    ),
)
CREDIT_NOTE = f"{ORDER}/refunds/{REFUND}/credit-note"
CONFIRMATION = ActionAdded(
    at=at(22),
    action=PlannedAction(
        action_id=ActionId(f"{REFUND}/confirm"),
        name="Refund confirmation",
        level=ActionLevel.ORDER,
        settings=RefundConfirmation(refund_id=REFUND),
    ),
)


async def caught_up(person: Person) -> None:
    await catch_up(person.parts, await person.parts.journal.head(), READ_MODELS)


@pytest.mark.parametrize(
    ("state", "sums"),
    [
        ("", ("100,00 €", "5,00 €")),
        ("owed", ("100,00 €",)),
        ("unallocated", ("5,00 €",)),
        ("open", ()),
    ],
)
async def test_the_orders_with_open_money_are_listed_by_what_it_waits_for(
    database: Database, state: str, sums: tuple[str, ...]
) -> None:
    async with refunding(database, *OWED) as person, followed(person.parts):
        await caught_up(person)
        shown = await person.open("/refunds", **({"state": state} if state else {}))
    words = words_of(shown)
    assert shown.status_code == 200
    assert [one for one in ("100,00 €", "5,00 €") if one in words] == list(sums)
    assert (f"/shops/{SHOP}/orders/{ORDER_ID}" in shown.text) is bool(sums)
    assert ("No refund is under way." in words) is (not sums)


async def test_it_leads_to_the_dialogs_that_settle_it(database: Database) -> None:
    async with refunding(database, *OWED) as person, followed(person.parts):
        await caught_up(person)
        shown = await person.open("/refunds")
    of_order = f"/shops/{SHOP}/orders/{ORDER_ID}"
    assert f'href="{of_order}/refunds/refund-1/confirm?transfer=refund-1%2F1"' in shown.text
    assert f'href="{of_order}/external-refunds/{EXTERNAL}/allocate"' in shown.text


async def test_the_list_alone_holds_what_was_just_done(database: Database) -> None:
    async with refunding(database, *OWED) as person, followed(person.parts):
        confirm = f"{ORDER}/refunds/{REFUND}/confirm"
        form = fields_of(await person.open(confirm, transfer=TRANSFER))
        await person.send(confirm, **form)
        shown = await person.visitor.get("/refunds", Region.RESULTS)
    assert "5,00 €" in words_of(shown)
    assert "100,00 €" not in words_of(shown)
    assert "<html" not in shown.text


async def test_who_may_only_look_sees_the_list_without_the_dialogs(database: Database) -> None:
    async with (
        refunding(database, *OWED, role=Role.VIEWER) as person,
        followed(person.parts),
    ):
        await caught_up(person)
        shown = await person.open("/refunds")
    assert "100,00 €" in words_of(shown)
    assert "data-dialog" not in shown.text


async def test_a_state_or_cursor_that_is_none_is_said_to_be_so(database: Database) -> None:
    async with refunding(database, *paid()) as person:
        answers = [
            await person.open("/refunds", state="lost"),
            await person.open("/refunds", cursor="x"),
        ]
    assert [answer.status_code for answer in answers] == [400, 400]


async def test_a_credit_note_is_downloaded_through_the_session(database: Database) -> None:
    facts = (*paid(), *refunded(COURSE_BACK)[:2], RefundIssued(at=at(22), refund_id=REFUND))
    async with refunding(database, *facts, CONFIRMATION, role=Role.VIEWER) as person:
        missing = await person.open(CREDIT_NOTE)
        wanted = NumberWanted(shop=SHOP, order_id=ORDER_ID, refund_id=REFUND)
        await CreditNotes(person.parts).numbered(wanted, METADATA, at(30))
        answer = await person.open(CREDIT_NOTE)
    assert missing.status_code == 409
    assert "has no credit note: it gets one when its confirmation" in words_of(missing)
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content.startswith(b"%PDF-")
