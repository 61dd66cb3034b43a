"""What operators ask: attention, projections, processors, messages, shops and more."""

import asyncio
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from adapters.bootstrap import open_parts
from adapters.messaging.examples import SHOP, envelope_of, subject_of
from adapters.messaging.verdicts import Arrival
from adapters.postgres.database import open_pool
from adapters.postgres.event_ids import new_event_id
from adapters.postgres.rows import Append, NewRow
from adapters.running.positions import Place, SetAside
from adapters.running.process_managers import PROCESS_MANAGERS
from adapters.running.projections import READ_MODELS
from adapters.running.standings import Standing, standings
from adapters.settings import Settings
from domain.identifiers import OrderId, ShopId, order_stream
from tests.adapters.cli.conftest import Ask, stand
from tests.stories import COURSE


def messages_of(ask: Ask, *filters: str) -> list[dict[str, object]]:
    """Ask for the list of messages."""
    return msgspec.convert(
        ask("messages", "list", "--json", *filters).json["messages"], list[dict[str, object]]
    )


@pytest.mark.usefixtures("two_orders")
class TestAttention:
    def test_people_see_how_many_orders_need_a_look_and_why(self, ask: Ask) -> None:
        answer = ask("attention")

        assert answer.exit_code == 0
        assert "1 order needs attention" in answer.out
        assert "External refund unallocated" in answer.out

        document = ask("attention", "--json").json
        orders = document["orders"]

        assert document["count"] == 1
        assert isinstance(orders, list)
        assert orders[0]["number"] == "1001"
        assert "external_refund_unallocated" in {one["kind"] for one in orders[0]["problems"]}


@pytest.mark.usefixtures("two_orders")
class TestProjections:
    def test_the_list_tells_lag_and_state(self, ask: Ask) -> None:
        found = ask("projections", "list", "--json").json["projections"]

        assert isinstance(found, list)
        assert {one["name"]: one["lag"] for one in found} == dict.fromkeys(READ_MODELS, 0)
        listed = ask("projections", "list").out
        assert "orders" in listed
        assert "ingress 0" in listed

    def test_a_read_model_that_equals_the_journal_is_verified(self, ask: Ask) -> None:
        for name in ("orders", "attention"):
            answer = ask("projections", "verify", name, "--json")

            assert answer.exit_code == 0, answer.err
            assert answer.json == {
                "name": name,
                "orders": 2,
                "is_equal": True,
                "differences": [],
                "orders_set_aside": 0,
            }
            assert "▲" not in ask("projections", "verify", name).out

    def test_a_rebuild_without_a_runner_says_how_to_start_one(self, ask: Ask) -> None:
        answer = ask("projections", "rebuild", "orders")

        assert answer.exit_code == 0, answer.err
        assert "order-ledger run projections" in answer.out
        assert ask("orders", "list").out == "No orders match.\n"

    def test_an_unknown_read_model_ends_with_3_and_names_those_there_are(self, ask: Ask) -> None:
        for command in ("rebuild", "verify", "set-aside"):
            answer = ask("projections", command, "weather")

            assert answer.exit_code == 3
            assert "orders, attention" in answer.err

    def test_what_was_set_aside_is_listed_with_its_reason(
        self, ask: Ask, settings: Settings
    ) -> None:
        assert ask("projections", "set-aside", "orders").out == "orders has set nothing aside.\n"
        assert "set-aside" not in ask("projections", "list").out
        order_id = asyncio.run(_an_order_that_cannot_be_read(settings))
        asyncio.run(stand(settings))

        assert "`order-ledger projections set-aside orders`" in ask("projections", "list").out
        answer = ask("projections", "set-aside", "orders")
        assert answer.exit_code == 0, answer.err
        assert str(order_id) in answer.out
        assert "UnknownEvent" in answer.out
        verified = ask("projections", "verify", "orders")
        assert "▲ 1 order set aside; orders has only what came before" in verified.out
        assert "`order-ledger projections set-aside orders`" in verified.out
        assert ask("projections", "verify", "orders", "--json").json["orders_set_aside"] == 1
        document = ask("projections", "set-aside", "orders", "--json").json
        assert document["name"] == "orders"
        assert isinstance(document["events"], list)
        assert [event["stream"] for event in document["events"]] == [f"order/{SHOP}/{order_id}"]


class TestProcessors:
    def test_the_list_tells_lag_and_state(self, ask: Ask) -> None:
        found = ask("processors", "list", "--json").json["processors"]

        assert isinstance(found, list)
        assert {one["name"]: one["state"] for one in found} == {
            "fulfilment": "stopped",
            "refunding": "stopped",
        }
        assert "fulfilment" in ask("processors", "list").out

    def test_an_unknown_one_ends_with_3_and_names_those_there_are(self, ask: Ask) -> None:
        for command in ("retry", "set-aside"):
            answer = ask("processors", command, "weather")

            assert answer.exit_code == 3
            assert "There are: fulfilment, refunding." in answer.err

    def test_what_was_set_aside_is_listed_and_tried_anew_when_asked(
        self, ask: Ask, settings: Settings
    ) -> None:
        assert ask("processors", "retry", "fulfilment").out == (
            "fulfilment has set nothing aside.\n"
        )
        asyncio.run(_a_trigger_that_was_set_aside(settings))

        listed = ask("processors", "list").out
        assert "`order-ledger processors set-aside fulfilment`" in listed
        aside = ask("processors", "set-aside", "fulfilment")
        assert "a mistake" in aside.out
        assert "`order-ledger processors retry fulfilment`" in aside.out

        answer = ask("processors", "retry", "fulfilment", "--json")
        assert answer.json == {"name": "fulfilment", "triggers": 1}
        fulfilment, _ = asyncio.run(_standings(settings))
        assert (fulfilment.position, fulfilment.set_aside) == (4, 0)


class TestMessages:
    def test_what_was_applied_is_listed_and_shown_with_its_order(
        self, ask: Ask, settings: Settings
    ) -> None:
        asyncio.run(_take_in(settings, "order.started.v1", "order.placed.v1"))
        messages = ask("messages", "list", "--json").json["messages"]

        assert isinstance(messages, list)
        assert {message["outcome"] for message in messages} == {"applied"}
        assert "OrderPlaced" in ask("messages", "list").out
        for message in messages:
            assert message["stream"] in ask("messages", "show", message["message_id"]).out

    def test_what_came_twice_reads_as_applied_and_how_often_it_was_seen(
        self, ask: Ask, settings: Settings
    ) -> None:
        for _ in range(2):
            asyncio.run(_take_in(settings, "order.started.v1"))

        [message] = messages_of(ask, "--outcome", "applied")
        assert (message["outcome"], message["times_seen"]) == ("applied", 2)
        assert messages_of(ask, "--outcome", "duplicate") == [message]
        for command in (["list"], ["show", "order.started.v1-1"]):
            assert "Applied, seen 2 times" in ask("messages", *command).out

    def test_a_replay_of_what_was_applied_says_so(self, ask: Ask, settings: Settings) -> None:
        asyncio.run(_take_in(settings, "order.started.v1"))
        answer = ask("messages", "replay", "order.started.v1-1")

        assert answer.exit_code == 1
        assert "order.started.v1-1 was applied; there is nothing to replay" in answer.err

    def test_nothing_held_means_nothing_to_list_show_or_replay(self, ask: Ask) -> None:
        assert ask("messages", "list", "--outcome", "parked").out == "No messages match.\n"
        assert ask("messages", "show", "unknown").exit_code == 3
        assert ask("messages", "replay", "unknown").exit_code == 3

    def test_a_replay_names_messages_or_what_they_are_held_as(self, ask: Ask) -> None:
        for wrong in ([], ["m1", "--outcome", "parked"], ["--outcome", "applied"]):
            assert ask("messages", "replay", *wrong).exit_code == 2


class TestHeldMessages:
    MESSAGE_ID = "payment.received.v1-1"

    @pytest.fixture(autouse=True)
    def _parked_payment(self, settings: Settings) -> None:
        """A payment whose order has not come yet."""
        asyncio.run(_take_in(settings, "payment.received.v1"))

    def test_a_parked_message_is_listed_and_shown_with_its_reason(self, ask: Ask) -> None:
        listed = ask("messages", "list", "--outcome", "parked", "--json").json["messages"]

        assert isinstance(listed, list)
        assert [message["message_id"] for message in listed] == [self.MESSAGE_ID]
        assert "Parked" in ask("messages", "list").out
        assert listed[0]["reason"] in ask("messages", "show", self.MESSAGE_ID).out

    def test_ids_and_reasons_can_be_copied_whole_at_any_width(
        self, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "20")
        first, second = ask("messages", "list").out.splitlines()
        [message] = messages_of(ask)

        assert first.startswith(f"{self.MESSAGE_ID}  Parked, payment.received.v1, {SHOP}, ")
        assert second == f"    {message['code']}: {message['reason']}"

    def test_its_body_is_printed_only_on_request(self, ask: Ask) -> None:
        body = ask("messages", "show", self.MESSAGE_ID, "--body").out

        assert msgspec.json.decode(body)["id"] == self.MESSAGE_ID
        assert "specversion" not in ask("messages", "show", self.MESSAGE_ID).out

    def test_a_replay_that_comes_too_early_ends_with_1(self, ask: Ask) -> None:
        answer = ask("messages", "replay", self.MESSAGE_ID)

        assert answer.exit_code == 1
        assert "1 of 1 are held still" in answer.err

    def test_once_its_order_came_nothing_is_held(self, ask: Ask, settings: Settings) -> None:
        asyncio.run(_take_in(settings, "order.started.v1", "order.placed.v1"))
        ask("messages", "replay", "--outcome", "parked")

        assert ask("messages", "list", "--outcome", "parked").out == "No messages match.\n"
        assert ask("messages", "show", self.MESSAGE_ID, "--body").exit_code == 3


class TestShopsAndKeys:
    def test_a_shop_is_added_and_listed(self, ask: Ask) -> None:
        assert ask("shops", "add", "piano", "--name", "Piano shop").exit_code == 0
        shops = ask("shops", "list", "--json").json["shops"]

        assert isinstance(shops, list)
        assert [(shop["shop"], shop["name"]) for shop in shops] == [("piano", "Piano shop")]
        assert "Piano shop" in ask("shops", "list").out

    def test_a_shop_without_a_name_is_called_by_its_id(self, ask: Ask) -> None:
        ask("shops", "add", "piano")

        assert ask("shops", "list").out.count("piano") == 2

    def test_an_id_that_cannot_stand_in_a_subject_is_a_wrong_use(self, ask: Ask) -> None:
        assert ask("shops", "add", "Piano Shop").exit_code == 2

    def test_a_key_is_shown_once_and_then_only_by_its_id(self, ask: Ask) -> None:
        ask("shops", "add", "piano")
        issued = ask("keys", "add", "dashboard", "--shop", "piano", "--json").json
        listed = ask("keys", "list").out

        assert str(issued["key"]).startswith("olk_")
        assert str(issued["key_id"]) in listed
        assert str(issued["key"]) not in listed
        assert "In use" in listed

    def test_a_revoked_key_is_listed_as_such_and_cannot_be_revoked_again(self, ask: Ask) -> None:
        ask("shops", "add", "piano")
        key_id = str(ask("keys", "add", "old", "--shop", "piano", "--json").json["key_id"])

        assert ask("keys", "revoke", key_id).exit_code == 0
        assert "Revoked" in ask("keys", "list").out
        assert ask("keys", "revoke", key_id).exit_code == 3

    def test_a_key_to_an_unknown_shop_is_refused_with_its_code(self, ask: Ask) -> None:
        answer = ask("keys", "add", "dashboard", "--shop", "other")

        assert answer.exit_code == 1
        assert "unknown_shop" in answer.err

    def test_a_command_about_a_shop_says_how_to_add_the_first(self, ask: Ask) -> None:
        answer = ask("attention")

        assert answer.exit_code == 2
        assert "order-ledger shops add" in answer.err


class TestSchemaAndContracts:
    def test_applying_a_schema_that_stands_changes_nothing(self, ask: Ask) -> None:
        assert ask("schema", "apply", "--json").json == {"applied": []}
        assert ask("schema", "apply").out == "The schema is up to date.\n"

    def test_contracts_are_written_where_they_are_wanted(self, ask: Ask, tmp_path: Path) -> None:
        assert ask("contracts", "write", "--folder", str(tmp_path)).exit_code == 0
        assert (tmp_path / "asyncapi.yaml").exists()


class TestServersOfOnesOwn:
    """Reached by the database, the NATS server and the master key alone."""

    @pytest.fixture(autouse=True)
    def _nothing_else_is_said(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.delenv("DATABASE_OWNER_URL")
        monkeypatch.delenv("LEDGER_API_URL")
        monkeypatch.setenv("ORDER_LEDGER_DATA", str(tmp_path))

    @pytest.mark.usefixtures("two_orders")
    def test_are_enough_to_list_orders(self, ask: Ask) -> None:
        answer = ask("orders", "list", "--json")

        assert answer.exit_code == 0, answer.err
        assert answer.json["orders"]

    @pytest.mark.parametrize(
        ("key", "advice"), [("", "openssl rand -base64 32"), ("short", "the master key")]
    )
    def test_without_a_master_key_it_is_said_what_is_wrong(
        self, key: str, advice: str, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LEDGER_MASTER_KEY", key)
        answer = ask("orders", "list")

        assert answer.exit_code == 4
        assert answer.err.startswith("error:")
        assert advice in " ".join(answer.err.split())


async def _an_order_that_cannot_be_read(settings: Settings) -> OrderId:
    order_id = OrderId(uuid4())
    row = NewRow(new_event_id(), "OrderEaten", b'{"event":{}}')
    stream = order_stream(ShopId(SHOP), order_id)
    async with open_parts(settings) as parts:
        await parts.journal.append([Append(stream=stream, expected_version=0, rows=(row,))])
    return order_id


async def _take_in(settings: Settings, *types: str) -> None:
    async with open_parts(settings) as parts:
        await parts.shops.add(ShopId(SHOP), "Example shop")
        for name in types:
            body = msgspec.json.encode(envelope_of(name))
            await parts.intake.take([Arrival(subject_of(name), body, "")])


async def _a_trigger_that_was_set_aside(settings: Settings) -> None:
    async with (
        open_pool(settings.database_url, min_size=1, max_size=1) as pool,
        pool.connection() as connection,
    ):
        await connection.execute(
            "UPDATE followers.positions SET position = 9 WHERE name = 'fulfilment'"
        )
        found = SetAside(position=5, stream=COURSE.stream, reason="a mistake")
        await Place(connection, "fulfilment", "runner").put_aside([found])


async def _standings(settings: Settings) -> list[Standing]:
    async with open_pool(settings.database_url, min_size=1, max_size=1) as pool:
        return await standings(pool, PROCESS_MANAGERS)
