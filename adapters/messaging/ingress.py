"""Ingress: pull a batch, take it in, acknowledge each message; for ever.

The rule to know: a message is acknowledged only once its outcome stands in the database. Until
then a batch is tried again as it is, so that messages keep their order over an outage.
"""

import asyncio
from collections.abc import Sequence
from time import monotonic

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from psycopg import OperationalError

from adapters.messaging.heartbeat import Heartbeat
from adapters.messaging.intake import Intake
from adapters.messaging.puller import BusDead, ConsumerGone, Puller
from adapters.messaging.refusals import storable
from adapters.messaging.stream import (
    STREAM,
    consumer_of,
    ensure_stream,
    id_within,
    publishers_subject,
)
from adapters.messaging.verdicts import Arrival
from adapters.postgres.errors import JournalError
from adapters.postgres.lease import Lease, LeaseTaken, hold_lease
from adapters.running.backoff import Backoff
from adapters.running.garbage import collect_seldom
from adapters.running.supervisor import stopped_within
from adapters.settings import PARTITIONS_DEFAULT

BATCH_MESSAGES_MAX = 500
WAIT_SECONDS = 1.0
STANDBY_SECONDS = 1.0
LEASE_CHECK_SECONDS = 2.0
PARKED_LOOK_SECONDS = 30.0
RETRY_SECONDS_MIN = 0.1
RETRY_SECONDS_MAX = 2.0

TROUBLES = (OperationalError, JournalError, ConsumerGone, nats.errors.Error, TimeoutError, OSError)
"""What passes by itself: a server is away, or its stream must be made again."""

_log = structlog.get_logger()


class Ingress:
    """The puller of one partition, or its stand-by."""

    def __init__(
        self,
        *,
        client: Client,
        database_url: str,
        intake: Intake,
        partition: int = 0,
        partitions: int = PARTITIONS_DEFAULT,
    ) -> None:
        self._client = client
        self._database_url = database_url
        self._intake = intake
        self._partition = partition
        self._partitions = partitions
        self._looked_at = float("-inf")
        self._parked_seen = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Pull until `stop`; heal from whatever passes by itself. Raises BusDead."""
        retry = Backoff(RETRY_SECONDS_MIN, RETRY_SECONDS_MAX)
        while not stop.is_set():
            try:
                async with hold_lease(self._database_url, self._lease_name) as lease:
                    await ensure_stream(self._client, self._partitions)
                    retry.reset()
                    await self._pull(lease, stop)
            except LeaseTaken:
                await stopped_within(stop, STANDBY_SECONDS)
            except BusDead:
                raise
            except TROUBLES as trouble:
                _log.warning("ingress interrupted", partition=self._partition, trouble=str(trouble))
                await stopped_within(stop, retry.next_seconds())

    @property
    def _lease_name(self) -> str:
        return f"ingress {self._partition}"

    async def _pull(self, lease: Lease, stop: asyncio.Event) -> None:
        puller = Puller(self._client, STREAM, consumer_of(self._partition))
        heartbeat = Heartbeat(self._client, lease, self._partition)
        checked_at = monotonic()
        try:
            while not stop.is_set():
                if monotonic() - checked_at > LEASE_CHECK_SECONDS:
                    await lease.check()
                    checked_at = monotonic()
                await self._look_at_parked()
                messages = await puller.batch(BATCH_MESSAGES_MAX, WAIT_SECONDS)
                if messages and await self._take(messages, stop):
                    await self._acknowledge(messages)
                await heartbeat.beat(puller.heard_at)
            await heartbeat.leave()
        finally:
            await puller.close()

    async def _take(self, messages: Sequence[Msg], stop: asyncio.Event) -> bool:
        """Take a batch in, over any outage; False if told to stop before it stood."""
        arrivals = [_arrival(message) for message in messages]
        retry = Backoff(RETRY_SECONDS_MIN, RETRY_SECONDS_MAX)
        while True:
            try:
                await self._intake.take(arrivals)
            except (OperationalError, JournalError) as trouble:
                _log.warning("batch not taken", partition=self._partition, trouble=str(trouble))
            else:
                return True
            if await stopped_within(stop, retry.next_seconds()):
                return False

    async def _acknowledge(self, messages: Sequence[Msg]) -> None:
        for message in messages:
            await message.ack()

    async def _look_at_parked(self) -> None:
        """Walk a step through what waits: its fact may have come by another way."""
        is_walk_over = self._parked_seen == 0
        if is_walk_over and monotonic() - self._looked_at < PARKED_LOOK_SECONDS:
            return
        self._looked_at = monotonic()
        if self._partition == 0:
            self._parked_seen = await self._intake.take_parked(self._parked_seen)


async def run_ingress(
    *,
    client: Client,
    database_url: str,
    intake: Intake,
    stop: asyncio.Event,
    partitions: int = PARTITIONS_DEFAULT,
) -> None:
    """Run the role: every partition that has messages or may get some, until `stop`."""
    collect_seldom()
    async with asyncio.TaskGroup() as tasks:
        for partition in await _ensure_surely(client, partitions, stop):
            ingress = Ingress(
                client=client,
                database_url=database_url,
                intake=intake,
                partition=partition,
                partitions=partitions,
            )
            tasks.create_task(ingress.run(stop))


async def _ensure_surely(client: Client, partitions: int, stop: asyncio.Event) -> list[int]:
    while not stop.is_set():
        try:
            return await ensure_stream(client, partitions)
        except TROUBLES as trouble:
            _log.warning("stream not ready", trouble=str(trouble))
            await stopped_within(stop, RETRY_SECONDS_MAX)
    return []


def _arrival(message: Msg) -> Arrival:
    fallback_id = message.headers.get("Nats-Msg-Id", "") if message.headers else ""
    subject = publishers_subject(storable(message.subject))
    return Arrival(subject, message.data, id_within(fallback_id))
