"""A person's word on money that no provider settles."""

import pytest

from adapters.auth.roles import Role
from domain.order.events import (
    RefundTransferFailed,
    RefundTransferred,
    RefundTransferStarted,
    RefundTransferUnresolved,
)
from domain.order.values import TransferMethod
from tests.adapters.web.opened import ORDER
from tests.adapters.web.refunding import (
    button_of,
    fields_of,
    refunding,
    said_by,
    words_of,
)
from tests.examples import (
    COURSE_BACK,
    ORDER_ID,
    REFUND,
    SHOP,
    TRANSFER,
    at,
    paid,
    refund_requested,
    refunded,
    transfer,
)
from tests.support import Database

CONFIRM = f"{ORDER}/refunds/{REFUND}/confirm"

OWED = (*paid(provider="epassi"), *refunded(COURSE_BACK, method=TransferMethod.MANUAL))
ASKED = (*paid(), refund_requested(transfer(10_000), lines=(COURSE_BACK,)))
UNRESOLVED = (
    *ASKED,
    RefundTransferStarted(
        at=at(21), refund_id=REFUND, transfer_id=TRANSFER, attempt=1, worker="w-1"
    ),
    RefundTransferUnresolved(at=at(22), refund_id=REFUND, transfer_id=TRANSFER, code="timeout"),
)


async def test_what_is_owed_is_shown_with_whom_and_where(database: Database) -> None:
    async with refunding(database, *OWED) as person:
        shown = await person.open(CONFIRM, transfer=TRANSFER)
    words = words_of(shown)
    assert "Amount 100,00 € To Aino Virtanen aino@example.com Payment Epassi · Card" in words
    assert "Transaction transaction-of-payment-1" in words
    assert "Pay it back in Epassi's own service, then confirm it." in words
    assert button_of(shown) == "It was paid back"
    assert "It did not go back" not in words


async def test_what_was_paid_back_is_recorded_with_its_reference(database: Database) -> None:
    async with refunding(database, *OWED) as person:
        form = fields_of(await person.open(CONFIRM, transfer=TRANSFER)) | {"reference": "E-77"}
        answer = await person.send(CONFIRM, **form)
        again = await person.send(CONFIRM, **form)
        facts = await person.parts.order_reader.facts(SHOP, ORDER_ID)
    assert said_by(answer) == "Recorded: 100,00 € is back, as you confirmed."
    assert said_by(again).startswith("This was done already")
    back = [fact.event for fact in facts if isinstance(fact.event, RefundTransferred)]
    assert [(one.transfer_id, one.reference) for one in back] == [(TRANSFER, "E-77")]


@pytest.mark.parametrize(
    ("became", "event", "says"),
    [
        ("paid", RefundTransferred, "Recorded: 100,00 € is back, as you confirmed."),
        ("not_paid", RefundTransferFailed, "Recorded: 100,00 € did not go back."),
    ],
)
async def test_of_what_nobody_knows_a_person_says_which(
    database: Database, became: str, event: type, says: str
) -> None:
    async with refunding(database, *UNRESOLVED) as person:
        shown = await person.open(CONFIRM, transfer=TRANSFER)
        answer = await person.send(CONFIRM, **fields_of(shown) | {"became": became})
        facts = await person.parts.order_reader.facts(SHOP, ORDER_ID)
    assert "It was paid back" in words_of(shown)
    assert "It did not go back" in words_of(shown)
    assert button_of(shown) == "Record what became of it"
    assert said_by(answer) == says
    assert [fact.event for fact in facts if isinstance(fact.event, event)]


async def test_what_became_of_it_is_never_taken_for_granted(database: Database) -> None:
    async with refunding(database, *UNRESOLVED) as person:
        answer = await person.send(
            CONFIRM, **fields_of(await person.open(CONFIRM, transfer=TRANSFER))
        )
        version = await person.version()
    assert answer.status_code == 422
    assert "Say what became of the money." in words_of(answer)
    assert version == len(UNRESOLVED)


async def test_money_that_a_provider_still_has_cannot_be_confirmed(database: Database) -> None:
    async with refunding(database, *ASKED) as person:
        shown = await person.open(CONFIRM, transfer=TRANSFER)
        answer = await person.send(CONFIRM, **fields_of(shown) | {"became": "paid"})
        version = await person.version()
    assert "There is nothing to confirm now." in words_of(shown)
    assert answer.status_code == 409
    assert version == len(ASKED)


async def test_what_a_colleague_confirmed_meanwhile_is_said(database: Database) -> None:
    async with refunding(database, *OWED) as person:
        mine = fields_of(await person.open(CONFIRM, transfer=TRANSFER))
        theirs = fields_of(await person.open(CONFIRM, transfer=TRANSFER))
        await person.send(CONFIRM, **theirs)
        version = await person.version()
        answer = await person.send(CONFIRM, **mine)
        after = await person.version()
    assert answer.status_code == 409
    said = words_of(answer)
    assert "This order changed meanwhile, and nothing was done." in said
    assert "confirmed · Laura ·" in said, "not what the ledger did after it"
    assert version == after


async def test_a_refund_or_transfer_that_is_not_there_is_not_found(database: Database) -> None:
    async with refunding(database, *OWED) as person:
        answers = [
            await person.open(CONFIRM),
            await person.open(CONFIRM, transfer="x"),
            await person.open(CONFIRM.replace("-1/c", "-9/c"), transfer=TRANSFER),
        ]
    assert [answer.status_code for answer in answers] == [404] * 3


async def test_who_may_only_look_cannot_confirm(database: Database) -> None:
    async with refunding(database, *OWED, role=Role.VIEWER) as person:
        assert (await person.open(CONFIRM, transfer=TRANSFER)).status_code == 403
        sent = await person.send(CONFIRM, transfer=TRANSFER, became="paid")
        version = await person.version()
    assert sent.status_code == 403
    assert version == len(OWED)
