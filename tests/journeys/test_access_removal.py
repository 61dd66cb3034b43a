"""What becomes of a customer's course access when an order is refunded, from the wish to Kajabi."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from msgspec.structs import replace

from adapters.clock import utc_now
from adapters.commands.requests import OrderRequester
from adapters.running.worker import Taken
from domain.configuration.settings import KajabiGrant
from domain.identifiers import RefundId, order_id_of
from domain.order.attention import AttentionKind
from domain.order.commands.lifecycle import CompleteOrder, EraseCustomerData
from domain.order.commands.transfers import ReportTransferDone, ReportTransferFailed
from domain.order.running import ATTEMPT_LEASE
from domain.order.stages import ActionStage, OrderStatus
from domain.order.state import Order
from scripts.receivers.book import Effect
from scripts.receivers.trouble import Kind, Trouble
from tests.examples import (
    BUMP,
    CLUB,
    GRANT,
    GRANT_ACTION,
    OPERATOR,
    REFUND,
    SHOP,
    TRANSFER,
    back,
)
from tests.journeys.school import REMOVAL, school
from tests.sandbox_program import SandboxProgram, sandbox_program
from tests.support import Database

GRACE = timedelta(minutes=5)
GIVEN, TAKEN, GONE = (
    ("activate", Effect.DONE),
    ("deactivate", Effect.DONE),
    ("deactivate", Effect.KNOWN),
)
REFUND_OF_BUMP = RefundId("refund-of-bump")
GIVEN_TWICE = [GIVEN, ("activate", Effect.KNOWN)]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProgram]:
    with sandbox_program(tmp_path_factory.mktemp("sandbox")) as program:
        yield program


def asks(order: Order, *, after: timedelta = GRACE) -> list[tuple[AttentionKind, str]]:
    return [(one.kind, one.code) for one in order.attention_reasons(utc_now() + after, GRACE)]


def replace_now(taken: Taken, later: timedelta) -> Taken:
    """Let time pass before an attempt is carried out."""
    item = taken.item
    return taken._replace(item=item._replace(claimed_at=item.claimed_at + later))


class TestARefundThatRemovesAccess:
    async def test_takes_it_back_by_what_was_kept_with_the_grant(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            order = await shop.granted(1, shop.course("taken"))
            [held] = await shop.access(order)
            await shop.refund(order)
            [leaving] = await shop.access(order)
            await shop.work()
            removal = await shop.action(order)
            after = await shop.access(order)
        assert (held.offer, held.product, held.is_held, held.is_leaving) == (
            "taken",
            "Course",
            True,
            False,
        )
        assert leaving == replace(held, is_leaving=True)
        assert after == []
        assert removal.stage is ActionStage.SUCCEEDED
        assert removal.answer is not None
        assert removal.answer.recipient == "aino@example.com"
        assert shop.calls("taken") == [GIVEN, TAKEN]

    async def test_takes_it_back_by_the_api_where_it_was_granted_by_it(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            order = await shop.granted(1, KajabiGrant(offer_name="A", offer_id="7001"))
            await shop.refund(order)
            await shop.work()
            assert (await shop.action(order)).stage is ActionStage.SUCCEEDED
        revoked = sandbox.received("kajabi-api")[-1]
        assert (revoked.words, revoked.effect) == ("revoked", Effect.DONE)
        assert revoked.key == "revoke 7001 aino@example.com"

    async def test_is_done_when_kajabi_says_that_it_is_gone_already(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            order = await shop.granted(1, shop.course("gone"))
            await shop.refund(order)
            await shop.work()
            await shop.rerun(order)
            await shop.work()
            assert (await shop.action(order)).stage is ActionStage.SUCCEEDED
        assert shop.calls("gone") == [GIVEN, TAKEN, GONE]

    async def test_keeps_at_it_while_kajabi_has_trouble(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            order = await shop.granted(1, shop.course("trouble"))
            await shop.refund(order)
            sandbox.trouble(Trouble(target="kajabi/trouble", kind=Kind.LOST, next=1))
            await shop.work()
            failed = await shop.action(order)
            await shop.rerun(order)
            await shop.work()
            removal = await shop.action(order)
        assert (failed.stage, failed.code) == (ActionStage.RETRYING, "connection_lost")
        assert removal.stage is ActionStage.SUCCEEDED
        assert shop.calls("trouble") == [GIVEN, TAKEN, GONE]


class TestAccessThatAnotherOrderJustifies:
    async def test_is_spared_and_the_order_says_by_which(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            course = shop.course("spared")
            first = await shop.granted(1, course)
            await shop.granted(2, course, email="Aino@Example.com")
            await shop.refund(first)
            await shop.work()
            removal, order = await shop.action(first), await shop.order(first)
            told = await shop.history(first)
        assert (removal.stage, removal.called_off) == (
            ActionStage.CANCELLED,
            "access_still_justified",
        )
        assert removal.justified_by is not None
        assert (removal.justified_by.number, removal.justified_by.action) == ("2", "Course access")
        assert told == (
            "Remove access: Course access: run 1 called off, as another purchase still gives this "
            "access: Course access of order 2"
        )
        assert shop.calls("spared") == GIVEN_TWICE
        assert order.status is OrderStatus.PARTIALLY_REFUNDED
        assert asks(order) == []

    async def test_is_spared_again_however_often_the_removal_is_run_again(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            course = shop.course("again")
            first = await shop.granted(1, course)
            await shop.granted(2, course)
            await shop.refund(first)
            await shop.work()
            await shop.rerun(first)
            await shop.take()
            await shop.rerun(first)
            await shop.work()
            removal = await shop.action(first)
        assert (removal.stage, removal.run) == (ActionStage.CANCELLED, 3)
        assert shop.calls("again") == GIVEN_TWICE

    async def test_goes_once_that_order_is_refunded_too(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            course = shop.course("both")
            first, second = await shop.granted(1, course), await shop.granted(2, course)
            for order in (first, second):
                await shop.refund(order)
                await shop.work()
            assert (await shop.action(first)).stage is ActionStage.CANCELLED
            assert (await shop.action(second)).stage is ActionStage.SUCCEEDED
            assert await shop.access(first) == []
        assert shop.calls("both") == [*GIVEN_TWICE, TAKEN]

    async def test_goes_when_both_are_refunded_at_the_same_time(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            course = shop.course("at-once")
            orders = [await shop.granted(1, course), await shop.granted(2, course)]
            for order in orders:
                await shop.refund(order)
            await shop.work()
            removals = [await shop.action(order) for order in orders]
        assert [one.stage for one in removals] == [ActionStage.SUCCEEDED] * 2
        assert shop.calls("at-once") == [*GIVEN_TWICE, TAKEN, GONE]

    async def test_is_left_alone_while_that_order_is_only_about_to_give_it(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            course = shop.course("soon")
            first = await shop.granted(1, course)
            await shop.refund(first)
            [removing] = await shop.take()
            await shop.bought(2, course)
            await shop.end([removing])
            waiting = await shop.action(first)
            await shop.work()
            await shop.rerun(first)
            await shop.work()
            spared = await shop.action(first)
        assert (waiting.stage, waiting.code) == (
            ActionStage.RETRYING,
            "access_about_to_be_given",
        )
        assert "Order 2 is about to give this access" in waiting.message
        assert spared.called_off == "access_still_justified"
        assert shop.calls("soon") == GIVEN_TWICE

    async def test_goes_where_that_order_is_refunded_before_it_gave_it(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            course = shop.course("never-gave")
            first = await shop.granted(1, course)
            await shop.refund(first)
            [removing] = await shop.take()
            second = await shop.bought(2, course)
            await shop.end([removing])
            await shop.refund(second)
            await shop.rerun(first)
            await shop.work()
            assert (await shop.action(first)).stage is ActionStage.SUCCEEDED
        assert shop.calls("never-gave") == [GIVEN, TAKEN]

    async def test_goes_for_a_customer_whom_that_order_does_not_belong_to(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            course = shop.course("others")
            first = await shop.granted(1, course)
            await shop.granted(2, course, email="eino@example.com")
            await shop.granted(3, shop.course("another-course"))
            await shop.refund(first)
            await shop.work()
            assert (await shop.action(first)).stage is ActionStage.SUCCEEDED

    async def test_is_spared_by_another_line_of_the_same_order(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            product = replace(GRANT_ACTION, settings=shop.course("line"))
            bump = replace(product, action_id=CLUB, line_id=BUMP, name="Bump access")
            order = await shop.granted(1, product, bump)
            await shop.refund(order)
            await shop.work()
            removal = await shop.action(order)
            await shop.refund(
                order, back(BUMP, 4_000, remove_access=True), refund_id=REFUND_OF_BUMP
            )
            await shop.work()
        assert removal.stage is ActionStage.CANCELLED
        assert removal.justified_by is not None
        assert (removal.justified_by.number, removal.justified_by.action) == ("1", "Bump access")
        assert shop.calls("line")[-1] == TAKEN

    async def test_is_told_before_a_refund_is_asked_for(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            course = shop.course("preview")
            first = await shop.order(await shop.granted(1, course))
            await shop.granted(2, course)
            spared = await shop.parts.grants.spared(first, {GRANT})
        assert {action: why.by.number for action, why in spared.items()} == {GRANT: "2"}


class TestAGrantThatIsNotThereYet:
    async def test_is_called_off_before_it_was_tried(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            order = await shop.bought(1, shop.course("never"))
            await shop.refund(order)
            assert await shop.work() == []
            state = await shop.order(order)
        assert [action.called_off for action in state.actions] == ["refunded"]
        assert shop.calls("never") == []

    async def test_is_called_off_while_it_waits_for_its_retry_and_taken_back_in_case(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            sandbox.trouble(Trouble(target="kajabi/waiting", kind=Kind.LOST, next=1))
            order = await shop.granted(1, shop.course("waiting"))
            assert (await shop.action(order, GRANT)).stage is ActionStage.RETRYING
            await shop.refund(order)
            await shop.work()
            grant, removal = await shop.action(order, GRANT), await shop.action(order)
        assert grant.called_off == "refunded"
        assert removal.stage is ActionStage.SUCCEEDED
        assert shop.calls("waiting") == [GIVEN, TAKEN]

    async def test_by_the_api_is_looked_for_before_it_is_taken_back(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            sandbox.trouble(Trouble(target="kajabi-api", kind=Kind.ERROR))
            course = KajabiGrant(offer_name="A", offer_id="7002")
            order = await shop.granted(1, course, email="new@example.com")
            known = await shop.granted(2, course, email="known@example.com")
            sandbox.calm()
            await shop.granted(
                3, KajabiGrant(offer_name="B", offer_id="7003"), email="known@example.com"
            )
            for one in (order, known):
                await shop.refund(one)
            await shop.work()
            removals = [await shop.action(one) for one in (order, known)]
        assert [removal.stage for removal in removals] == [ActionStage.SUCCEEDED] * 2
        assert removals[0].answer is not None
        assert "nothing was granted" in removals[0].answer.excerpt
        assert [
            (one.key, one.effect)
            for one in sandbox.received("kajabi-api")
            if one.key.startswith("revoke 7002")
        ] == [("revoke 7002 known@example.com", Effect.KNOWN)]

    async def test_that_succeeds_late_is_taken_back_by_what_it_then_told(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            order = await shop.bought(1, shop.course("late"))
            granting = await shop.take()
            await shop.refund(order)
            await shop.work()
            too_early = await shop.action(order)
            await shop.end(granting)
            late = await shop.action(order, GRANT)
            await shop.rerun(order)
            await shop.work()
            removal = await shop.action(order)
        assert (too_early.stage, too_early.code) == (ActionStage.RETRYING, "grant_under_way")
        assert (late.stage, late.holds_access) == (ActionStage.CANCELLED, True)
        assert late.late_answer is not None
        assert removal.stage is ActionStage.SUCCEEDED
        assert shop.calls("late") == [GIVEN, TAKEN]

    @pytest.mark.parametrize(
        ("kind", "calls"),
        [(Kind.LOST, [GIVEN, TAKEN]), (Kind.RESET, [("reset", Effect.NONE), GONE])],
    )
    async def test_that_fails_late_is_taken_back_in_case(
        self,
        database: Database,
        sandbox: SandboxProgram,
        kind: Kind,
        calls: list[tuple[str, Effect]],
    ) -> None:
        async with school(database, sandbox) as shop:
            order = await shop.bought(1, shop.course(f"late-{kind}"))
            granting = await shop.take()
            await shop.refund(order)
            sandbox.trouble(Trouble(target=f"kajabi/late-{kind}", kind=kind, next=1))
            await shop.end(granting)
            await shop.work()
            assert (await shop.action(order)).stage is ActionStage.SUCCEEDED
        assert shop.calls(f"late-{kind}") == calls

    async def test_whose_worker_died_is_taken_back_once_nobody_can_give_it_any_more(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            order = await shop.bought(1, shop.course("dead"))
            await shop.take()
            await shop.refund(order)
            [removing] = await shop.take()
            much_later = replace_now(removing, ATTEMPT_LEASE + timedelta(seconds=1))
            await shop.end([much_later])
            assert (await shop.action(order)).stage is ActionStage.SUCCEEDED
        assert shop.calls("dead") == [GONE]

    async def test_that_cannot_be_taken_back_is_left_to_a_person(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            sandbox.trouble(Trouble(target="kajabi/unsure", kind=Kind.LOST))
            order = await shop.granted(1, shop.course("unsure", deactivation_url=""))
            sandbox.calm()
            await shop.refund(order)
            await shop.work()
            removal = await shop.action(order)
        assert (removal.stage, removal.code) == (ActionStage.FAILED, "manual_step")
        assert "nobody can tell whether it was granted" in removal.message


class TestARemovalThatFails:
    async def test_for_want_of_a_deactivation_url_says_what_a_person_has_to_do(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            order = await shop.granted(1, shop.course("manual", deactivation_url=""))
            await shop.refund(order)
            await shop.work()
            removal = await shop.action(order)
            by_hand = CompleteOrder(now=utc_now(), command_id="c", by=OPERATOR, run_actions=False)
            await shop.want(order, by_hand)
            closed = await shop.order(order)
        assert (removal.stage, removal.code) == (ActionStage.FAILED, "manual_step")
        assert "aino@example.com" in removal.message
        assert "'manual'" in removal.message
        assert asks(closed) == [(AttentionKind.ACTION_UNFINISHED, "manual_step")]

    async def test_of_an_imported_order_is_left_to_a_person_too(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            course = shop.course("former")
            imported = await shop.bought(1, course, is_imported=True)
            second = await shop.granted(2, course)
            await shop.refund(second)
            await shop.work()
            spared = await shop.action(second)
            await shop.refund(imported)
            await shop.work()
            removal = await shop.action(imported)
        assert spared.justified_by is not None
        assert spared.justified_by.number == "1"
        assert (removal.stage, removal.code) == (ActionStage.FAILED, "manual_step")
        assert "before the ledger knew" in removal.message
        assert shop.calls("former") == [GIVEN]

    async def test_is_settled_by_the_word_of_whoever_did_it_by_hand(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            order = await shop.granted(1, shop.course("by-hand", deactivation_url=""))
            await shop.refund(order)
            await shop.work()
            asked = OrderRequester(
                shop=SHOP, order_id=order_id_of(order), by=OPERATOR, key="by-hand-1"
            )
            told = await shop.parts.operations.removed_by_hand(asked, REMOVAL)
            again = await shop.parts.operations.removed_by_hand(asked, REMOVAL)
            access, settled = await shop.access(order), await shop.order(order)
        assert [fact.says for fact in told.recorded] == [
            "Remove access: Course access: run 1 called off, as it was done by hand"
        ]
        assert (told.is_repeat, again.is_repeat) == (False, True)
        assert told.recorded == again.recorded
        assert access == []
        assert asks(settled) == []

    async def test_for_an_erased_customer_is_not_even_tried(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            order = await shop.granted(1, shop.course("erased"))
            await shop.refund(order)
            key = (await shop.order(order)).customer_key
            assert key is not None
            await shop.want(order, EraseCustomerData(now=utc_now(), customer_key=key, by=OPERATOR))
            await shop.work()
            removal = await shop.action(order)
        assert (removal.stage, removal.code) == (ActionStage.FAILED, "customer_erased")
        assert shop.calls("erased") == [GIVEN]


class TestARefundThatFailsAfterItsRemoval:
    async def test_asks_for_the_access_that_is_lost_until_it_is_given_again(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with school(database, sandbox) as shop:
            order = await shop.granted(1, shop.course("lost"))
            await shop.refund(order, refund_payments=True)
            assert REMOVAL not in (await shop.order(order)).actions_by_id
            await shop.want(
                order,
                ReportTransferDone(
                    now=utc_now(),
                    at=utc_now(),
                    refund_id=REFUND,
                    transfer_id=TRANSFER,
                    reference="re_1",
                ),
            )
            await shop.work()
            await shop.want(
                order,
                ReportTransferFailed(
                    now=utc_now(),
                    at=utc_now(),
                    refund_id=REFUND,
                    transfer_id=TRANSFER,
                    code="expired_card",
                ),
            )
            lost = asks(await shop.order(order))
            await shop.rerun(order, GRANT)
            await shop.work()
            mended = asks(await shop.order(order))
        assert AttentionKind.ACCESS_LOST in dict(lost)
        assert AttentionKind.ACCESS_LOST not in dict(mended)
        assert shop.calls("lost") == [GIVEN, TAKEN, GIVEN]
