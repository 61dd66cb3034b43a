"""What a refund was for that a provider made by itself."""

from collections.abc import Sequence

import pytest

from adapters.auth.roles import Role
from domain.identifiers import ExternalRefundId
from domain.order.events import (
    ExternalRefundAllocated,
    ExternalRefundObserved,
    OrderFact,
    RefundTransferred,
)
from domain.order.values import TransferMethod
from tests.adapters.web.opened import ORDER
from tests.adapters.web.refunding import (
    Person,
    boxes_of,
    button_of,
    fields_of,
    refunding,
    said_by,
    words_of,
)
from tests.examples import (
    COURSE,
    COURSE_BACK,
    GRANT_ACTION,
    ORDER_ID,
    PAYMENT,
    SHOP,
    at,
    done,
    euros,
    issued,
    paid,
    refund_requested,
    transfer,
)
from tests.support import Database

EXTERNAL = ExternalRefundId("re/1")
ALLOCATE = f"{ORDER}/external-refunds/re%2F1/allocate"
GRANTED = (*paid(GRANT_ACTION), *done(GRANT_ACTION))


def returned(cents: int) -> ExternalRefundObserved:
    """The provider gave money back by itself."""
    return ExternalRefundObserved(
        at=at(40), external_refund_id=EXTERNAL, payment_id=PAYMENT, amount=euros(cents)
    )


WAITING = (
    *paid(),
    refund_requested(transfer(10_000, TransferMethod.MANUAL), lines=(COURSE_BACK,)),
    issued(),
    returned(10_000),
)


async def facts_of(person: Person, kind: type) -> Sequence[OrderFact]:
    facts = await person.parts.order_reader.facts(SHOP, ORDER_ID)
    return [fact.event for fact in facts if isinstance(fact.event, kind)]


async def test_it_is_given_to_products_and_the_access_can_go(database: Database) -> None:
    facts = (*GRANTED, returned(10_000))
    async with refunding(database, *facts) as person:
        part = await person.open(
            ALLOCATE, **await person.filled(ALLOCATE, **{"amount.course": "99"})
        )
        form = await person.filled(ALLOCATE, **{"amount.course": "100", "remove_access": COURSE})
        shown = await person.open(ALLOCATE, **form)
        answer = await person.send(ALLOCATE, **form)
        [allocated] = await facts_of(person, ExternalRefundAllocated)
    assert "100,00 € Stripe returned it by itself. Say what it was for" in words_of(part)
    assert "remove_access" not in boxes_of(part)
    assert "1,00 € of it is for no line; it counts as money above the total" in words_of(part)
    assert "Course access: It is taken back once the refund counts." in words_of(shown)
    assert said_by(answer) == "Recorded: 100,00 € of it counts as refunded."
    assert isinstance(allocated, ExternalRefundAllocated)
    assert (allocated.remove_access, allocated.unallocated) == ((COURSE,), 0)


async def test_more_than_came_in_cannot_be_given_to_products(database: Database) -> None:
    facts = (*paid(), returned(500))
    async with refunding(database, *facts) as person:
        form = await person.filled(ALLOCATE, **{"amount.course": "5,01"})
        answer = await person.send(ALLOCATE, **form)
        version = await person.version()
    assert answer.status_code == 409
    assert "The provider returned 5,00 €; the lines are 5,01 € together." in words_of(answer)
    assert version == len(facts)


@pytest.mark.parametrize("typed", ["1,234.50", "-5", ""])
async def test_what_is_no_amount_is_refused_beside_its_field(
    database: Database, typed: str
) -> None:
    facts = (*paid(), returned(500))
    async with refunding(database, *facts) as person:
        form = fields_of(await person.open(ALLOCATE)) | {"amount.course": typed}
        answer = await person.send(ALLOCATE, **form)
        version = await person.version()
    assert answer.status_code == 422
    assert fields_of(answer)["amount.course"] == typed
    assert 'aria-invalid="true"' in answer.text
    assert version == len(facts)


async def test_it_can_be_the_money_of_a_refund_there_is(database: Database) -> None:
    doubled = (
        *paid(),
        returned(10_000),
        refund_requested(transfer(10_000, TransferMethod.MANUAL), lines=(COURSE_BACK,)),
        issued(),
    )
    async with refunding(database, *doubled) as person:
        shown = await person.open(ALLOCATE)
        form = await person.filled(ALLOCATE, settles="refund-1")
        looked = await person.open(ALLOCATE, **form)
        answer = await person.send(ALLOCATE, **form)
        again = await person.send(ALLOCATE, **form)
        back = await facts_of(person, RefundTransferred)
    assert "It is the money of refund refund-1" in words_of(shown)
    assert button_of(looked) == "It is the money of refund-1"
    assert said_by(answer) == "Recorded: it is the money of refund refund-1."
    assert said_by(again).startswith("This was done already")
    assert len(back) == 1


async def test_only_refunds_whose_money_it_can_be_are_offered(database: Database) -> None:
    async with refunding(database, *WAITING[:-1], returned(500)) as person:
        shown = await person.open(ALLOCATE)
    assert "What was it for?" not in words_of(shown)


async def test_what_is_accounted_for_asks_nothing(database: Database) -> None:
    facts = (*paid(), returned(500))
    async with refunding(database, *facts) as person:
        await person.send(ALLOCATE, **await person.filled(ALLOCATE, **{"amount.course": "5"}))
        shown = await person.open(ALLOCATE)
        unknown = await person.open(ALLOCATE.replace("re%2F1", "re%2F2"))
    assert "It is accounted for already." in words_of(shown)
    assert unknown.status_code == 404


async def test_who_may_only_look_cannot_allocate(database: Database) -> None:
    async with refunding(database, *paid(), returned(500), role=Role.VIEWER) as person:
        answers = [await person.open(ALLOCATE), await person.send(ALLOCATE, key="k")]
    assert [answer.status_code for answer in answers] == [403, 403]
