"""Probes: alive whatever else breaks; ready while somebody keeps the read models fresh."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

from psycopg import AsyncConnection

from adapters.bootstrap import Parts
from adapters.postgres.database import Pool
from adapters.running.process_managers import run_process_managers
from adapters.running.standings import FOLLOWERS
from adapters.running.waiting import wait_for
from adapters.running.worker_beats import PAYERS, WORKERS, WorkerBeats
from domain.order.events import OrderFact
from tests.adapters.http_api.recorded import followed, placed, received, record, started
from tests.adapters.http_api.served import served
from tests.support import Database


@asynccontextmanager
async def all_followed(parts: Parts) -> AsyncIterator[None]:
    """Keep read models up to date and let process managers react until the block ends."""
    stop = asyncio.Event()
    async with followed(parts), asyncio.TaskGroup() as group:
        group.create_task(
            run_process_managers(
                pool=parts.pool,
                journal=parts.journal,
                key_ring=parts.key_ring,
                news=parts.news,
                stop=stop,
            )
        )
        yield
        stop.set()


async def beat_workers(pool: Pool) -> None:
    """Beat as a worker and a payer that live."""
    for name in (WORKERS, PAYERS):
        await WorkerBeats(pool, "one", name).beat()


async def test_a_ledger_with_living_followers_is_ready(database: Database) -> None:
    async with served(database, connections_max=8) as api, all_followed(api.parts):
        await beat_ingress(database, age="0 s")
        await beat_workers(api.parts.pool)
        position = await record(api.parts, 1, [started(1)])
        assert await wait_for(api.parts.pool, position, FOLLOWERS)

        for path in ("/health/ready", "/api/v1/health/ready"):
            response = await api.client.get(path)

            assert response.status_code == HTTPStatus.OK
            followers = {one["name"]: one for one in response.json()["followers"]}
            assert {name: one["state"] for name, one in followers.items()} == dict.fromkeys(
                FOLLOWERS, "live"
            )
            assert followers["orders"]["lag"] == 0
            ingress = {"name": "ingress 0", "state": "live", "lag": 7}
            assert response.json()["ingress"] == [ingress]
            for name in ("workers", "payers"):
                assert response.json()[name] == {
                    "name": name,
                    "state": "live",
                    "living": 1,
                    "waiting": 0,
                    "oldest_seconds": 0.0,
                }


async def test_a_ledger_whose_ingress_is_dead_is_not_ready_and_its_metrics_tell(
    database: Database,
) -> None:
    async with served(database, connections_max=8) as api, all_followed(api.parts):
        position = await record(api.parts, 1, [started(1)])
        assert await wait_for(api.parts.pool, position, FOLLOWERS)
        await beat_ingress(database, age="1 minute")
        await beat_workers(api.parts.pool)

        ready = await api.client.get("/health/ready")
        metrics = (await api.client.get("/metrics")).text

        assert ready.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert ready.json()["detail"] == "Without a living runner: ingress 0."
        assert 'order_ledger_ingress_lag_messages{partition="0"} 7.0' in metrics
        assert 'order_ledger_ingress_heartbeat_age_seconds{partition="0"} 6' in metrics
        assert 'order_ledger_held_messages{outcome="quarantined"} 0.0' in metrics
        assert 'order_ledger_held_messages{outcome="parked"} 0.0' in metrics


async def test_a_ledger_without_workers_is_not_ready_and_its_metrics_tell_what_waits(
    database: Database,
) -> None:
    async with served(database, connections_max=8) as api, all_followed(api.parts):
        await beat_ingress(database, age="0 s")
        facts: list[OrderFact] = [started(1), placed(1, email="anna@example.com"), received(1)]
        position = await record(api.parts, 1, facts)
        is_requested_at = position + 1
        assert await wait_for(api.parts.pool, is_requested_at, FOLLOWERS)

        ready = await api.client.get("/health/ready")
        metrics = (await api.client.get("/metrics")).text

        assert ready.json()["detail"] == "Without a living runner: workers, payers."
        assert "order_ledger_work_waiting 1.0" in metrics
        assert "order_ledger_workers_living 0.0" in metrics
        assert "order_ledger_transfers_waiting 0.0" in metrics
        assert "order_ledger_payers_living 0.0" in metrics


async def test_a_ledger_whose_followers_do_not_run_is_not_ready(database: Database) -> None:
    async with served(database) as api:
        response = await api.client.get("/health/ready")

        assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert response.json()["code"] == "not_ready"
        assert "orders" in response.json()["detail"]
        assert (await api.client.get("/health/live")).status_code == HTTPStatus.OK


async def test_a_ledger_without_its_database_is_alive_and_not_ready(database: Database) -> None:
    async with served(database) as api:
        await api.parts.pool.close()

        ready = await api.client.get("/health/ready")
        live = await api.client.get("/health/live")

        assert ready.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert ready.json()["code"] == "try_again"
        assert live.status_code == HTTPStatus.OK


async def test_a_cut_connection_heals_by_itself(database: Database) -> None:
    async with served(database, connections_max=1) as api:
        key = await api.key()
        assert (await api.get("/orders", key)).status_code == HTTPStatus.OK
        await cut_connections(database)

        statuses = [(await api.get("/orders", key)).status_code for _ in range(3)]

        assert statuses[-1] == HTTPStatus.OK
        assert set(statuses) <= {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}


async def beat_ingress(database: Database, *, age: str) -> None:
    """Show ingress alive so long ago, with some messages left."""
    async with await AsyncConnection.connect(database.url, autocommit=True) as connection:
        await connection.execute(
            "INSERT INTO messages.ingress (partition, lag, seen_at)"
            " VALUES (0, 7, clock_timestamp() - %s::interval)",
            (age,),
        )


async def cut_connections(database: Database) -> None:
    """End every other connection to the database, as a restart would."""
    async with await AsyncConnection.connect(database.url, autocommit=True) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
