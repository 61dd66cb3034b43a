"""People's wishes: recorded once under their key, tried dry, refused, answered the same again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from msgspec.structs import replace

from adapters.bootstrap import Parts, open_parts
from adapters.commands.operating import CommandAnswer
from adapters.commands.options import CompleteOptions, NoteOptions, RerunOptions
from adapters.commands.requests import (
    KEY_CHARACTERS_MAX,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
)
from adapters.master_key import generate_master_key
from adapters.messaging.queries import MessageFilter
from adapters.postgres.codec import open_rows
from adapters.reading.order_reader import OrderUnknown
from domain.identifiers import OrderId, ShopId
from domain.message import ActorKind
from domain.order.actions import (
    ActionChanged,
    ActionNotFailed,
    ConfirmationNeeded,
    NoLatestConfiguration,
)
from domain.order.completion import NothingToRestore
from domain.order.rejections import ActionUnknown
from projections.order_view.caution_words import CautionCode
from tests.adapters.commands.given import NEW_HOOK, SECRET, STREAM, asked, publish, stand
from tests.adapters.http_api.served import settings_for
from tests.adapters.messaging.checkout import Checkout
from tests.examples import (
    COURSE_BACK,
    HOOK,
    HOOK_ACTION,
    OPERATOR,
    RECEIPT,
    RECEIPT_ACTION,
    SHOP,
    action_started,
    done,
    failed,
    paid,
    refunded,
    requested,
)
from tests.support import Database

PAID = (*paid(RECEIPT_ACTION, HOOK_ACTION), *done(RECEIPT_ACTION))
FAILED = (*PAID, requested(HOOK_ACTION), action_started(HOOK), failed(HOOK))
STRANGER = OrderId(UUID(int=1))
LATEST = RerunOptions(use_latest_configuration=True)


@asynccontextmanager
async def ledger(database: Database) -> AsyncIterator[Parts]:
    async with open_parts(settings_for(database, generate_master_key())) as parts:
        await parts.shops.add(SHOP, "Courses")
        yield parts


def events(answer: CommandAnswer) -> list[str]:
    return [fact.event for fact in answer.recorded]


def codes(answer: CommandAnswer) -> list[tuple[str, str | None]]:
    return [(caution.code.value, caution.action_id) for caution in answer.cautions]


class TestAWish:
    async def test_is_recorded_with_who_wanted_it_and_under_its_key(
        self, database: Database
    ) -> None:
        async with ledger(database) as parts:
            position = await stand(parts, *PAID)

            answer = await parts.operations.complete(asked("k-1"))

            rows = await parts.journal.read_stream(STREAM, len(PAID))
            recorded = await open_rows(rows, parts.key_ring)
        assert events(answer) == ["OrderMarkedCompleted", "ActionRequested", "ActionRequested"]
        assert (answer.version, answer.position) == (len(PAID) + 3, position + 3)
        assert [type(one.event).__name__ for one in recorded] == events(answer)
        for one in recorded:
            assert one.metadata.actor.kind is ActorKind.OPERATOR
            assert one.metadata.actor.id == OPERATOR
            assert one.metadata.command_id == "k-1"

    async def test_says_what_fires_to_whom_and_with_which_settings(
        self, database: Database
    ) -> None:
        async with ledger(database) as parts:
            await stand(parts, *PAID)

            answer = await parts.operations.complete(asked())

        assert [(one.action_id, one.recipient, one.run) for one in answer.fires] == [
            (RECEIPT, "aino@example.com", 2),
            (HOOK, "hooks.example.com", 1),
        ]
        assert answer.fires[1].settings == HOOK_ACTION.settings

    async def test_about_an_order_that_there_is_not_is_refused(self, database: Database) -> None:
        async with ledger(database) as parts:
            await stand(parts, *PAID)
            for stranger in (
                replace(asked(), shop=ShopId("others")),
                replace(asked(), order_id=STRANGER),
            ):
                for one in (stranger, replace(stranger, is_dry_run=True)):
                    with pytest.raises(OrderUnknown):
                        await parts.operations.complete(one)

    async def test_about_an_action_that_the_order_has_not_is_refused(
        self, database: Database
    ) -> None:
        async with ledger(database) as parts:
            await stand(parts, *paid(HOOK_ACTION))

            with pytest.raises(ActionUnknown):
                await parts.operations.rerun(asked(), RECEIPT)

    async def test_is_judged_on_what_the_person_saw(self, database: Database) -> None:
        async with ledger(database) as parts:
            await stand(parts, *FAILED)

            with pytest.raises(ActionChanged):
                await parts.operations.rerun(asked(), HOOK, RerunOptions(run_seen=2))
            answer = await parts.operations.rerun(
                asked(), HOOK, RerunOptions(run_seen=1, attempt_seen=1)
            )

        assert events(answer) == ["ActionRequested"]

    async def test_to_note_something_keeps_the_words_sealed(self, database: Database) -> None:
        async with ledger(database) as parts:
            await stand(parts, *PAID)

            answer = await parts.operations.note(asked(), NoteOptions(text="Aino has called."))

            [row] = await parts.journal.read_stream(STREAM, len(PAID))
        assert answer.recorded[0].says == f"Note by {OPERATOR}: Aino has called."
        assert b"called" not in row.data


class TestAKey:
    async def test_gives_its_first_answer_again_however_late(self, database: Database) -> None:
        async with ledger(database) as parts:
            await stand(parts, *FAILED)
            await publish(parts)
            first = await parts.operations.rerun(asked("k-1"), HOOK, LATEST)
            await parts.operations.complete(asked("k-2"))
            await publish(parts, None, revision=3)
            head = await parts.journal.head()

            again = await parts.operations.rerun(asked("k-1", by="pekka"), HOOK, LATEST)

            assert again == replace(first, is_repeat=True)
            assert (first.by, first.is_repeat) == (OPERATOR, False)
            assert await parts.journal.head() == head

    async def test_of_which_two_come_at_once_does_its_work_once(self, database: Database) -> None:
        async with ledger(database) as parts:
            await stand(parts, *PAID)

            answers = await asyncio.gather(
                *(parts.operations.complete(asked("k-1")) for _ in range(8))
            )

            told = [replace(answer, is_repeat=False) for answer in answers]
            assert all(answer == told[0] for answer in told)
            assert sorted(answer.is_repeat for answer in answers) == [False, *[True] * 7]
            assert len(await parts.journal.read_stream(STREAM)) == len(PAID) + 3

    async def test_stands_for_one_request_alone(self, database: Database) -> None:
        async with ledger(database) as parts:
            await stand(parts, *PAID)
            await parts.operations.complete(asked("k-1"))
            operations, one = parts.operations, asked("k-1")
            for other in (
                operations.complete(one, CompleteOptions(run_actions=False)),
                operations.rerun(one, RECEIPT),
                operations.rerun(one, HOOK),
                operations.note(one, NoteOptions(text="Called.")),
                operations.complete(replace(one, order_id=STRANGER)),
            ):
                with pytest.raises(IdempotencyKeyReused):
                    await other
            assert len(await parts.journal.read_stream(STREAM)) == len(PAID) + 3

    async def test_of_another_shop_is_another_key(self, database: Database) -> None:
        async with ledger(database) as parts:
            await stand(parts, *PAID)
            await parts.operations.complete(asked("k-1"))

            with pytest.raises(OrderUnknown):
                await parts.operations.complete(replace(asked("k-1"), shop=ShopId("others")))

    async def test_of_a_refused_wish_may_be_used_again(self, database: Database) -> None:
        async with ledger(database) as parts:
            await stand(parts, *PAID)
            head = await parts.journal.head()
            with pytest.raises(ConfirmationNeeded):
                await parts.operations.rerun(asked("k-1"), RECEIPT)
            assert await parts.journal.head() == head

            answer = await parts.operations.rerun(
                asked("k-1"), RECEIPT, RerunOptions(confirmed=True)
            )

        assert events(answer) == ["ActionRequested"]

    @pytest.mark.parametrize("key", ["", " ", "ä", "a\n", "a b", "k" * (KEY_CHARACTERS_MAX + 1)])
    async def test_is_visible_and_of_bounded_length(self, database: Database, key: str) -> None:
        async with ledger(database) as parts:
            await stand(parts, *PAID)

            with pytest.raises(IdempotencyKeyInvalid):
                await parts.operations.complete(asked(key))

    async def test_is_no_message_and_meets_none(self, database: Database) -> None:
        async with ledger(database) as parts:
            checkout = Checkout(SHOP)
            order = [checkout.started(), checkout.placed(), checkout.paid()]
            await parts.intake.take([sent.arrival for sent in order])
            paying = order[-1].message_id

            wish = replace(asked(paying), order_id=checkout.order_id)
            answer = await parts.operations.complete(wish, CompleteOptions(run_actions=False))

            assert events(answer) == ["OrderMarkedCompleted"]
            again = await parts.operations.complete(wish, CompleteOptions(run_actions=False))
            assert again == replace(answer, is_repeat=True)
            found = await parts.messages.find(MessageFilter(shops=(SHOP,)))
            assert {one.message_id for one in found} == {sent.message_id for sent in order}
            about = MessageFilter(shops=(SHOP,), order_id=checkout.order_id)
            assert len(await parts.messages.find(about)) == len(order)


class TestADryRun:
    async def test_records_nothing_and_needs_no_key(self, database: Database) -> None:
        async with ledger(database) as parts:
            position = await stand(parts, *PAID)
            dry = asked("", is_dry_run=True)

            for answer in (
                await parts.operations.complete(dry),
                await parts.operations.rerun(dry, HOOK),
                await parts.operations.note(dry, NoteOptions(text="Called.")),
            ):
                assert answer.is_dry_run
                assert (answer.version, answer.position) == (len(PAID), position)
            assert await parts.journal.head() == position

    async def test_says_what_the_wish_itself_then_says(self, database: Database) -> None:
        async with ledger(database) as parts:
            await stand(parts, *FAILED)
            await publish(parts)
            dry = await parts.operations.rerun(asked("", is_dry_run=True), HOOK, LATEST)

            real = await parts.operations.rerun(asked(), HOOK, LATEST)

        assert dry.recorded == real.recorded
        assert dry.fires == real.fires
        assert dry.cautions == real.cautions

    async def test_is_refused_as_the_wish_itself_would_be(self, database: Database) -> None:
        async with ledger(database) as parts:
            await stand(parts, *PAID)
            dry = asked("", is_dry_run=True)

            with pytest.raises(ConfirmationNeeded):
                await parts.operations.rerun(dry, RECEIPT)
            with pytest.raises(NothingToRestore):
                await parts.operations.complete(dry, CompleteOptions(restore_refunded_data=True))

    async def test_says_what_restoring_does(self, database: Database) -> None:
        async with ledger(database) as parts:
            await stand(parts, *paid(), *refunded(COURSE_BACK))
            dry = asked("", is_dry_run=True)

            answer = await parts.operations.complete(
                dry, CompleteOptions(restore_refunded_data=True)
            )

        assert codes(answer) == [(CautionCode.DATA_RESTORED, None)]
        assert "becomes 140.00 EUR again (now 40.00 EUR)" in answer.cautions[0].says


class TestTheLatestConfiguration:
    async def test_is_found_and_shown_field_by_field_without_its_secrets(
        self, database: Database
    ) -> None:
        async with ledger(database) as parts:
            await stand(parts, *FAILED)
            await publish(parts)

            answer = await parts.operations.rerun(asked(), HOOK, LATEST)

            order = (await parts.order_store.refresh([STREAM]))[STREAM].order
        assert order.actions_by_id[HOOK].settings == NEW_HOOK
        [firing] = answer.fires
        [difference] = firing.differences
        assert (firing.revision, difference.field) == (2, "url")
        assert difference.before == "https://hooks.example.com/a"
        assert difference.after == "https://hooks.example.com/b?•••"
        assert SECRET not in str(answer)

    async def test_serves_completing_too(self, database: Database) -> None:
        async with ledger(database) as parts:
            await stand(parts, *FAILED)
            await publish(parts)
            options = CompleteOptions(use_latest_configuration=True)

            answer = await parts.operations.complete(asked(), options)

        assert events(answer)[0] == "ActionReconfigured"
        assert answer.fires[1].revision == 2

    async def test_that_vanished_stops_a_rerun_that_wants_it(self, database: Database) -> None:
        async with ledger(database) as parts:
            await stand(parts, *FAILED)
            await publish(parts)
            await publish(parts, None, revision=3)

            with pytest.raises(NoLatestConfiguration):
                await parts.operations.rerun(asked(), HOOK, LATEST)
            assert events(await parts.operations.rerun(asked(), HOOK)) == ["ActionRequested"]

    async def test_that_vanished_leaves_completing_with_what_there_is(
        self, database: Database
    ) -> None:
        async with ledger(database) as parts:
            await stand(parts, *FAILED)
            await publish(parts)
            await publish(parts, None, revision=3)
            options = CompleteOptions(use_latest_configuration=True)

            answer = await parts.operations.complete(asked(), options)

        assert "ActionReconfigured" not in events(answer)
        assert (CautionCode.SETTINGS_GONE, HOOK) in codes(answer)
        assert answer.fires[1].settings == HOOK_ACTION.settings

    async def test_that_comes_back_later_does_not_change_the_answer(
        self, database: Database
    ) -> None:
        async with ledger(database) as parts:
            await stand(parts, *FAILED)
            options = CompleteOptions(use_latest_configuration=True)
            first = await parts.operations.complete(asked(), options)
            await publish(parts, revision=3)

            again = await parts.operations.complete(asked(), options)

        assert (CautionCode.SETTINGS_GONE, HOOK) in codes(first)
        assert again == replace(first, is_repeat=True)

    async def test_is_only_for_what_has_failed(self, database: Database) -> None:
        async with ledger(database) as parts:
            await stand(parts, *PAID)
            await publish(parts)

            with pytest.raises(ActionNotFailed):
                await parts.operations.rerun(asked(), HOOK, LATEST)
