"""The ledger as an application of the eventsourcing library: replay for people and auditors.

`Ledger(env)` needs DATABASE_URL and LEDGER_MASTER_KEY in its environment or the process's own.
What happens often (batched appends, followers) uses the journal itself.
"""

from collections.abc import Iterable
from typing import ClassVar, cast

from eventsourcing.application import Application
from msgspec import Struct

from adapters.postgres.persistence.mapper import LedgerEvent
from domain.identifiers import StreamName
from domain.order.events import OrderFact
from domain.order.evolve import NEW_ORDER, evolve
from domain.order.state import Order


class FoldedOrder(Struct, frozen=True):
    """An order as of a version of its stream."""

    id: StreamName
    version: int
    order: Order


class Ledger(Application[str]):
    """Everything that happened, to be replayed and followed."""

    env: ClassVar[dict[str, str]] = {"PERSISTENCE_MODULE": "adapters.postgres.persistence"}

    def order(self, stream: StreamName, version: int | None = None) -> FoldedOrder:
        """Replay an order, up to a version; the library's AggregateNotFoundError if there is none."""
        return self.repository.get(stream, version=version, projector_func=fold_order)


def fold_order(folded: FoldedOrder | None, events: Iterable[LedgerEvent]) -> FoldedOrder | None:
    """Fold events into an order; the projector to give to the library's `repository.get`."""
    order = folded.order if folded else NEW_ORDER
    last = None
    for last in events:
        recorded = last.recorded
        order = evolve(order, cast(OrderFact, recorded.event), recorded.recorded_at)
    if last is None:
        return folded
    return FoldedOrder(last.originator_id, last.originator_version, order)
