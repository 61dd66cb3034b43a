"""Refunds asked of Stripe: what it answers, and what that says about the money."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain.money import Money
from processors.provider_news import Fate, RefundSeen
from processors.refund_provider import (
    InProgress,
    NotKnown,
    Refused,
    Returned,
    Standing,
    TransferTask,
)
from processors.refund_source import RefundPage
from scripts.receivers.places import Receiver
from scripts.receivers.stripe_account import Manner, Refund
from scripts.receivers.stripe_control import DashboardRefund, DisputeAsked, Ending, Instruction
from scripts.receivers.stripe_ids import payment_id
from scripts.receivers.trouble import Kind, Trouble
from tests.adapters.providers.given_stripe import payment, refund_named, stripe, stripe_task
from tests.examples import ORDER_ID, SHOP, TOTAL, at, euros
from tests.sandbox_program import SandboxProgram
from tests.support import Database


async def refund(
    database: Database, sandbox: SandboxProgram, transaction: str, **more: Any
) -> Standing:
    """Ask the sandbox's Stripe once."""
    async with stripe(database, url_of(sandbox), seconds_max=1.0) as provider:
        return await provider.refund(stripe_task(transaction, **more))


def _in(task: TransferTask, money: Money) -> TransferTask:
    """Take a transfer of another currency."""
    return replace(task, transfer=replace(task.transfer, amount=money))


async def look_up(
    database: Database, sandbox: SandboxProgram, transaction: str, **more: Any
) -> Standing | None:
    async with stripe(database, url_of(sandbox), seconds_max=1.0) as provider:
        return await provider.look_up(stripe_task(transaction, **more))


def url_of(sandbox: SandboxProgram) -> str:
    return sandbox.places.url(Receiver.STRIPE)


def refunds_of(sandbox: SandboxProgram, transaction: str) -> list[Refund]:
    return [one for one in sandbox.stripe_money().refunds if one.payment_intent == transaction]


def returned(sandbox: SandboxProgram, transaction: str) -> int:
    """Sum what Stripe's own ledger says went back."""
    return sandbox.stripe_money().returned.get(transaction, 0)


def befall(sandbox: SandboxProgram, kind: Kind) -> None:
    sandbox.trouble(Trouble(target=Receiver.STRIPE, kind=kind, next=1))


class TestARefund:
    async def test_that_succeeds_is_returned_under_stripes_own_id(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        standing = await refund(database, sandbox, payment(1))

        (made,) = refunds_of(sandbox, payment(1))
        assert standing == Returned(reference=made.id)
        assert returned(sandbox, payment(1)) == TOTAL

    async def test_names_what_of_the_ledger_it_belongs_to_and_no_person(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        await refund(database, sandbox, payment(2), amount=5_000)

        (made,) = refunds_of(sandbox, payment(2))
        assert (made.amount, made.reason) == (5_000, "requested_by_customer")
        assert made.metadata == {
            "ledger_shop": SHOP,
            "ledger_order": str(ORDER_ID),
            "ledger_refund": refund_named(payment(2)),
            "ledger_transfer": f"{refund_named(payment(2))}/1",
            "ledger_key": f"{ORDER_ID}/{refund_named(payment(2))}/1",
        }

    async def test_of_a_charge_names_the_charge(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        charge = payment(3, is_card=False).replace("pi_", "py_")
        assert isinstance(await refund(database, sandbox, charge), Returned)
        assert refunds_of(sandbox, payment(3, is_card=False))[0].charge == charge

    @pytest.mark.parametrize("manner", [Manner.PENDING, Manner.REQUIRES_ACTION, Manner.SHORT])
    async def test_that_stripe_has_not_finished_is_in_progress(
        self, database: Database, sandbox: SandboxProgram, manner: Manner
    ) -> None:
        sandbox.instruct_stripe(Instruction(manner=manner, next=1))
        transaction = payment(10 + list(Manner).index(manner))

        standing = await refund(database, sandbox, transaction)

        (made,) = refunds_of(sandbox, transaction)
        assert standing == InProgress(reference=made.id)

    @pytest.mark.parametrize(
        ("manner", "is_card", "code"),
        [
            (Manner.FAILED, True, "expired_or_canceled_card"),
            (Manner.CANCELED, True, "canceled"),
            (Manner.SHORT, False, "insufficient_funds"),
        ],
    )
    async def test_that_fails_is_refused_with_stripes_reason(
        self, database: Database, sandbox: SandboxProgram, manner: Manner, is_card: bool, code: str
    ) -> None:
        sandbox.instruct_stripe(Instruction(manner=manner, next=1))
        transaction = payment(20 + list(Manner).index(manner), is_card=is_card)

        assert await refund(database, sandbox, transaction) == Refused(code=code)
        assert returned(sandbox, transaction) == 0

    async def test_of_parts_stops_at_what_was_paid(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        await refund(database, sandbox, payment(30), amount=5_000)
        rest = await refund(database, sandbox, payment(30), amount=9_000, refund="refund-2")
        above = await refund(database, sandbox, payment(30), amount=1, refund="refund-3")

        assert isinstance(rest, Returned)
        assert isinstance(above, Refused)
        assert above.code == "charge_already_refunded"
        assert returned(sandbox, payment(30)) == TOTAL

    async def test_above_what_is_left_is_refused_in_stripes_words(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        await refund(database, sandbox, payment(31), amount=5_000)
        above = await refund(database, sandbox, payment(31), amount=9_001, refund="refund-2")

        assert isinstance(above, Refused)
        assert above.code == "http_400"
        assert "greater than unrefunded amount" in above.message

    async def test_of_a_disputed_payment_is_refused_as_such(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        sandbox.dispute_at_stripe(DisputeAsked(payment=payment(32), amount=TOTAL))
        standing = await refund(database, sandbox, payment(32))

        assert isinstance(standing, Refused)
        assert standing.code == "charge_disputed"

    async def test_of_a_payment_that_stripe_does_not_know_is_refused(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        standing = await refund(database, sandbox, "pi_of_another_account")

        assert isinstance(standing, Refused)
        assert standing.code == "resource_missing"

    async def test_of_a_payment_with_no_id_of_stripes_is_left_to_a_person(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        standing = await refund(database, sandbox, "invoice-7")

        assert isinstance(standing, Refused)
        assert standing.code == "transaction_unusable"
        assert "dashboard" in standing.message
        assert isinstance(await look_up(database, sandbox, "invoice-7"), NotKnown)


class TestCurrencies:
    @pytest.mark.parametrize(
        ("money", "amount"),
        [(Money(5_000, "JPY"), 5_000), (Money(5_120, "KWD"), 5_120), (Money(500, "ISK"), 50_000)],
        ids=str,
    )
    async def test_are_paid_back_in_stripes_own_units(
        self, database: Database, sandbox: SandboxProgram, money: Money, amount: int
    ) -> None:
        transaction = payment_id(amount, amount, money.currency)
        async with stripe(database, url_of(sandbox)) as provider:
            task = _in(stripe_task(transaction), money)
            assert isinstance(await provider.refund(task), Returned)
            found = await provider.refunds_of(SHOP, transaction)
        assert returned(sandbox, transaction) == amount
        assert not isinstance(found, NotKnown)
        assert [seen.amount for seen in found] == [money]

    async def test_that_stripe_cannot_pay_to_the_last_digit_are_refused_and_not_asked_for(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        transaction = payment_id(39, 5_130, "KWD")
        async with stripe(database, url_of(sandbox)) as provider:
            standing = await provider.refund(_in(stripe_task(transaction), Money(5_123, "KWD")))
        assert isinstance(standing, Refused)
        assert standing.code == "amount_not_payable"
        assert "KWD" in standing.message
        assert refunds_of(sandbox, transaction) == []


class TestTheKey:
    async def test_makes_one_refund_however_often_it_is_asked_for(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        answers = [await refund(database, sandbox, payment(40)) for _ in range(3)]

        assert len(set(map(str, answers))) == 1
        assert len(refunds_of(sandbox, payment(40))) == 1

    async def test_that_is_too_long_is_known_by_its_digest(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        for _ in range(2):
            await refund(database, sandbox, payment(41), amount=1, refund="r" * 300)

        (made,) = refunds_of(sandbox, payment(41))
        assert len(made.metadata["ledger_key"]) == 64

    async def test_with_another_amount_is_not_known_and_pays_nothing(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        await refund(database, sandbox, payment(42), amount=5_000)
        other = await refund(database, sandbox, payment(42), amount=6_000)

        assert other == NotKnown(code="idempotency_error")
        assert returned(sandbox, payment(42)) == 5_000

    async def test_makes_one_refund_although_the_first_answer_was_lost(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        befall(sandbox, Kind.LOST)
        lost = await refund(database, sandbox, payment(43))
        again = await refund(database, sandbox, payment(43))

        assert lost == NotKnown(code="connection_lost")
        (made,) = refunds_of(sandbox, payment(43))
        assert again == Returned(reference=made.id)
        assert returned(sandbox, payment(43)) == TOTAL

    async def test_is_forgotten_after_a_day_and_a_look_finds_the_refund_all_the_same(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        befall(sandbox, Kind.LOST)
        await refund(database, sandbox, payment(44), amount=5_000)
        sandbox.pass_time_at_stripe(25)

        (made,) = refunds_of(sandbox, payment(44))
        found = await look_up(database, sandbox, payment(44), amount=5_000)
        assert found == Returned(reference=made.id)

    async def test_that_is_forgotten_pays_nothing_twice_where_the_payment_is_used_up(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        first = await refund(database, sandbox, payment(45))
        sandbox.pass_time_at_stripe(25)

        assert await refund(database, sandbox, payment(45)) == first
        assert len(refunds_of(sandbox, payment(45))) == 1


class TestTrouble:
    @pytest.mark.parametrize(
        ("kind", "code", "was_asked"),
        [
            (Kind.RESET, "connection_lost", True),
            (Kind.HANG, "timeout", True),
            (Kind.ERROR, "http_500", True),
            (Kind.THROTTLE, "http_429", False),
        ],
    )
    async def test_leaves_unknown_what_stripe_may_have_heard(
        self, database: Database, sandbox: SandboxProgram, kind: Kind, code: str, was_asked: bool
    ) -> None:
        befall(sandbox, kind)
        transaction = payment(50 + list(Kind).index(kind))

        standing = await refund(database, sandbox, transaction)

        assert standing == NotKnown(code=code, was_asked=was_asked)
        assert returned(sandbox, transaction) == 0

    async def test_a_slow_answer_is_an_answer(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        trouble = Trouble(target=Receiver.STRIPE, kind=Kind.SLOW, next=1, seconds=0.2)
        sandbox.trouble(trouble)
        assert isinstance(await refund(database, sandbox, payment(60)), Returned)

    async def test_without_a_key_nothing_is_asked(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with stripe(database, url_of(sandbox), secret="") as provider:
            task = stripe_task(payment(61))
            missing = NotKnown(code="credentials_missing", was_asked=False)
            assert await provider.refund(task) == missing
            assert await provider.look_up(task) == missing
            assert await provider.refunds_of(SHOP, payment(61)) == missing
            assert await provider.refunds_since(SHOP, at(0)) == missing


class TestALook:
    async def test_finds_none_where_there_is_none_of_ours(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        sandbox.refund_in_stripes_dashboard(DashboardRefund(payment=payment(70), amount=100))
        assert await look_up(database, sandbox, payment(70)) is None

    async def test_finds_ours_by_its_reference(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        sandbox.instruct_stripe(Instruction(manner=Manner.PENDING, next=1))
        taken = await refund(database, sandbox, payment(71))
        assert isinstance(taken, InProgress)
        sandbox.end_at_stripe(Ending(payment=payment(71)))

        found = await look_up(database, sandbox, payment(71), reference=taken.reference)
        assert found == Returned(reference=taken.reference)

    async def test_sees_a_failure_after_a_success(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        taken = await refund(database, sandbox, payment(72))
        assert isinstance(taken, Returned)
        ending = Ending(payment=payment(72), status="failed", failure_reason="declined")
        sandbox.end_at_stripe(ending)

        found = await look_up(database, sandbox, payment(72), reference=taken.reference)
        assert found == Refused(code="declined")
        assert returned(sandbox, payment(72)) == 0

    async def test_believes_the_refund_that_stands_of_two(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        sandbox.instruct_stripe(Instruction(manner=Manner.FAILED, next=1))
        await refund(database, sandbox, payment(73))
        sandbox.pass_time_at_stripe(25)
        stands = await refund(database, sandbox, payment(73))

        assert await look_up(database, sandbox, payment(73)) == stands

    async def test_reads_to_the_end_of_a_long_list(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        ours = await refund(database, sandbox, payment(74), amount=1)
        for _ in range(60):
            sandbox.refund_in_stripes_dashboard(DashboardRefund(payment=payment(74), amount=1))

        assert await look_up(database, sandbox, payment(74), amount=1) == ours

    async def test_that_cannot_be_made_finds_nothing_out(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        befall(sandbox, Kind.ERROR)
        assert await look_up(database, sandbox, payment(75)) == NotKnown(code="http_500")
        unknown = await look_up(database, sandbox, "pi_of_another_account")
        assert unknown == NotKnown(code="resource_missing")


class TestTheList:
    async def test_gives_every_refund_of_a_payment_ours_and_others(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        await refund(database, sandbox, payment(80), amount=5_000)
        other = DashboardRefund(payment=payment(80), amount=100)
        by_hand = sandbox.refund_in_stripes_dashboard(other)

        async with stripe(database, url_of(sandbox)) as provider:
            found = await provider.refunds_of(SHOP, payment(80))

        assert not isinstance(found, NotKnown)
        theirs, ours = found
        ours_is = f"{refund_named(payment(80))}/1"
        assert (theirs.refund_id, theirs.order_id, theirs.amount) == (by_hand, None, euros(100))
        assert (ours.order_id, ours.transfer_id, ours.fate) == (ORDER_ID, ours_is, Fate.RETURNED)
        assert ours.transaction_ids == (payment(80), payment(80).replace("pi_", "ch_"))

    async def test_since_a_moment_comes_in_pages(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        for _ in range(30):
            sandbox.refund_in_stripes_dashboard(DashboardRefund(payment=payment(81), amount=1))
        since = at(0)

        async with stripe(database, url_of(sandbox)) as provider:
            seen: list[RefundSeen] = []
            after = ""
            while True:
                page = await provider.refunds_since(SHOP, since, after)
                assert isinstance(page, RefundPage)
                seen += page.refunds
                after = page.next_after
                if not after:
                    break

        ids = [one.refund_id for one in seen]
        assert len(ids) == len(set(ids)) == len(sandbox.stripe_money().refunds)

    async def test_leaves_out_what_was_made_before(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        sandbox.refund_in_stripes_dashboard(DashboardRefund(payment=payment(82), amount=1))
        async with stripe(database, url_of(sandbox)) as provider:
            page = await provider.refunds_since(SHOP, at(0).replace(year=2099))
        assert page == RefundPage(refunds=[])

    async def test_that_breaks_off_says_so(
        self, database: Database, sandbox: SandboxProgram
    ) -> None:
        async with stripe(database, url_of(sandbox)) as provider:
            befall(sandbox, Kind.ERROR)
            assert await provider.refunds_of(SHOP, payment(83)) == NotKnown(code="http_500")
            befall(sandbox, Kind.ERROR)
            assert await provider.refunds_since(SHOP, at(0)) == NotKnown(code="http_500")
