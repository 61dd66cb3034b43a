"""Who has which access, as the ledger knows it: true to the journal, and never asked too early."""

import asyncio
from uuid import UUID

import pytest
from msgspec.structs import replace

from adapters.executors.kajabi.removal import BEHIND, AccessRemovalExecutor
from adapters.master_key import MasterKey, generate_master_key
from adapters.outbound_http import OutboundHttp
from adapters.postgres.database import open_pool
from adapters.postgres.keyring import CustomerRef
from adapters.postgres.order_store import OrderStore
from adapters.postgres.secrets import Secrets
from adapters.reading.grants import Grants, GrantsBehind
from adapters.running.projections import ROW_MODELS, rebuild
from adapters.settings import InnerAddresses
from domain.configuration.access_target import access_target
from domain.configuration.settings import AccessRemoval
from domain.identifiers import CustomerKeyId, OrderId, ShopId, StreamName, order_stream
from domain.order.events import ActionAdded, OrderFact
from domain.order.values import RunCause
from projections.grants.projection import GRANTS
from projections.grants.queries import justifying
from tests.adapters.executors.tasks import task_of
from tests.adapters.running.given import Ledger, open_ledger, running
from tests.examples import (
    COURSE,
    COURSE_BACK,
    CUSTOMER,
    GRANT,
    GRANT_ACTION,
    REFUND,
    SHOP,
    done,
    placed,
    received,
    refunded,
    removal_of,
    requested,
    started,
)
from tests.projections.test_plans import explained
from tests.support import Database

TARGET = access_target(GRANT_ACTION.settings)
REMOVAL = removal_of(GRANT_ACTION)
REMOVING = (
    *refunded(COURSE_BACK, remove_access=(COURSE,)),
    ActionAdded(at=done(REMOVAL)[0].at, action=REMOVAL),
    requested(REMOVAL, cause=RunCause.REFUND, minute=23),
)
SOON = 0.05
ROWS = 5_000
FILL = """
INSERT INTO read_models.grants_v1 (shop, order_id, customer, number, grants, version, position)
SELECT 'courses', gen_random_uuid(), gen_random_uuid(), 'N' || n, '[]', 1, n
FROM generate_series(1, %s) AS n
"""


async def key_of(ledger: Ledger, email: str = CUSTOMER.email) -> CustomerKeyId:
    customer = CustomerRef(SHOP, email)
    return (await ledger.key_ring.ensure([customer]))[customer]


async def bought(
    ledger: Ledger, number: int, *more: OrderFact, email: str = CUSTOMER.email
) -> StreamName:
    """Record one order that gave its course, and what happened to it then."""
    order_id, key = OrderId(UUID(int=number)), await key_of(ledger, email)
    form = replace(
        placed(GRANT_ACTION),
        number=str(number),
        customer_key=key,
        personal=replace(CUSTOMER, email=email),
    )
    facts = (replace(started(), order_id=order_id), form, received(), *done(GRANT_ACTION), *more)
    stream = order_stream(SHOP, order_id)
    await ledger.append(stream, [ledger.row(fact, key) for fact in facts])
    return stream


async def test_the_read_model_is_what_the_journal_gives_and_a_rebuild_gives_the_same(
    database: Database,
) -> None:
    async with open_ledger(database.url) as ledger, running(ledger.follower(GRANTS.name)):
        await bought(ledger, 1)
        await bought(ledger, 2, *REMOVING)
        await bought(ledger, 3, *REMOVING, *done(REMOVAL, minute=24)[1:])
        await ledger.caught_up(GRANTS.name)
        before = await ledger.verify(GRANTS.name)
        await rebuild(ledger.pool, ROW_MODELS[GRANTS.name])
        await ledger.caught_up(GRANTS.name)
        after = await ledger.verify(GRANTS.name)
        rows = await ledger.fetch("SELECT number FROM read_models.grants_v1 ORDER BY number")
    assert (before.differences, after.differences) == ((), ())
    assert before.orders == after.orders == 3
    assert rows == [("1",), ("2",)]


async def test_all_orders_of_one_customer_meet_and_no_others_do(database: Database) -> None:
    async with open_ledger(database.url) as ledger, running(ledger.follower(GRANTS.name)):
        await bought(ledger, 1)
        await bought(ledger, 2, email="AINO@example.com")
        await bought(ledger, 3, email="eino@example.com")
        await ledger.caught_up(GRANTS.name)
        grants, key = Grants(ledger.pool, ledger.journal), await key_of(ledger)
        found = await grants.access_of(SHOP, key)
        elsewhere = await grants.access_of(ShopId("another-shop"), key)
    assert [(one.number, one.action_id, one.target) for one in found] == [
        ("1", GRANT, TARGET),
        ("2", GRANT, TARGET),
    ]
    assert elsewhere == []


async def test_an_access_is_spared_rather_by_who_holds_it_than_by_who_is_about_to(
    database: Database,
) -> None:
    again = requested(GRANT_ACTION, run=2, cause=RunCause.RERUN, minute=40)
    taken = (*REMOVING, *done(REMOVAL, minute=24)[1:])
    async with open_ledger(database.url) as ledger, running(ledger.follower(GRANTS.name)):
        streams = [await bought(ledger, 1), await bought(ledger, 2, *taken)]
        await ledger.append(streams[1], [ledger.row(again, await key_of(ledger))])
        await ledger.caught_up(GRANTS.name)
        grants = Grants(ledger.pool, ledger.journal)
        orders = OrderStore(ledger.journal, ledger.key_ring)
        first = (await orders.load(streams))[streams[0]].order
        coming = (await grants.spared(first, {GRANT}))[GRANT]
        await bought(ledger, 3)
        await ledger.caught_up(GRANTS.name)
        held = (await grants.spared(first, {GRANT}))[GRANT]
    assert (coming.by.number, coming.is_held) == ("2", False)
    assert (held.by.number, held.is_held) == ("3", True)


async def test_a_removal_waits_until_the_read_model_knows_all_that_is_recorded(
    database: Database,
) -> None:
    async with open_ledger(database.url) as ledger:
        await bought(ledger, 1)
        waiting = asyncio.create_task(Grants(ledger.pool, ledger.journal).follow())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), SOON)
        async with running(ledger.follower(GRANTS.name)):
            await waiting


async def test_a_removal_is_tried_again_while_the_read_model_is_behind(database: Database) -> None:
    async with (
        open_ledger(database.url) as ledger,
        OutboundHttp(InnerAddresses.REFUSED) as http,
    ):
        await bought(ledger, 1)
        grants = Grants(ledger.pool, ledger.journal, wait_seconds_max=SOON)
        with pytest.raises(GrantsBehind):
            await grants.follow()
        secrets = Secrets(ledger.pool, MasterKey.parse(generate_master_key()))
        executor = AccessRemovalExecutor(http, secrets, "", grants)
        task = task_of(
            AccessRemoval(granted_by=GRANT, refund_id=REFUND),
            also=(GRANT_ACTION,),
            before=done(GRANT_ACTION),
        )
        outcome = await executor.execute(task)
    assert outcome == BEHIND
    assert BEHIND.is_retryable


async def test_the_grants_of_a_customer_are_found_by_their_index(database: Database) -> None:
    asked = justifying(SHOP, CustomerKeyId(UUID(int=7)), OrderId(UUID(int=1)), {TARGET})
    async with (
        open_pool(database.owner_url, min_size=1, max_size=1) as pool,
        pool.connection() as connection,
    ):
        await connection.execute(FILL, (ROWS,))
        await connection.execute("ANALYZE read_models.grants_v1")
        plan = await explained(connection, asked)
    assert "grants_v1_customer_index" in plan
