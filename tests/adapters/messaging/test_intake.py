"""What becomes of each message of a batch, in a real database."""

import json
from datetime import UTC, datetime
from secrets import token_hex
from uuid import UUID

import pytest

from adapters.messaging.contracts import BODY_BYTES_MAX
from adapters.messaging.examples import DATA_BY_TYPE, SETTING_ID
from adapters.messaging.held import EXCERPT_BYTES
from adapters.messaging.queries import MessageFilter
from adapters.messaging.verdicts import Outcome
from domain.identifiers import OrderId, SettingId, ShopId, setting_stream
from tests.adapters.messaging.checkout import SHOP, Checkout, Sent, rewritten
from tests.adapters.messaging.taken import new_intake, taken
from tests.support import Database

FOUR = ["OrderStarted", "OrderPlaced", "PaymentStarted", "PaymentReceived"]


def setting_message(message_type: str, **changes: object) -> Sent:
    suffix = message_type.replace(".", "-")
    message = {
        "specversion": "1.0",
        "id": f"{message_type} {changes}",
        "source": f"/checkout/{SHOP}",
        "type": message_type,
        "subject": SETTING_ID,
        "time": datetime.now(UTC).isoformat(),
        "data": DATA_BY_TYPE[message_type] | changes,
    }
    subject = f"checkout.{SHOP}.config.{SETTING_ID}.{suffix}"
    return Sent(subject, str(message["id"]), json.dumps(message).encode())


class TestABatch:
    async def test_becomes_the_facts_of_its_orders(self, database: Database) -> None:
        first, second = Checkout(), Checkout()
        async with taken(database.url) as parts:
            mixed = [m for pair in zip(first.all(), second.all(), strict=True) for m in pair]
            await parts.take(*mixed)

            assert await parts.events(first.stream) == FOUR
            assert await parts.events(second.stream) == FOUR
            assert {o for sent in mixed for o in await parts.outcome(sent)} == {"applied"}

    async def test_says_in_each_fact_which_message_caused_it(self, database: Database) -> None:
        checkout = Checkout()
        async with taken(database.url) as parts:
            started = checkout.started()
            await parts.take(started)

            (row,) = await parts.journal.read_stream(checkout.stream)
            assert json.loads(row.data)["metadata"] == {
                "actor": {"kind": "checkout", "id": SHOP},
                "causation_id": started.message_id,
                "command_id": started.message_id,
                "correlation_id": started.message_id,
            }

    async def test_may_hold_settings_of_actions_too(self, database: Database) -> None:
        checkout = Checkout()
        async with taken(database.url) as parts:
            await parts.take(
                setting_message("action.configured.v1"),
                checkout.started(),
                setting_message("action.configuration_removed.v1"),
            )

            stream = setting_stream(SHOP, SettingId(SETTING_ID))
            assert await parts.events(stream) == ["ActionConfigured", "ActionConfigurationRemoved"]
            assert await parts.events(checkout.stream) == ["OrderStarted"]

    async def test_with_more_events_than_one_append_may_have_goes_through(
        self, database: Database
    ) -> None:
        checkout = Checkout()
        payments = [
            checkout.message("payment.started.v1", {"payment_id": f"payment-{number}"})
            for number in range(1_100)
        ]
        async with taken(database.url) as parts:
            await parts.take(checkout.started(), checkout.placed(), *payments)

            events = await parts.events(checkout.stream)
            assert events.count("PaymentStarted") == len(payments)
            assert await parts.held() == []

    async def test_goes_through_beside_another_writer_of_the_same_order(
        self, database: Database
    ) -> None:
        checkout = Checkout()
        async with taken(database.url) as parts:
            await parts.take(checkout.started())
            other = new_intake(parts.pool)
            await other.take([checkout.placed().arrival])
            await parts.take(checkout.message("payment.started.v1"), checkout.paid())

            assert await parts.events(checkout.stream) == FOUR
            assert await parts.held() == []


class TestADuplicate:
    async def test_changes_nothing_and_is_counted(self, database: Database) -> None:
        checkout = Checkout()
        batch = checkout.all()
        async with taken(database.url) as parts:
            await parts.take(*batch)
            await parts.take(*batch)
            await parts.take(batch[1])

            assert await parts.events(checkout.stream) == FOUR
            assert [row.times_seen for row in await parts.rows(batch[1])] == [3]
            assert await parts.outcome(batch[1]) == ["applied"]
            assert await parts.held() == []

    async def test_in_the_same_batch_is_one_too(self, database: Database) -> None:
        checkout = Checkout()
        started = checkout.started()
        async with taken(database.url) as parts:
            await parts.take(started, started, checkout.placed(), started)

            assert await parts.events(checkout.stream) == ["OrderStarted", "OrderPlaced"]
            assert [row.times_seen for row in await parts.rows(started)] == [3]

    async def test_is_known_for_ever_also_to_a_new_process(self, database: Database) -> None:
        checkout = Checkout()
        batch = checkout.all()
        async with taken(database.url) as parts:
            await parts.take(*batch)
            await new_intake(parts.pool).take([sent.arrival for sent in batch])

            assert await parts.events(checkout.stream) == FOUR

    async def test_of_a_form_that_was_revised_since_does_not_bring_it_back(
        self, database: Database
    ) -> None:
        checkout = Checkout()
        first = checkout.placed()
        async with taken(database.url) as parts:
            await parts.take(checkout.started(), first, checkout.placed(country="SE"))
            await parts.take(first)
            await parts.take(checkout.paid())
            await parts.take(first)

            assert await parts.events(checkout.stream) == [
                "OrderStarted",
                "OrderPlaced",
                "OrderRevised",
                "PaymentReceived",
            ]
            assert [row.times_seen for row in await parts.rows(first)] == [3]
            assert await parts.held() == []

    async def test_may_be_laid_out_otherwise(self, database: Database) -> None:
        checkout = Checkout()
        started = checkout.started()
        indented = json.dumps(json.loads(started.body), indent=2).encode()
        async with taken(database.url) as parts:
            await parts.take(started)
            await parts.take(started._replace(body=indented))

            assert [row.times_seen for row in await parts.rows(started)] == [2]
            assert await parts.outcome(started) == ["applied"]


class TestTheSameIdWithOtherContent:
    async def test_is_quarantined_and_what_was_applied_stays(self, database: Database) -> None:
        checkout = Checkout()
        payment = checkout.paid()
        async with taken(database.url) as parts:
            await parts.take(checkout.started(), checkout.placed(), payment)
            await parts.take(rewritten(payment, method="invoice"))

            assert await parts.outcome(payment) == ["applied", "quarantined"]
            assert await parts.held() == [(payment.message_id, "quarantined", "id_reused")]

    async def test_in_the_same_batch_only_the_first_counts(self, database: Database) -> None:
        checkout = Checkout()
        started = checkout.started()
        async with taken(database.url) as parts:
            await parts.take(started, rewritten(started, currency="SEK"), checkout.placed())

            assert await parts.events(checkout.stream) == ["OrderStarted", "OrderPlaced"]
            assert await parts.held() == [(started.message_id, "quarantined", "id_reused")]

    async def test_of_another_shop_is_another_message(self, database: Database) -> None:
        here, there = Checkout(), Checkout("other")
        async with taken(database.url) as parts:
            await parts.serve("other")
            await parts.take(
                here.message("order.started.v1", id="1"), there.message("order.started.v1", id="1")
            )

            assert await parts.events(here.stream) == ["OrderStarted"]
            assert await parts.events(there.stream) == ["OrderStarted"]


class TestAnEarlyMessage:
    async def test_waits_for_its_order_and_is_applied_when_it_comes(
        self, database: Database
    ) -> None:
        checkout = Checkout()
        payment = checkout.paid()
        async with taken(database.url) as parts:
            await parts.take(payment)
            assert await parts.held() == [(payment.message_id, "parked", "order_not_placed")]

            await parts.take(checkout.started())
            assert await parts.outcome(payment) == ["parked"]

            await parts.take(checkout.placed())
            assert await parts.events(checkout.stream) == [
                "OrderStarted",
                "OrderPlaced",
                "PaymentReceived",
            ]
            assert await parts.outcome(payment) == ["applied"]
            assert await parts.held() == []

    async def test_is_not_hidden_by_bad_messages_of_its_order(
        self, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("adapters.messaging.intake.HELD_MAX", 3)
        checkout = Checkout()
        async with taken(database.url) as parts:
            await parts.take(checkout.started(), *(checkout.raw(b"{") for _ in range(4)))
            await parts.take(checkout.paid())
            await parts.take(checkout.placed())

            assert (await parts.events(checkout.stream))[-1] == "PaymentReceived"

    async def test_is_applied_at_once_if_its_order_is_in_the_same_batch(
        self, database: Database
    ) -> None:
        checkout = Checkout()
        async with taken(database.url) as parts:
            await parts.take(*reversed(checkout.all()))

            assert sorted(await parts.events(checkout.stream)) == sorted(FOUR)
            assert await parts.held() == []

    async def test_is_applied_after_a_restart_too(self, database: Database) -> None:
        checkout = Checkout()
        payment = checkout.paid()
        async with taken(database.url) as parts:
            await parts.take(payment)
            await new_intake(parts.pool).take(
                [checkout.started().arrival, checkout.placed().arrival]
            )

            assert await parts.outcome(payment) == ["applied"]

    async def test_is_found_by_the_walk_if_its_fact_came_by_another_way(
        self, database: Database
    ) -> None:
        checkout = Checkout()
        payment = checkout.paid()
        async with taken(database.url) as parts:
            await parts.take(payment)
            await parts.run("UPDATE messages.held SET stream = 'elsewhere'")
            await parts.take(checkout.started(), checkout.placed())
            assert await parts.outcome(payment) == ["parked"]

            last = await parts.intake.take_parked(0)
            assert await parts.outcome(payment) == ["applied"]
            assert await parts.intake.take_parked(last) == 0

    async def test_that_comes_twice_waits_once(self, database: Database) -> None:
        checkout = Checkout()
        payment = checkout.paid()
        async with taken(database.url) as parts:
            await parts.take(payment)
            await parts.take(payment)

            assert [row.times_seen for row in await parts.rows(payment)] == [2]
            await parts.take(checkout.started(), checkout.placed())
            assert (await parts.events(checkout.stream)).count("PaymentReceived") == 1

    async def test_needs_a_look_after_a_while(self, database: Database) -> None:
        payment = Checkout().paid()
        async with taken(database.url) as parts:
            await parts.take(payment)
            assert [row.needs_look for row in await parts.rows(payment)] == [False]

            await parts.run(
                "UPDATE messages.held SET received_at = received_at - interval '11 min'"
            )
            assert [row.needs_look for row in await parts.rows(payment)] == [True]

    async def test_of_a_quarantined_form_waits_while_others_go_on(self, database: Database) -> None:
        checkout, other = Checkout(), Checkout()
        form, payment = checkout.placed(total=1), checkout.paid()
        async with taken(database.url) as parts:
            await parts.take(checkout.started(), form, payment, *other.all())

            assert await parts.outcome(form) == ["quarantined"]
            assert await parts.outcome(payment) == ["parked"]
            assert await parts.events(other.stream) == FOUR

    async def test_does_not_stand_twice_if_the_process_died_before_it_was_released(
        self, database: Database
    ) -> None:
        checkout = Checkout()
        payment = checkout.paid()
        async with taken(database.url) as parts:
            await parts.take(payment)
            kept = await parts.run("TABLE messages.held")
            await parts.take(checkout.started(), checkout.placed())
            marks = ", ".join(["%s"] * len(kept[0]))
            await parts.run(
                f"INSERT INTO messages.held OVERRIDING SYSTEM VALUE VALUES ({marks})",  # noqa: S608
                kept[0],
            )
            await parts.intake.take_parked(0)

            assert (await parts.events(checkout.stream)).count("PaymentReceived") == 1
            assert await parts.held() == []


def bad_messages() -> dict[str, tuple[Sent, str]]:
    """Name what can be wrong with a message, and the code that says so."""
    checkout = Checkout()
    line = DATA_BY_TYPE["order.placed.v1"]["lines"][0]
    many = [line | {"line_id": f"line-{number}"} for number in range(1_001)]
    v9 = checkout.message("order.placed.v1", type="order.placed.v9")
    return {
        "not json": (checkout.raw(b"order placed"), "not_json"),
        "unknown type": (
            checkout.message("order.placed.v1", type="order.pondered.v1"),
            "unknown_type",
        ),
        "unknown version": (v9, "unknown_version"),
        "unknown field": (checkout.placed(gift=True), "invalid_content"),
        "other specversion": (
            checkout.message("order.placed.v1", specversion="2.0"),
            "invalid_envelope",
        ),
        "wrong shop": (checkout.message("order.placed.v1", source="/checkout/other"), "wrong_shop"),
        "unknown shop": (Checkout("nobody").placed(), "unknown_shop"),
        "wrong subject": (
            checkout.placed()._replace(subject=checkout.paid().subject),
            "wrong_subject",
        ),
        "currency mixed": (
            checkout.paid(payment_id="x", amount={"amount": 12500, "currency": "SEK"}),
            "wrong_currency",
        ),
        "sums that do not add up": (checkout.placed(total=12499), "total_does_not_add_up"),
        "2 MB": (checkout.raw(b" " * 2_000_000), "body_too_large"),
        "1,001 lines": (checkout.placed(lines=many), "invalid_content"),
        "nul": (checkout.placed(number="10\x0042"), "nul_character"),
        "lone surrogate": (
            checkout.raw(checkout.placed().body.replace(b'"1042"', b'"\\ud800"')),
            "not_json",
        ),
        "year 9999": (
            checkout.message("order.placed.v1", time="9999-12-31T23:59:59Z"),
            "implausible_time",
        ),
        "order twice": (
            checkout.message("order.started.v1", {"currency": "SEK"}),
            "order_differs",
        ),
    }


class TestABadMessage:
    @pytest.mark.parametrize("wrong", list(bad_messages()))
    async def test_is_quarantined_and_the_others_of_its_batch_go_through(
        self, wrong: str, database: Database
    ) -> None:
        bad, code = bad_messages()[wrong]
        checkout = Checkout()
        checkout.order_id = OrderId(UUID(bad.subject.split(".")[3]))
        same, other = checkout.all(), Checkout()
        async with taken(database.url) as parts:
            await parts.take(*same[:2], bad, *same[2:], *other.all())

            ((_, outcome, found),) = await parts.held()
            assert (outcome, found) == ("quarantined", code)
            assert await parts.events(checkout.stream) == FOUR
            assert await parts.events(other.stream) == FOUR

    async def test_without_an_id_is_another_one_under_another_subject(
        self, database: Database
    ) -> None:
        one, other = (Checkout().raw(b"{")._replace(message_id="") for _ in range(2))
        async with taken(database.url) as parts:
            await parts.take(one, other, one)

            held = await parts.held()
            assert len({message_id for message_id, _, _ in held}) == len(held) == 2

    async def test_that_can_not_be_read_is_named_as_well_as_it_can_be(
        self, database: Database
    ) -> None:
        checkout = Checkout()
        half = checkout.raw(b'{"id": "m-1", "type": "order.placed.v1", "data": {"number": 1}}')
        nothing = checkout.raw(b"")
        headless = nothing._replace(message_id="", body=b"x")
        async with taken(database.url) as parts:
            await parts.take(half, nothing, headless)

            rows = await parts.messages.find(MessageFilter(shops=None))
            assert {row.stream for row in rows} == {checkout.stream}
            ids = sorted(row.message_id for row in rows)
            assert ids[0] == min("m-1", nothing.message_id)
            assert {"m-1", nothing.message_id} < set(ids)
            assert ids[-1].startswith("unnamed-")

    async def test_under_an_endless_subject_is_kept_too(self, database: Database) -> None:
        shop, order, message_id = (token_hex(1_500) for _ in range(3))
        subject = f"checkout.{shop}.order.{order}.order-placed-v1"
        bad = Checkout().raw(b"")._replace(subject=subject, message_id=message_id)
        async with taken(database.url) as parts:
            await parts.take(bad)

            ((_, outcome, code),) = await parts.held()
            assert (outcome, code) == ("quarantined", "not_json")

    async def test_that_comes_again_is_kept_once(self, database: Database) -> None:
        bad = Checkout().raw(b"order placed")
        async with taken(database.url) as parts:
            await parts.take(bad, bad)
            await parts.take(bad)

            assert [row.times_seen for row in await parts.rows(bad)] == [3]

    async def test_is_sealed_in_its_table_and_opened_for_those_with_the_right(
        self, database: Database
    ) -> None:
        bad = Checkout().placed(gift=True)
        async with taken(database.url) as parts:
            await parts.take(bad)

            ((stored,),) = await parts.run("SELECT body FROM messages.held")
            assert b"maija@example.com" in bad.body
            assert b"maija" not in stored
            (row,) = await parts.rows(bad)
            assert await parts.messages.body_of(row) == bad.body

    async def test_that_is_too_large_keeps_its_beginning_and_its_size(
        self, database: Database
    ) -> None:
        large = Checkout().raw(b"abcdefgh" * (BODY_BYTES_MAX // 4))
        async with taken(database.url) as parts:
            await parts.take(large)

            (row,) = await parts.rows(large)
            assert row.body_bytes == len(large.body)
            assert await parts.messages.body_of(row) == large.body[:EXCERPT_BYTES]
            assert await parts.messages.replay([row]) == []
            assert [row.code for row in await parts.rows(large)] == ["body_too_large"]


class TestAnOrderThatComesTwice:
    async def test_under_a_new_id_is_applied_without_new_facts(self, database: Database) -> None:
        checkout = Checkout()
        started, again = checkout.started(), checkout.started()
        async with taken(database.url) as parts:
            await parts.take(started, again)

            assert await parts.events(checkout.stream) == ["OrderStarted"]
            for sent, facts in ((started, ("OrderStarted",)), (again, ())):
                (row,) = await parts.rows(sent)
                assert (row.outcome, row.stream, row.facts) == ("applied", checkout.stream, facts)


class TestReplaying:
    async def test_applies_what_was_quarantined_once_the_reason_is_gone(
        self, database: Database
    ) -> None:
        late = Checkout("late-shop")
        async with taken(database.url) as parts:
            started = late.started()
            await parts.take(started)
            (row,) = await parts.rows(started)
            assert row.code == "unknown_shop"

            await parts.serve("late-shop")
            (replayed,) = await parts.messages.replay([row])

            assert replayed.outcome is Outcome.APPLIED
            assert await parts.events(late.stream) == ["OrderStarted"]
            assert await parts.outcome(started) == ["applied"]

    async def test_leaves_what_can_still_not_succeed_where_it_is(self, database: Database) -> None:
        bad = Checkout().placed(gift=True)
        async with taken(database.url) as parts:
            await parts.take(bad)
            (before,) = await parts.rows(bad)
            (replayed,) = await parts.messages.replay([before])

            assert replayed.outcome is Outcome.QUARANTINED
            assert await parts.rows(bad) == [before]

    async def test_parks_what_is_early_now(self, database: Database) -> None:
        late = Checkout("late-shop")
        payment = late.paid()
        async with taken(database.url) as parts:
            await parts.take(payment)
            await parts.serve("late-shop")
            (replayed,) = await parts.messages.replay(await parts.rows(payment))
            assert replayed.outcome is Outcome.PARKED

            await parts.take(late.started(), late.placed())
            assert await parts.outcome(payment) == ["applied"]

    async def test_is_not_needed_when_the_publisher_sends_it_again(
        self, database: Database
    ) -> None:
        late = Checkout("late-shop")
        started = late.started()
        async with taken(database.url) as parts:
            await parts.take(started)
            await parts.serve("late-shop")
            await parts.take(started)

            assert await parts.outcome(started) == ["applied"]


class TestListing:
    async def test_names_the_order_of_a_message_without_facts_too(self, database: Database) -> None:
        checkout = Checkout()
        started, again = checkout.started(), checkout.started()
        async with taken(database.url) as parts:
            await parts.take(started)
            await parts.take(again)

            rows = await parts.messages.find(MessageFilter(shops=None, outcome=Outcome.APPLIED))
            found = [(row.message_id, row.stream, row.facts) for row in rows]
            assert found == [
                (again.message_id, checkout.stream, ()),
                (started.message_id, checkout.stream, ("OrderStarted",)),
            ]

    async def test_gives_the_newest_of_all_shops_up_to_the_limit(self, database: Database) -> None:
        orders = [Checkout(), Checkout("other"), Checkout()]
        async with taken(database.url) as parts:
            await parts.serve("other")
            for checkout in orders:
                await parts.take(checkout.started())

            rows = await parts.messages.find(MessageFilter(shops=None, limit=2))
            assert [row.stream for row in rows] == [orders[2].stream, orders[1].stream]

    async def test_shows_what_is_stuck_first_then_what_was_applied_lately(
        self, database: Database
    ) -> None:
        checkout = Checkout()
        batch = checkout.all()
        bad, early = checkout.placed(gift=True), Checkout().paid()
        async with taken(database.url) as parts:
            await parts.take(*batch, bad, early)
            await parts.take(batch[0])

            rows = await parts.messages.find(MessageFilter(shops=(SHOP,)))
            assert [row.message_id for row in rows] == [
                early.message_id,
                bad.message_id,
                *[sent.message_id for sent in reversed(batch)],
            ]
            assert [row.outcome.value for row in rows] == [
                "parked",
                "quarantined",
                "applied",
                "applied",
                "applied",
                "applied",
            ]
            assert [row.times_seen for row in rows[-2:]] == [1, 2]
            assert rows[-1].facts == ("OrderStarted",)

    @pytest.mark.parametrize("outcome", list(Outcome))
    async def test_may_ask_for_one_outcome(self, outcome: Outcome, database: Database) -> None:
        checkout = Checkout()
        batch = checkout.all()
        async with taken(database.url) as parts:
            await parts.take(*batch, checkout.placed(gift=True), Checkout().paid())
            await parts.take(batch[0])

            rows = await parts.messages.find(MessageFilter(shops=None, outcome=outcome))
            if outcome is Outcome.DUPLICATE:
                assert [row.message_id for row in rows] == [batch[0].message_id]
            else:
                assert {row.outcome for row in rows} == {outcome}

    async def test_may_ask_for_one_order(self, database: Database) -> None:
        checkout, other = Checkout(), Checkout()
        bad = checkout.placed(gift=True)
        async with taken(database.url) as parts:
            await parts.take(*checkout.all(), bad, *other.all(), other.placed(gift=True))

            wanted = MessageFilter(shops=(SHOP,), order_id=checkout.order_id)
            for anyone in (wanted, MessageFilter(shops=None, order_id=checkout.order_id)):
                rows = await parts.messages.find(anyone)
                assert {row.stream for row in rows} == {checkout.stream}
                assert len(rows) == 5

    async def test_never_shows_another_shops_messages(self, database: Database) -> None:
        async with taken(database.url) as parts:
            checkout = Checkout()
            bad = checkout.placed(gift=True)
            await parts.take(checkout.started(), bad)

            elsewhere = (ShopId("other"),)
            assert await parts.messages.find(MessageFilter(shops=elsewhere)) == []
            assert await parts.messages.show(elsewhere, bad.message_id) == []
