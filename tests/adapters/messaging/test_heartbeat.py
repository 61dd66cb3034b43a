"""Whether ingress lives is seen from outside: by what it heard and took in, not by its process."""

from collections.abc import Sequence

import pytest

from adapters.messaging.heartbeat import held_counts, ingress_standings
from adapters.messaging.stream import STREAM, connect, consumer_of, ensure_stream
from adapters.messaging.verdicts import Arrival, Verdict
from adapters.postgres.errors import JournalUnavailable
from adapters.running.liveness import State
from tests.adapters.messaging.checkout import Checkout
from tests.adapters.messaging.taken import Taken, taken
from tests.adapters.messaging.under_way import publish_surely, running_ingress, until
from tests.support import Database

AGE = "UPDATE messages.ingress SET seen_at = clock_timestamp() - interval '1 minute'"
IS_FRESH = (
    "SELECT count(*) FROM messages.ingress WHERE seen_at > clock_timestamp() - interval '9 s'"
)


async def until_beaten(parts: Taken) -> None:
    async def is_beaten() -> bool:
        return bool((await parts.run(IS_FRESH))[0][0])

    await until(is_beaten)


async def states(parts: Taken) -> list[tuple[str, State, int]]:
    return [(one.name, one.state, one.lag) for one in await ingress_standings(parts.pool)]


async def test_ingress_that_nobody_runs_is_stopped(database: Database) -> None:
    async with taken(database.url) as parts:
        assert await states(parts) == [("ingress 0", State.STOPPED, 0)]


async def test_ingress_lives_also_while_nothing_comes_until_it_is_told_to_stop(
    database: Database, nats_url: str
) -> None:
    async with taken(database.url) as parts, connect(nats_url, name="test") as client:
        async with running_ingress(client, database.url, parts.intake):
            await until_beaten(parts)
            await parts.run(AGE)
            await until_beaten(parts)
            assert await states(parts) == [("ingress 0", State.LIVE, 0)]

        assert await states(parts) == [("ingress 0", State.STOPPED, 0)]


async def test_ingress_that_can_take_nothing_in_falls_silent(
    database: Database, nats_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = tries_before = 0

    async def unable(arrivals: Sequence[Arrival]) -> list[Verdict]:
        nonlocal tries
        tries += 1
        raise JournalUnavailable(f"{len(arrivals)} messages too many")

    async def is_tried_on() -> bool:
        return tries > tries_before + 1

    async with taken(database.url) as parts, connect(nats_url, name="test") as client:
        await ensure_stream(client)
        monkeypatch.setattr(parts.intake, "take", unable)
        async with running_ingress(client, database.url, parts.intake):
            await until_beaten(parts)
            await publish_surely(client, Checkout().all())
            await until(is_tried_on)
            await parts.run(AGE)
            tries_before = tries
            await until(is_tried_on)

            assert [state for _, state, _ in await states(parts)] == [State.DEAD]
            info = await client.jetstream().consumer_info(STREAM, consumer_of(0))
            assert info.num_ack_pending == len(Checkout().all())


async def test_what_is_held_is_counted_by_its_outcome(database: Database) -> None:
    checkout = Checkout()
    async with taken(database.url) as parts:
        assert await held_counts(parts.pool) == {"parked": 0, "quarantined": 0}
        await parts.take(checkout.paid(), checkout.raw(b"{"), checkout.raw(b"["))

        assert await held_counts(parts.pool) == {"parked": 1, "quarantined": 2}
