"""What Prometheus may know: durations of requests, the journal's head, its followers, ingress, work.

Figures are of the whole ledger, never of a shop or a person, so the route needs no key.
"""

from collections.abc import Mapping, Sequence

from litestar import Response, get
from litestar.di import NamedDependency
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Histogram
from prometheus_client import generate_latest as render

from adapters.http_api.access import PUBLIC
from adapters.http_api.parts import ApiParts
from adapters.messaging.heartbeat import IngressStanding, held_counts, ingress_standings
from adapters.running.standings import Standing, standings
from adapters.running.worker_beats import PAYERS, WORKERS, WorkStanding, work_standing

SECONDS_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
WORK_GAUGES = {
    "work_waiting": "Attempts of actions that are due and not taken",
    "work_oldest_due_age_seconds": "How long the one that waits longest has been due",
    "workers_living": "Workers seen lately",
    "transfers_waiting": "Refunds' transfers that are due and not taken",
    "transfers_oldest_due_age_seconds": "How long the one that waits longest has been due",
    "payers_living": "Payers seen lately",
}
PREFIX_BY_NAME = {WORKERS: "work", PAYERS: "transfers"}


class Metrics:
    """The figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._request_seconds = Histogram(
            "order_ledger_http_request_seconds",
            "How long requests took",
            ("method", "route", "status"),
            buckets=SECONDS_BUCKETS,
            registry=self._registry,
        )
        self._head = Gauge(
            "order_ledger_journal_head", "The journal's last position", registry=self._registry
        )
        self._lag = self._follower_gauge("lag_events", "Events not handled yet")
        self._heartbeat = self._follower_gauge("heartbeat_age_seconds", "Since it last lived")
        self._set_aside = self._follower_gauge("set_aside_events", "Events not handled for ever")
        self._ingress_lag = self._gauge("ingress_lag_messages", "Not yet taken in", "partition")
        self._ingress_heartbeat = self._gauge(
            "ingress_heartbeat_age_seconds", "Since it last heard from NATS", "partition"
        )
        self._work = {
            name: Gauge(f"order_ledger_{name}", documentation, registry=self._registry)
            for name, documentation in WORK_GAUGES.items()
        }
        self._held = self._gauge("held_messages", "Messages that wait or are refused", "outcome")

    def observe_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._request_seconds.labels(method, route, str(status)).observe(seconds)

    def observe_followers(self, followers: Sequence[Standing]) -> None:
        """Note where the journal and its followers are."""
        for gauge in (self._lag, self._heartbeat, self._set_aside):
            gauge.clear()
        for follower in followers:
            self._head.set(follower.head)
            self._lag.labels(follower.name).set(follower.lag)
            self._set_aside.labels(follower.name).set(follower.set_aside)
            if follower.silent_seconds is not None:
                self._heartbeat.labels(follower.name).set(follower.silent_seconds)

    def observe_ingress(
        self, partitions: Sequence[IngressStanding], held: Mapping[str, int]
    ) -> None:
        """Note how the pullers are, and what is not applied."""
        self._ingress_lag.clear()
        self._ingress_heartbeat.clear()
        for one in partitions:
            self._ingress_lag.labels(str(one.partition)).set(one.lag)
            if one.silent_seconds is not None:
                self._ingress_heartbeat.labels(str(one.partition)).set(one.silent_seconds)
        for outcome, messages in held.items():
            self._held.labels(outcome).set(messages)

    def observe_work(self, work: WorkStanding) -> None:
        """Note what waits for workers or payers, and how many there are."""
        prefix = PREFIX_BY_NAME[work.name]
        self._work[f"{prefix}_waiting"].set(work.waiting)
        self._work[f"{prefix}_oldest_due_age_seconds"].set(work.oldest_seconds)
        self._work[f"{work.name}_living"].set(work.living)

    def render(self) -> bytes:
        """Write the figures as Prometheus reads them."""
        return render(self._registry)

    def _follower_gauge(self, name: str, documentation: str) -> Gauge:
        return self._gauge(f"follower_{name}", documentation, "follower")

    def _gauge(self, name: str, documentation: str, label: str) -> Gauge:
        return Gauge(f"order_ledger_{name}", documentation, (label,), registry=self._registry)


@get(
    "/metrics",
    operation_id="metrics",
    summary="Figures for Prometheus",
    tags=["operation"],
    media_type=CONTENT_TYPE_LATEST,
    security=[{}],
    opt=PUBLIC,
)
async def metrics(
    parts: NamedDependency[ApiParts], figures: NamedDependency[Metrics]
) -> Response[bytes]:
    """Lag and heartbeat age of followers and ingress, what waits for workers, the journal's head."""
    figures.observe_followers(await standings(parts.pool))
    figures.observe_ingress(await ingress_standings(parts.pool), await held_counts(parts.pool))
    for name in PREFIX_BY_NAME:
        figures.observe_work(await work_standing(parts.pool, name))
    return Response(figures.render(), media_type=CONTENT_TYPE_LATEST)
