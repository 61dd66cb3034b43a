"""The peer of P2 and P3: the `eventsourcing` library on its own PostgreSQL module."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any, ClassVar
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate, AggregateEvent, event
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg import conninfo, sql

POOL_SIZE = "16"
RUNNER_POOL_SIZE = "4"
"""Of each runner: seven with sixteen connections each are more than a server takes."""
CATCH_UP_SECONDS_MAX = 600


class LibraryOrder(Aggregate):
    """An order as the library's tutorial would write it."""

    def __init__(self, number: str) -> None:
        """Open the order."""
        self.number = number
        self.notes = 0

    @event("NoteAdded")
    def add_note(self) -> None:
        """Note something, the cheapest change there is."""
        self.notes += 1


class LibraryOrders(Application[UUID]):
    """The library's application, cache on."""

    env: ClassVar[dict[str, str]] = {
        "AGGREGATE_CACHE_MAXSIZE": "100000",
        "DEEPCOPY_FROM_AGGREGATE_CACHE": "n",
    }


class OrderRows(PostgresTrackingRecorder):
    """A table with one row per order, like ours, written in the library's way."""

    def __init__(self, datastore: Any, **kwargs: Any) -> None:
        """Name the table after the tracking table, which is this view's own."""
        super().__init__(datastore, **kwargs)
        self.rows = sql.Identifier(f"{self.tracking_table_name}_rows")
        self.sql_create_statements.append(
            sql.SQL(
                "CREATE TABLE IF NOT EXISTS {}.{} "
                "(order_id uuid PRIMARY KEY, number text NOT NULL, notes bigint NOT NULL)"
            ).format(sql.Identifier(self.datastore.schema), self.rows)
        )

    def write(self, order_id: UUID, number: str, notes: int, tracking: Tracking) -> None:
        """Upsert a row and the position in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            cursor.execute(
                sql.SQL(
                    "INSERT INTO {0} AS t (order_id, number, notes) VALUES (%s, %s, %s) "
                    "ON CONFLICT (order_id) DO UPDATE SET notes = t.notes + 1"
                ).format(self.rows),
                (order_id, number, notes),
            )
            self._insert_tracking(cursor, tracking)


class OrderRowsProjection(Projection[OrderRows]):
    """One transaction per event: all that the runner offers."""

    name = "library_orders"

    @singledispatchmethod
    def process_event(self, domain_event: AggregateEvent, tracking: Tracking) -> None:
        """Write the row of the event's order."""
        self.view.write(
            domain_event.originator_id, getattr(domain_event, "number", ""), 0, tracking
        )


def library_environment(url: str, pool_size: str = POOL_SIZE) -> dict[str, str]:
    """Point the library at a database."""
    target = conninfo.conninfo_to_dict(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(target["dbname"]),
        "POSTGRES_HOST": str(target["host"]),
        "POSTGRES_PORT": str(target["port"]),
        "POSTGRES_USER": str(target["user"]),
        "POSTGRES_PASSWORD": str(target["password"]),
        "POSTGRES_POOL_SIZE": pool_size,
    }


@contextmanager
def library_orders(url: str) -> Iterator[LibraryOrders]:
    """Open the library's application on a database."""
    application = LibraryOrders(env=library_environment(url))
    try:
        yield application
    finally:
        application.close()


def library_commands_per_second(url: str, callers: int, commands: int) -> float:
    """Load, change and save: each thread on an order of its own, one commit per command."""
    with library_orders(url) as application, ThreadPoolExecutor(callers) as pool:
        orders = [LibraryOrder(number=str(n)) for n in range(callers)]
        application.save(*orders)

        def note(order_id: UUID) -> None:
            for _ in range(commands // callers):
                order: LibraryOrder = application.repository.get(order_id)
                order.add_note()
                application.save(order)

        begin = time.perf_counter()
        list(pool.map(note, [order.id for order in orders]))
        return commands // callers * callers / (time.perf_counter() - begin)


def library_projections_per_second(
    url: str, events: int, events_per_order: int, views: int
) -> float:
    """Follow the library's log with its own runners, one per view, until all have caught up."""
    with library_orders(url) as application:
        for begin in range(0, events, events_per_order * 100):
            orders: list[LibraryOrder] = []
            for number in range(min(100, (events - begin) // events_per_order)):
                order: LibraryOrder = LibraryOrder(number=str(number))
                for _ in range(events_per_order - 1):
                    order.add_note()
                orders.append(order)
            application.save(*orders)
        head = application.recorder.max_notification_id() or 0
        begin_time = time.perf_counter()
        with ExitStack() as stack:
            runners = [stack.enter_context(_runner(url, number)) for number in range(views)]
            for runner in runners:
                runner.wait(head, timeout=CATCH_UP_SECONDS_MAX)
        return head / (time.perf_counter() - begin_time)


def _runner(url: str, number: int) -> ProjectionRunner[LibraryOrders, OrderRows]:
    projection = type(
        f"OrderRowsProjection{number}", (OrderRowsProjection,), {"name": f"library_orders_{number}"}
    )
    return ProjectionRunner(
        application_class=LibraryOrders,
        projection_class=projection,
        view_class=OrderRows,
        env=library_environment(url, RUNNER_POOL_SIZE),
    )
