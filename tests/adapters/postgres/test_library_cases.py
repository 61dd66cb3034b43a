"""The eventsourcing library's own published cases, run against our persistence module."""

from collections.abc import Iterator
from typing import ClassVar
from uuid import uuid4

import pytest
from eventsourcing.persistence import InfrastructureFactory
from eventsourcing.tests import persistence as published

from adapters.master_key import generate_master_key
from adapters.postgres.persistence import JournalFactory
from adapters.postgres.persistence.recorder import JournalRecorder
from tests.support import Database


class OnJournal:
    """Gives each case a recorder on a database of its own."""

    factory: ClassVar[JournalFactory]

    @pytest.fixture(autouse=True)
    def _open(self, database: Database) -> Iterator[None]:
        env = {
            "PERSISTENCE_MODULE": "adapters.postgres.persistence",
            "DATABASE_URL": database.url,
            "LEDGER_MASTER_KEY": generate_master_key(),
        }
        factory = InfrastructureFactory.construct(env)
        assert isinstance(factory, JournalFactory)
        type(self).factory = factory
        yield
        factory.close()

    def create_recorder(self) -> JournalRecorder:
        recorder = self.factory.process_recorder()
        assert isinstance(recorder, JournalRecorder)
        return recorder

    def new_originator_id(self) -> str:
        return f"order/shop/{uuid4()}"


class TestApplicationRecorder(OnJournal, published.ApplicationRecorderTestCase[JournalRecorder]):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestTrackingRecorder(OnJournal, published.TrackingRecorderTestCase):
    pass


class TestProcessRecorder(OnJournal, published.ProcessRecorderTestCase):
    pass


class TestNonInterleavingNotificationIds(
    OnJournal, published.NonInterleavingNotificationIDsBaseCase
):
    pass
