"""Pulling when the server falls silent, as a restarted one does that forgot what was asked."""

import pytest
from nats.aio.msg import Msg

from adapters.messaging import puller
from adapters.messaging.bus_client import connect
from adapters.messaging.puller import BusDead, ConsumerGone, Puller

REQUESTS = "$JS.API.CONSUMER.MSG.NEXT.FORGETFUL.one"
WAIT_SECONDS = 0.02


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(puller, "SILENCE_SECONDS_MAX", WAIT_SECONDS)


async def pull_for_ever(nothing: Puller) -> None:
    while True:
        assert await nothing.batch(10, WAIT_SECONDS) == []


async def test_asks_again_under_a_new_subscription_when_nothing_is_heard(nats_url: str) -> None:
    inboxes: list[str] = []
    async with connect(nats_url, name="server") as server, connect(nats_url, name="test") as client:

        async def forget_the_first(request: Msg) -> None:
            inboxes.append(request.reply)
            if len(inboxes) > 1:
                await server.publish(request.reply, b"hello", reply="acknowledge")

        await server.subscribe(REQUESTS, cb=forget_the_first)
        await server.flush()
        forgetful = Puller(client, "FORGETFUL", "one")
        messages: list[Msg] = []
        while not messages:
            messages = await forgetful.batch(10, WAIT_SECONDS)

        assert messages[0].data == b"hello"
        assert len(set(inboxes)) == len(inboxes) > 1


async def test_gives_the_connection_up_when_nothing_is_ever_heard(nats_url: str) -> None:
    async with connect(nats_url, name="server") as server, connect(nats_url, name="test") as client:

        async def forget(_: Msg) -> None:
            pass

        await server.subscribe(REQUESTS, cb=forget)
        await server.flush()
        forgetful = Puller(client, "FORGETFUL", "one")
        with pytest.raises(BusDead):
            await pull_for_ever(forgetful)


async def test_says_so_when_its_consumer_does_not_exist(nats_url: str) -> None:
    async with connect(nats_url, name="test") as client:
        missing = Puller(client, "FORGETFUL", "one")
        with pytest.raises(ConsumerGone):
            await pull_for_ever(missing)
