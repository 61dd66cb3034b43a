"""Probes: does this process live, and can it answer from read models that somebody keeps up."""

from http import HTTPStatus

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from adapters.http_api.access import PUBLIC
from adapters.http_api.documented import problems
from adapters.http_api.parts import ApiParts
from adapters.http_api.problems import HttpRejection
from adapters.messaging.heartbeat import ingress_standings
from adapters.running.liveness import State
from adapters.running.standings import standings
from adapters.running.worker_beats import PAYERS, WorkStanding, work_standing

WITHOUT_RUNNER = {State.DEAD, State.STOPPED}


class Alive(Struct, frozen=True):
    """The process answers."""

    status: str = "alive"


class FollowerHealth(Struct, frozen=True, kw_only=True):
    """Where one read model or process manager is."""

    name: str
    state: State
    lag: int
    """Events that are recorded and that it has not handled."""
    set_aside: int
    """Events that it could not handle."""


class IngressHealth(Struct, frozen=True, kw_only=True):
    """How the ingress of one partition is."""

    name: str
    state: State
    lag: int
    """Messages that the bus has and that are not taken in."""


class WorkersHealth(Struct, frozen=True, kw_only=True):
    """How what is due is carried out."""

    name: str
    state: State
    living: int
    """Workers that were seen lately."""
    waiting: int
    """Attempts that are due and not taken."""
    oldest_seconds: float
    """How long the one that waits longest has been due."""


class Ready(Struct, frozen=True, kw_only=True):
    """Answers are there, and somebody keeps them fresh."""

    status: str = "ready"
    followers: tuple[FollowerHealth, ...]
    ingress: tuple[IngressHealth, ...]
    workers: WorkersHealth
    payers: WorkersHealth
    """Who take refunds to payment providers."""


class NotReady(HttpRejection):
    """Answers would be stale: somebody who keeps them up is gone."""

    code = "not_ready"
    status = HTTPStatus.SERVICE_UNAVAILABLE


@get(
    "/health/live",
    operation_id="healthLive",
    summary="Is the process alive?",
    tags=["operation"],
    security=[{}],
    opt=PUBLIC,
)
async def health_live() -> Alive:
    """Answer at once, whatever else is broken."""
    return Alive()


@get(
    "/health/ready",
    operation_id="healthReady",
    summary="Can it do its work?",
    description="503 while the database is away, or a follower, ingress the workers or the payers have no "
    "living runner.",
    tags=["operation"],
    responses=problems(503),
    security=[{}],
    opt=PUBLIC,
)
async def health_ready(parts: NamedDependency[ApiParts]) -> Ready:
    """Ask the database, and when followers, ingress and workers last showed that they live."""
    found = await standings(parts.pool)
    pullers = await ingress_standings(parts.pool)
    state_by_name = {one.name: one.state for one in found}
    state_by_name |= {one.name: one.state for one in pullers}
    work = await work_standing(parts.pool)
    payback = await work_standing(parts.pool, PAYERS)
    state_by_name |= {one.name: one.state for one in (work, payback)}
    silent = [name for name, state in state_by_name.items() if state in WITHOUT_RUNNER]
    if silent:
        raise NotReady(f"Without a living runner: {', '.join(silent)}.")
    return Ready(
        followers=tuple(
            FollowerHealth(name=one.name, state=one.state, lag=one.lag, set_aside=one.set_aside)
            for one in found
        ),
        ingress=tuple(
            IngressHealth(name=one.name, state=one.state, lag=one.lag) for one in pullers
        ),
        workers=_health_of(work),
        payers=_health_of(payback),
    )


def _health_of(work: WorkStanding) -> WorkersHealth:
    return WorkersHealth(
        name=work.name,
        state=work.state,
        living=work.living,
        waiting=work.waiting,
        oldest_seconds=work.oldest_seconds,
    )
