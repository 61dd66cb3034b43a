"""A mistake of our own, met with one message: the others go through, and it can be replayed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
import pytest
from psycopg import DataError, Error, IntegrityError
from psycopg.errors import ProgramLimitExceeded
from structlog.testing import capture_logs

from adapters.messaging.contracts import CloudEvent
from adapters.messaging.held import Held
from adapters.messaging.parsing import parse
from adapters.messaging.states import OrderStates
from adapters.messaging.translation import wish_of
from adapters.messaging.verdicts import Outcome, Verdict
from domain.order.decide import decide
from domain.order.evolve import evolve
from processors.command_handler import Decider
from tests.adapters.messaging.checkout import Checkout, Sent
from tests.adapters.messaging.taken import taken
from tests.support import Database

NUMBER = "unbearable"
"""The order that our code breaks on."""
FOUR = ["OrderStarted", "OrderPlaced", "PaymentStarted", "PaymentReceived"]

Plant = Callable[[pytest.MonkeyPatch], None]


def break_on(thing: object) -> None:
    assert NUMBER not in repr(thing), "of maija@example.com"


def broken(function: Callable[..., Any]) -> Callable[..., Any]:
    def breaking(*values: Any, **named: Any) -> Any:
        break_on(values[:-1] if isinstance(values[-1], datetime) else values)
        return function(*values, **named)

    return breaking


def in_reading(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("adapters.messaging.door.parse", broken(parse))


def in_translating(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("adapters.messaging.deciding.wish_of", broken(wish_of))


def in_deciding(patch: pytest.MonkeyPatch) -> None:
    def breaking(wish: Any, order: Any) -> Any:
        break_on(wish)
        return decide(wish, order)

    patch.setattr(OrderStates, "decider", Decider(breaking, evolve))


def in_evolving(patch: pytest.MonkeyPatch) -> None:
    def breaking(order: Any, fact: Any, recorded_at: datetime) -> Any:
        break_on(fact)
        return evolve(order, fact, recorded_at)

    patch.setattr(OrderStates, "decider", Decider(decide, breaking))


@pytest.fixture(params=[in_reading, in_translating, in_deciding, in_evolving])
def plant(request: pytest.FixtureRequest) -> Plant:
    planted: Plant = request.param
    return planted


def an_order() -> tuple[Checkout, list[Sent]]:
    checkout = Checkout()
    form = checkout.placed(number=NUMBER)
    return checkout, [checkout.started(), form, checkout.paid()]


async def test_stops_only_its_own_message_until_it_is_replayed(
    plant: Plant, database: Database
) -> None:
    (checkout, batch), other, later = an_order(), Checkout(), Checkout()
    form, payment = batch[1:]
    with pytest.MonkeyPatch.context() as patch:
        plant(patch)
        async with taken(database.url) as parts:
            await parts.take(*other.all()[:1], *batch, *later.all())

            assert await parts.events(checkout.stream) == ["OrderStarted"]
            assert await parts.events(other.stream) == ["OrderStarted"]
            assert await parts.events(later.stream) == FOUR
            assert await parts.held() == [
                (form.message_id, "quarantined", "internal_error"),
                (payment.message_id, "parked", "order_not_placed"),
            ]
            stuck = await parts.rows(form)
            assert [row.stream for row in stuck] == [checkout.stream]
            assert "can be replayed" in stuck[0].reason

    async with taken(database.url) as parts:
        (replayed,) = await parts.messages.replay(stuck)

        assert replayed.outcome is Outcome.APPLIED
        assert await parts.events(checkout.stream) == [*FOUR[:2], "PaymentReceived"]
        assert await parts.held() == []


async def test_leaves_a_message_that_was_applied_before_applied(
    monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    _, batch = an_order()
    async with taken(database.url) as parts:
        await parts.take(*batch)
        in_translating(monkeypatch)
        await parts.take(*batch)

        assert [await parts.outcome(sent) for sent in batch] == [["applied"]] * 3
        assert await parts.held() == []


async def test_is_logged_with_its_place_once_and_without_its_words(
    plant: Plant, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    _, batch = an_order()
    plant(monkeypatch)
    async with taken(database.url) as parts:
        with capture_logs() as logs:
            await parts.take(*batch)

    (entry,) = logs
    assert (entry["log_level"], entry["problem"]) == ("error", "AssertionError")
    assert entry["message_id"] == batch[1].message_id
    assert entry["places"][-1].endswith("break_on")
    assert "maija" not in repr(entry)


@pytest.mark.parametrize("trouble", [DataError, IntegrityError, ProgramLimitExceeded])
async def test_what_the_database_refuses_each_time_is_sought_out_and_ends_alone(
    trouble: type[Error], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = Checkout(), [Checkout() for _ in range(3)]
    hold = Held.hold

    async def refusing(held: Held, verdicts: Sequence[Verdict], now: datetime) -> None:
        if any(verdict.code == "not_json" for verdict in verdicts):
            raise trouble("no table can hold it")
        await hold(held, verdicts, now)

    monkeypatch.setattr(Held, "hold", refusing)
    messages = [sent for checkout in good for sent in checkout.all()]
    async with taken(database.url) as parts:
        await parts.take(*messages[:5], bad.raw(b"{"), *messages[5:])

        assert [await parts.events(checkout.stream) for checkout in good] == [FOUR] * 3
        assert [code for _, _, code in await parts.held()] == ["not_storable"]


class LenientEvent(CloudEvent, frozen=True, kw_only=True):
    """An event that may be called anything."""

    id: str


class TestWhatTheDoorShouldHaveTurnedAway:
    """An id with U+0000, which no table can hold, once the door does not look for it."""

    @pytest.fixture(autouse=True)
    def _door_that_overlooks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("adapters.messaging.parsing._has_nul", lambda _: False)
        lenient = msgspec.json.Decoder(LenientEvent)
        monkeypatch.setattr("adapters.messaging.parsing._envelopes", lenient)

    async def test_stops_no_other_message(self, database: Database) -> None:
        checkout, other, later = Checkout(), Checkout(), Checkout()
        form = checkout.message("order.placed.v1", id="form\x00")
        batch = [*other.all(), checkout.started(), form, checkout.paid(), *later.all()]
        async with taken(database.url) as parts:
            await parts.take(*batch)
            await parts.take(*batch)

            assert await parts.events(checkout.stream) == ["OrderStarted"]
            assert await parts.events(other.stream) == FOUR
            assert await parts.events(later.stream) == FOUR
            named = form._replace(message_id="form\N{REPLACEMENT CHARACTER}")
            assert sorted(await parts.held()) == sorted(
                [
                    (named.message_id, "quarantined", "not_storable"),
                    (batch[6].message_id, "parked", "order_not_placed"),
                ]
            )
            (stuck,) = await parts.rows(named)
            assert "send it again" in stuck.reason

            await parts.messages.replay([stuck])
            await parts.take(checkout.placed())
            assert await parts.events(checkout.stream) == [*FOUR[:2], "PaymentReceived"]
            assert [code for _, _, code in await parts.held()] == ["not_storable"]

    async def test_ends_so_too_where_it_came_early(self, database: Database) -> None:
        checkout = Checkout()
        form = checkout.message("order.placed.v1", id="form\x00")
        async with taken(database.url) as parts:
            await parts.take(form)

            assert [code for _, _, code in await parts.held()] == ["not_storable"]
