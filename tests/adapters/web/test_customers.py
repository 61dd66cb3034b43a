"""A customer's page: everything under one email, and which access is held by which order."""

from msgspec.structs import replace

from adapters.auth.roles import Role
from adapters.bootstrap import Parts
from adapters.postgres.codec import encode
from adapters.postgres.keyring import CustomerRef
from adapters.postgres.rows import Append, AppendStatus
from adapters.running.projections import READ_MODELS
from adapters.running.waiting import wait_for
from adapters.web.customers.access_held import AccessState, held_access
from adapters.web.regions import REGION_HEADER, Region
from domain.identifiers import ActionId, order_stream
from domain.order.events import ActionAdded, OrderFact
from domain.order.values import RunCause
from projections.grants.queries import GrantListed
from tests.adapters.http_api.recorded import (
    METADATA,
    followed,
    order_id_of,
    record,
)
from tests.adapters.http_api.recorded import placed as placed_small
from tests.adapters.http_api.recorded import received as received_small
from tests.adapters.http_api.recorded import started as started_small
from tests.adapters.http_api.served import KAUPPA, TOINEN
from tests.adapters.web.seen import words_of
from tests.adapters.web.site import site
from tests.adapters.web.tables import rows_of
from tests.examples import (
    COURSE,
    COURSE_BACK,
    CUSTOMER,
    GRANT_ACTION,
    done,
    placed,
    received,
    refunded,
    removal_of,
    requested,
    started,
)
from tests.support import Database

REMOVAL = removal_of(GRANT_ACTION)
REMOVING = (
    *refunded(COURSE_BACK, remove_access=(COURSE,)),
    ActionAdded(at=done(REMOVAL)[0].at, action=REMOVAL),
    requested(REMOVAL, cause=RunCause.REFUND, minute=23),
)


async def bought(parts: Parts, number: int, *more: OrderFact) -> None:
    """Record one order of Aino's that gave its course, and wait until all know it."""
    customer = CustomerRef(KAUPPA, CUSTOMER.email)
    key = (await parts.key_ring.ensure([customer]))[customer]
    order_id = order_id_of(number)
    form = replace(placed(GRANT_ACTION), number=f"A-{number}", customer_key=key)
    opened = replace(started(), order_id=order_id, shop=KAUPPA)
    facts: tuple[OrderFact, ...] = (opened, form, received(), *done(GRANT_ACTION), *more)
    rows = tuple(encode(fact, METADATA, parts.key_ring, key) for fact in facts)
    append = Append(stream=order_stream(KAUPPA, order_id), expected_version=0, rows=rows)
    appended = await parts.writer.append(append)
    assert appended.status is AppendStatus.APPENDED
    assert await wait_for(parts.pool, appended.position, READ_MODELS)


async def test_an_email_in_any_case_shows_orders_payments_refunds_and_sums(
    database: Database,
) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await bought(ledger.parts, 1)
        await bought(ledger.parts, 2, *REMOVING)
        page = await laura.get("/customers", email=" AINO@Example.com ")

    text, rows = words_of(page.text), rows_of(page.text)
    assert "Aino Virtanen" in text
    assert "Orders 2 Paid 280,00 € Refunded 100,00 €" in text
    assert rows[1][:2] == ["#A-2", "Partially refunded"]
    assert rows[2][:2] == ["#A-1", "Paid"]
    assert [row[-1] for row in rows if "transaction-of-payment-1" in row] == ["140,00 €"] * 2
    assert [row[-1] for row in rows if row[:2] == ["#A-2", "Issued"]] == ["100,00 €"]
    assert f'href="/shops/kauppa/orders/{order_id_of(2)}"' in page.text


async def test_it_says_which_access_is_held_and_which_order_gives_it(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        await bought(ledger.parts, 1)
        await bought(ledger.parts, 2, *REMOVING)
        page = await laura.get("/customers", email=CUSTOMER.email)

    text = words_of(page.text)
    assert "Course Held" in text
    assert "#A-1 · Course access · Course · Gives it" in text
    assert "#A-2 · Course access · Course · A refund takes it back" in text


async def test_a_part_of_an_email_lists_whose_it_is(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts), ledger.visitor() as laura:
        for number, email in enumerate(("a@one.fi", "B@one.fi", "b@ONE.fi", "c@two.fi"), start=1):
            facts: list[OrderFact] = [
                started_small(number),
                placed_small(number, email),
                received_small(number),
            ]
            position = await record(ledger.parts, number, facts)
        assert await wait_for(ledger.parts.pool, position, READ_MODELS)
        found = await laura.get("/customers", email="one.fi")
        none = await laura.get("/customers", email="%one.fi")

    assert [row[:2] for row in rows_of(found.text)[1:]] == [["b@ONE.fi", "2"], ["a@one.fi", "1"]]
    assert "2 customers found" in words_of(found.text)
    assert "No customer has “%one.fi” in their email" in words_of(none.text)


async def test_customers_of_another_shop_are_not_found(database: Database) -> None:
    async with site(database) as ledger, followed(ledger.parts):
        await bought(ledger.parts, 1)
        async with ledger.visitor(Role.VIEWER, TOINEN) as eino:
            page = await eino.get("/customers", email=CUSTOMER.email)

    assert "No customer has" in words_of(page.text)


async def test_before_anything_is_typed_it_says_what_it_is_for(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        page = await laura.get("/customers")
        script = await laura.get("/customers", Region.WORK, email="\x00")

    assert "Whom are you looking for?" in words_of(page.text)
    assert "<html" not in script.text
    assert script.headers[REGION_HEADER] == "work"


def test_an_access_is_held_as_long_as_one_grant_holds_it() -> None:
    def grant(*, is_held: bool, is_leaving: bool) -> GrantListed:
        return GrantListed(
            order_id=order_id_of(1),
            number="1",
            action_id=ActionId("a"),
            action="Access",
            target="t",
            offer="",
            product="",
            is_held=is_held,
            is_leaving=is_leaving,
        )

    held = grant(is_held=True, is_leaving=False)
    leaving = grant(is_held=True, is_leaving=True)
    coming = grant(is_held=False, is_leaving=False)

    for grants, state in (
        ((leaving, held), AccessState.HELD),
        ((leaving, coming), AccessState.LEAVING),
        ((coming,), AccessState.COMING),
    ):
        (access,) = held_access(grants)
        assert (access.name, access.state) == ("Access", state)
