"""A worker's loop: bounded, patient with a database that is away, and orderly when it ends."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from datetime import datetime, timedelta

import pytest
from psycopg import AsyncConnection
from structlog.testing import capture_logs

from adapters.postgres.query import fetch_one
from adapters.running.liveness import State
from adapters.running.windows import CALLS_FIRST
from adapters.running.worker_beats import WorkStanding, work_standing
from adapters.running.workers import Limits
from adapters.settings import SMTP_CONNECTIONS_DEFAULT
from domain.configuration.destinations import destination_of
from domain.identifiers import StreamName
from domain.order.running import (
    ATTEMPT_LEASE,
    CALL_SECONDS_MAX,
    CALLS_SECONDS_MAX,
    EMAIL_SECONDS_MAX,
)
from domain.order.stages import ActionStage
from domain.order.state import Order
from processors.attempts import NOT_SENT
from processors.ports import Failed, Outcome, Succeeded, Task
from projections.attention.queries import count_attention
from tests.adapters.postgres.given import until
from tests.adapters.running.given import running
from tests.adapters.running.receiver import Posting, open_receiver
from tests.adapters.running.workshop import (
    EMAIL,
    HOOK,
    Doing,
    Workshop,
    hook_of,
    now,
    open_workshop,
)
from tests.stories import SHOP
from tests.support import Database

GRACE = timedelta(minutes=5)
TURNS_SECONDS = 0.2
"""Time for some turns of the loop."""
HANGING = 16
FAILING_ORDERS = 2_500
ACTIONS_EACH = 4
END_ALL_OTHERS = """
SELECT pg_terminate_backend(pid)
FROM pg_stat_activity
WHERE datname = '{name}'
AND pid <> pg_backend_pid()
"""


class Gate:
    """Calls go in, and come out when it is opened."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.entered: list[str] = []

    async def __call__(self, task: Task) -> Outcome:
        self.entered.append(destination_of(task.action.settings))
        await self.opened.wait()
        return Succeeded()

    async def until_entered(self, calls: int) -> None:
        async def entered() -> int:
            return len(self.entered)

        await until(entered, calls)


async def stages(shop: Workshop, *streams: StreamName) -> Counter[ActionStage]:
    loaded = await shop.orders.refresh(streams)
    return Counter(action.stage for one in loaded.values() for action in one.order.actions)


async def test_what_becomes_due_while_it_works_is_carried_out(database: Database) -> None:
    async with open_workshop(database) as shop, shop.working({"webhook": Doing()}):
        for _ in range(3):
            stream = await shop.paid(HOOK)
            await shop.until_stage(ActionStage.SUCCEEDED, stream)


async def test_what_becomes_due_is_taken_though_nothing_happens(database: Database) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK)
        await shop.ledger.fetch(
            "UPDATE read_models.work_list_v2 SET available_at = now() + interval '0.3 seconds'"
            " RETURNING item_id"
        )
        async with shop.working({"webhook": Doing()}):
            await shop.until_stage(ActionStage.SUCCEEDED, stream)


async def test_one_hanging_destination_in_ten_does_not_hold_up_the_others(
    database: Database,
) -> None:
    hanging = "h0.example.com"
    gate = Gate()

    async def posts(task: Task) -> Outcome:
        is_hanging = destination_of(task.action.settings) == hanging
        return await gate(task) if is_hanging else Succeeded()

    limits = Limits(in_hand_max=20, each_max=4)
    async with open_workshop(database) as shop:
        orders = [[hook_of(f"h{number % 10}")] for number in range(200)]
        streams = await shop.all_paid(orders)
        stuck, healthy = streams[::10], [s for i, s in enumerate(streams) if i % 10]
        async with shop.working({"webhook": Doing(posts)}, limits):
            await shop.until_stage(ActionStage.SUCCEEDED, *healthy)
            await gate.until_entered(limits.each_max)
            assert gate.entered == [hanging] * limits.each_max
            assert await stages(shop, *stuck) == {
                ActionStage.RUNNING: limits.each_max,
                ActionStage.REQUESTED: len(stuck) - limits.each_max,
            }
            gate.opened.set()
            await shop.until_stage(ActionStage.SUCCEEDED, *stuck)


async def test_many_hanging_destinations_together_do_not_fill_a_worker(database: Database) -> None:
    gate = Gate()

    async def posts(task: Task) -> Outcome:
        is_healthy = destination_of(task.action.settings) == "healthy.example.com"
        return Succeeded() if is_healthy else await gate(task)

    async def entered() -> int:
        return len(set(gate.entered))

    async with open_workshop(database) as shop:
        hanging = [[hook_of(f"h{number % HANGING}")] for number in range(HANGING * CALLS_FIRST)]
        stuck = await shop.all_paid(hanging)
        limits = Limits(in_hand_max=HANGING * CALLS_FIRST)
        async with shop.working({"webhook": Doing(posts)}, limits):
            await until(entered, HANGING)
            healthy = await shop.all_paid([[hook_of("healthy")]] * 20)
            await shop.until_stage(ActionStage.SUCCEEDED, *healthy)
            gate.opened.set()
            await shop.until_stage(ActionStage.SUCCEEDED, *stuck)


async def test_no_more_is_in_hand_than_the_limits_say(database: Database) -> None:
    gate = Gate()
    async with open_workshop(database) as shop:
        streams = await shop.all_paid([[hook_of(f"h{number}")] for number in range(30)])
        async with shop.working({"webhook": Doing(gate)}, Limits(in_hand_max=7)):
            await gate.until_entered(7)
            asyncio.get_running_loop().call_later(TURNS_SECONDS, gate.opened.set)
            await gate.opened.wait()
            assert len(gate.entered) == 7
            await shop.until_stage(ActionStage.SUCCEEDED, *streams)


async def test_a_stop_lets_calls_end_records_them_and_takes_nothing_more(
    database: Database,
) -> None:
    gate = Gate()
    async with open_workshop(database) as shop:
        streams = await shop.all_paid([[HOOK]] * 3)
        async with shop.working({"webhook": Doing(gate)}, Limits(each_max=2)):
            await gate.until_entered(2)
            asyncio.get_running_loop().call_later(TURNS_SECONDS, gate.opened.set)
        assert await stages(shop, *streams) == {
            ActionStage.SUCCEEDED: 2,
            ActionStage.REQUESTED: 1,
        }
        assert (await work_standing(shop.ledger.pool)).state is State.STOPPED


async def test_a_stop_cuts_off_calls_that_do_not_end_and_says_so(database: Database) -> None:
    gate = Gate()
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK, EMAIL)
        executors = {"webhook": Doing(gate), "receipt_email": Doing(gate)}
        async with shop.working(executors, Limits(stop_seconds_max=0.01)):
            await gate.until_entered(2)
        assert {a.kind: (a.stage, a.code) for a in (await shop.order(stream)).actions} == {
            "webhook": (ActionStage.RETRYING, "timeout"),
            "receipt_email": (ActionStage.FAILED, "outcome_unknown"),
        }


async def test_a_cut_off_call_that_says_what_became_of_it_is_believed(database: Database) -> None:
    gate = Gate()

    async def says_when_cut_off(task: Task) -> Outcome:
        try:
            return await gate(task)
        except asyncio.CancelledError:
            return NOT_SENT

    async with open_workshop(database) as shop:
        stream = await shop.paid(EMAIL)
        emails = {"receipt_email": Doing(says_when_cut_off)}
        async with shop.working(emails, Limits(stop_seconds_max=0.01)):
            await gate.until_entered(1)
        action = await shop.action(stream)
        assert (action.stage, action.code) == (ActionStage.RETRYING, "not_sent")


@pytest.mark.parametrize("raised", [asyncio.CancelledError, SystemExit, GeneratorExit])
async def test_what_an_executor_should_never_raise_is_a_cut_off_call_and_stops_nothing(
    database: Database, raised: type[BaseException]
) -> None:
    async def raises(_: Task) -> Outcome:
        raise raised

    async with open_workshop(database) as shop:
        executors = {"receipt_email": Doing(raises), "webhook": Doing()}
        async with shop.working(executors):
            broken = await shop.paid(EMAIL)
            await shop.until_stage(ActionStage.FAILED, broken)
            await shop.until_stage(ActionStage.SUCCEEDED, await shop.paid(HOOK))
        assert (await shop.action(broken)).code == "outcome_unknown"


async def test_no_more_emails_are_begun_than_can_be_sent_at_once_however_quick_they_were(
    database: Database,
) -> None:
    gate = Gate()
    gate.opened.set()
    executors = {"receipt_email": Doing(gate), "webhook": Doing()}
    async with open_workshop(database) as shop, shop.working(executors):
        await shop.until_stage(ActionStage.SUCCEEDED, *await shop.all_paid([[EMAIL]] * 20))
        gate.opened.clear()
        gate.entered.clear()
        emails = await shop.all_paid([[EMAIL]] * 20)
        await gate.until_entered(SMTP_CONNECTIONS_DEFAULT)
        await shop.until_stage(ActionStage.SUCCEEDED, await shop.paid(HOOK))
        assert len(gate.entered) == SMTP_CONNECTIONS_DEFAULT
        gate.opened.set()
        await shop.until_stage(ActionStage.SUCCEEDED, *emails)


async def test_a_call_beyond_its_time_is_cut_off(database: Database) -> None:
    async with open_workshop(database) as shop:
        stream = await shop.paid(HOOK)
        async with shop.working({"webhook": Doing(Gate())}, Limits(call_seconds_max=0.01)):
            await shop.until_stage(ActionStage.RETRYING, stream)
        assert (await shop.action(stream)).code == "timeout"


def test_a_call_is_cut_off_after_its_own_limits_and_before_its_lease_ends() -> None:
    assert Limits().call_seconds_max > max(EMAIL_SECONDS_MAX, CALL_SECONDS_MAX, CALLS_SECONDS_MAX)
    assert timedelta(seconds=Limits().call_seconds_max) < ATTEMPT_LEASE


async def test_outcomes_are_kept_while_the_database_is_away(
    database: Database, postgres_url: str
) -> None:
    allow = f'ALTER DATABASE "{database.name}" ALLOW_CONNECTIONS {{}}'
    gate = Gate()
    async with (
        open_workshop(database) as shop,
        await AsyncConnection.connect(postgres_url, autocommit=True) as server,
    ):
        patience, shop.ledger.pool.timeout = shop.ledger.pool.timeout, 0.2
        streams = await shop.all_paid([[EMAIL]] * CALLS_FIRST)
        emails = Doing(gate)
        async with shop.working({"receipt_email": emails}):
            await gate.until_entered(CALLS_FIRST)
            await server.execute(allow.format("false").encode())
            await server.execute(END_ALL_OTHERS.format(name=database.name).encode())
            with capture_logs() as logs:
                gate.opened.set()

                async def has_met_trouble() -> bool:
                    return any(one["event"] == "worker_waits_for_the_database" for one in logs)

                await until(has_met_trouble, expected=True)
            shop.ledger.pool.timeout = patience
            await server.execute(allow.format("true").encode())
            await shop.until_stage(ActionStage.SUCCEEDED, *streams)
        assert len(set(emails.keys)) == len(emails.keys) == CALLS_FIRST


async def test_many_workers_make_each_call_once(database: Database) -> None:
    async with (
        open_workshop(database) as shop,
        open_receiver() as receiver,
        AsyncExitStack() as many,
    ):
        streams = await shop.all_paid([[EMAIL, HOOK]] * 30)
        posting = Posting(receiver.url)
        executors = {"webhook": posting, "receipt_email": posting}
        for number in range(3):
            await many.enter_async_context(shop.working(executors, name=f"worker-{number}"))
        await shop.until_stage(ActionStage.SUCCEEDED, *streams)
        assert len(receiver.effects) == len(receiver.keys) == 60


async def test_of_10_000_actions_that_fail_at_once_none_is_doubled_or_lost_and_all_ask_for_attention(
    database: Database,
) -> None:
    async def fails(task: Task) -> Outcome:
        is_retryable = task.action.action_id == "a1"
        return Failed(code="http_500", is_retryable=is_retryable, retry_after_seconds=600)

    async with open_workshop(database) as shop, running(shop.ledger.follower("attention")):
        doing = Doing(fails)
        settings = [hook_of(f"h{number}") for number in range(ACTIONS_EACH)]
        streams = await shop.all_paid([settings] * FAILING_ORDERS)
        before = now()
        async with shop.working({"webhook": doing}), shop.working({"webhook": doing}, name="two"):
            await until(lambda: failed_once(shop), FAILING_ORDERS * ACTIONS_EACH)
        await shop.ledger.caught_up("work_list", "attention")
        orders = [one.order for one in (await shop.orders.refresh(streams)).values()]
        assert_each_failed_once(orders, doing.keys)
        for moment in (before, before + GRACE, now() + GRACE, now() + 10 * GRACE):
            assert await asking(shop, moment) == sum(
                bool(order.attention_reasons(moment, GRACE)) for order in orders
            )
        assert await asking(shop, now() + GRACE) == FAILING_ORDERS


async def failed_once(shop: Workshop) -> int:
    ((count,),) = await shop.ledger.fetch(
        "SELECT count(*) FROM journal.events WHERE name = 'ActionFailed'"
    )
    return int(count)


def assert_each_failed_once(orders: list[Order], keys: list[str]) -> None:
    calls = Counter(keys)
    for order in orders:
        for action in order.actions:
            assert (1, 1, False) in action.outcomes
            assert calls.pop(action.key) == action.attempt
    assert not calls


async def asking(shop: Workshop, moment: datetime) -> int:
    counted = await fetch_one(shop.ledger.pool, count_attention(SHOP, now=moment, grace=GRACE))
    return counted.count


async def standing(shop: Workshop) -> WorkStanding:
    return await work_standing(shop.ledger.pool)


async def test_anybody_can_see_whether_workers_live_and_how_much_waits(database: Database) -> None:
    async def living() -> int:
        return (await standing(shop)).living

    async with open_workshop(database) as shop:
        await shop.all_paid([[HOOK]] * 5)
        found = await standing(shop)
        assert (found.state, found.waiting, found.living) == (State.STOPPED, 5, 0)
        assert found.oldest_seconds > 0
        gate = Gate()
        async with (
            shop.working({"webhook": Doing(gate)}, Limits(each_max=2)),
            shop.working({}, name="idle"),
        ):
            await gate.until_entered(2)
            await until(living, 2)
            found = await standing(shop)
            assert (found.state, found.waiting) == (State.LIVE, 3)
            gate.opened.set()
