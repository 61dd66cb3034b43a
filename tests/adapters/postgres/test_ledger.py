"""The ledger as an application of the eventsourcing library: replay, and projections of anybody."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from uuid import uuid4

import pytest
from eventsourcing.application import AggregateNotFoundError
from eventsourcing.persistence import InfrastructureFactoryError, IntegrityError, Tracking
from eventsourcing.projection import Projection, ProjectionRunner

from adapters.ledger import Ledger
from adapters.master_key import MasterKey, generate_master_key
from adapters.postgres.database import open_pool
from adapters.postgres.keyring import CustomerRef, KeyRing
from adapters.postgres.persistence.bridge import Bridge
from adapters.postgres.persistence.mapper import LedgerEvent, NewLedgerEvent
from adapters.postgres.persistence.recorder import JournalTrackingRecorder
from domain.identifiers import CustomerKeyId, OrderId, StreamName, order_stream
from domain.message import Event
from tests.adapters.postgres.given import METADATA, NOTE, SHOP, started
from tests.support import Database


@pytest.fixture
def env(database: Database) -> dict[str, str]:
    return {
        "PERSISTENCE_MODULE": "adapters.postgres.persistence",
        "DATABASE_URL": database.url,
        "LEDGER_MASTER_KEY": generate_master_key(),
    }


@pytest.fixture
def ledger(env: dict[str, str]) -> Iterator[Ledger]:
    with closing(Ledger(env)) as application:
        yield application


def key_of_customer(env: dict[str, str]) -> CustomerKeyId:
    async def ensure() -> CustomerKeyId:
        async with open_pool(env["DATABASE_URL"], min_size=1, max_size=1) as pool:
            key_ring = KeyRing(pool, MasterKey.parse(env["LEDGER_MASTER_KEY"]))
            ann = CustomerRef(SHOP, "ann@example.com")
            return (await key_ring.ensure([ann]))[ann]

    return asyncio.run(ensure())


def put(ledger: Ledger, stream: StreamName, first: int, *events: Event, key: CustomerKeyId) -> None:
    ledger.events.put(
        [
            NewLedgerEvent(
                originator_id=stream,
                originator_version=version,
                event=event,
                metadata=METADATA,
                key_id=key,
            )
            for version, event in enumerate(events, first)
        ]
    )


def test_an_order_is_replayed_to_any_version(ledger: Ledger, env: dict[str, str]) -> None:
    order_id = OrderId(uuid4())
    stream = order_stream(SHOP, order_id)
    put(ledger, stream, 1, started(order_id), NOTE, NOTE, key=key_of_customer(env))
    now, before = ledger.order(stream), ledger.order(stream, version=2)
    assert (now.version, before.version) == (3, 2)
    assert (len(now.order.notes), len(before.order.notes)) == (2, 1)
    assert [note.text for note in now.order.notes] == ["Ann called"] * 2
    assert now.order.order_id == order_id


def test_a_ledger_opened_later_unseals_what_another_one_recorded(
    ledger: Ledger, env: dict[str, str]
) -> None:
    order_id = OrderId(uuid4())
    stream = order_stream(SHOP, order_id)
    put(ledger, stream, 1, started(order_id), NOTE, key=key_of_customer(env))
    with closing(Ledger(env)) as later:
        assert [note.text for note in later.order(stream).order.notes] == ["Ann called"]


def test_an_order_that_never_was_is_not_found(ledger: Ledger) -> None:
    with pytest.raises(AggregateNotFoundError):
        ledger.order(order_stream(SHOP, OrderId(uuid4())))


def test_a_decision_on_an_old_version_conflicts(ledger: Ledger, env: dict[str, str]) -> None:
    order_id = OrderId(uuid4())
    stream = order_stream(SHOP, order_id)
    key = key_of_customer(env)
    put(ledger, stream, 1, started(order_id), key=key)
    with pytest.raises(IntegrityError):
        put(ledger, stream, 1, started(order_id), key=key)


def test_the_persistence_module_says_what_it_lacks(env: dict[str, str]) -> None:
    del env["LEDGER_MASTER_KEY"]
    with pytest.raises(InfrastructureFactoryError, match="LEDGER_MASTER_KEY is not set"):
        Ledger(env)


class Names(JournalTrackingRecorder):
    """A view that remembers the names of what it was told."""

    def __init__(self, bridge: Bridge, name: str) -> None:
        super().__init__(bridge, name)
        self.names: list[str] = []


class NamesProjection(Projection[Names]):
    """A projection as anybody would write it for the library."""

    name = "names"

    def process_event(self, domain_event: LedgerEvent, tracking: Tracking) -> None:
        self.view.insert_tracking(tracking)
        self.view.names.append(type(domain_event.recorded.event).__name__)


def test_a_projection_of_the_librarys_own_kind_follows_the_ledger(
    ledger: Ledger, env: dict[str, str]
) -> None:
    key = key_of_customer(env)
    first, second = (OrderId(uuid4()) for _ in range(2))
    put(ledger, order_stream(SHOP, first), 1, started(first), NOTE, key=key)
    runner = ProjectionRunner(
        application_class=Ledger, projection_class=NamesProjection, view_class=Names, env=env
    )
    with closing(runner.view), runner:
        runner.wait(2, timeout=10)
        put(ledger, order_stream(SHOP, second), 1, started(second), key=key)
        runner.wait(3, timeout=10)
        assert runner.projection.view.names == ["OrderStarted", "NoteAdded", "OrderStarted"]
        assert runner.projection.view.max_tracking_id("Ledger") == 3
