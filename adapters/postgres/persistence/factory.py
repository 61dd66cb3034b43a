"""Builds the library's parts over one bridge to the journal.

Its environment needs DATABASE_URL and LEDGER_MASTER_KEY. The schema is not created here.
"""

from typing import Any

from eventsourcing.persistence import (
    AggregateRecorder,
    ApplicationRecorder,
    InfrastructureFactory,
    InfrastructureFactoryError,
    Mapper,
    ProcessRecorder,
    Transcoder,
)
from eventsourcing.utils import Environment, EnvType, resolve_topic

from adapters.master_key import MasterKey
from adapters.postgres.persistence.bridge import Bridge
from adapters.postgres.persistence.mapper import JournalMapper
from adapters.postgres.persistence.recorder import JournalRecorder, JournalTrackingRecorder


class JournalFactory(InfrastructureFactory[JournalTrackingRecorder]):
    """The ledger's persistence module."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        master_key = MasterKey.parse(self._required("LEDGER_MASTER_KEY"))
        self._bridge = Bridge(self._required("DATABASE_URL"), master_key)

    def close(self) -> None:
        """Close the connections."""
        self._bridge.close()

    def mapper(
        self,
        transcoder: Transcoder | None = None,  # noqa: ARG002 - the library's signature
        mapper_class: type[Mapper[Any]] | None = None,  # noqa: ARG002 - the library's signature
    ) -> Mapper[Any]:
        """Build the one mapper that knows our events."""
        return JournalMapper(self._bridge)

    def aggregate_recorder(self, purpose: str = "events") -> AggregateRecorder:
        """Build a recorder of events; there are no snapshots."""
        if purpose != "events":
            raise InfrastructureFactoryError(f"the journal does not keep {purpose}")
        return self.process_recorder()

    def application_recorder(self) -> ApplicationRecorder:
        """Build the recorder of an application."""
        return self.process_recorder()

    def process_recorder(self) -> ProcessRecorder:
        """Build a recorder that tracks what it follows."""
        return JournalRecorder(self._bridge, self.env.name)

    def tracking_recorder(
        self, tracking_recorder_class: type[JournalTrackingRecorder] | None = None
    ) -> JournalTrackingRecorder:
        """Build a view's recorder: of the class given, of TRACKING_RECORDER_TOPIC, or the plain one."""
        topic = self.env.get(self.TRACKING_RECORDER_TOPIC)
        chosen = tracking_recorder_class or (
            resolve_topic(topic) if topic else JournalTrackingRecorder
        )
        return chosen(self._bridge, self.env.name)

    def _required(self, name: str) -> str:
        value = self.env.get(name)
        if not value:
            raise InfrastructureFactoryError(f"{name} is not set")
        return value
