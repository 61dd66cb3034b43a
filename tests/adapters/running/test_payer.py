"""A payer's steps: what it asks, what it looks up, and what it makes of the answers."""

from datetime import timedelta

import pytest
from psycopg import OperationalError

from adapters.postgres.append_statement import EVENTS_MAX
from adapters.postgres.errors import OutcomeUnknown
from adapters.postgres.event_ids import new_event_id
from adapters.postgres.rows import Append, NewRow
from adapters.running.hands import Finished
from adapters.running.liveness import State
from adapters.running.payer import ASK_WITHIN, TransferInHand
from adapters.running.worker_beats import PAYERS, WORKERS, work_standing
from adapters.running.workers import Limits
from domain.identifiers import StreamName
from domain.order.attention import NO_GRACE, AttentionKind
from domain.order.commands.transfers import ReportTransferDone, ReportTransferPending
from domain.order.stages import RefundStage, TransferStage
from domain.order.state import Order
from domain.order.transfer_steps import FIRST_LOOK, RETRY_MIN, TransferStep
from processors.refund_provider import InProgress, NotKnown, Refused, Returned, Standing
from tests.adapters.running.bank import BankProvider, Saying, open_bank
from tests.adapters.running.given import open_ledger
from tests.adapters.running.till import (
    COURSE_GROSS,
    REFUND,
    TRANSFER,
    paid_back,
    payer,
    paying,
    refunding,
    transfer_of,
    until_transfer,
)
from tests.adapters.running.workshop import EMAIL, ROOM, Workshop, now, open_workshop
from tests.proxy import Cut, Proxy
from tests.support import Database

TIMEOUT = NotKnown(code="timeout")
REFUSED_LINE = NotKnown(code="connection_refused", was_asked=False)


async def asks(order: Order) -> list[AttentionKind]:
    return [reason.kind for reason in order.attention_reasons(now(), NO_GRACE)]


async def pause_of(shop: Workshop) -> timedelta:
    """Say how long nobody may claim the one transfer that waits."""
    ((pause,),) = await shop.ledger.fetch(
        "SELECT available_at - now() FROM read_models.work_list_v2"
    )
    assert isinstance(pause, timedelta)
    return pause


class TestAsking:
    @pytest.mark.parametrize(
        ("standing", "stage", "refund"),
        [
            (Returned(reference="re-1"), TransferStage.DONE, RefundStage.ISSUED),
            (InProgress(reference="re-1"), TransferStage.PENDING, RefundStage.REQUESTED),
            (Refused(code="charge_disputed"), TransferStage.FAILED, RefundStage.FAILED),
            (TIMEOUT, TransferStage.UNRESOLVED, RefundStage.REQUESTED),
        ],
    )
    async def test_each_answer_is_recorded(
        self, database: Database, standing: Standing, stage: TransferStage, refund: RefundStage
    ) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop)
            await paid_back(payer(shop, {"stripe": Saying(standing)}), shop)
            order = await shop.order(stream)
        assert order.refunds[0].stage is refund
        assert order.refunds[0].transfers[0].stage is stage

    async def test_nothing_is_asked_before_the_attempt_is_recorded(
        self, database: Database
    ) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop)
            provider = Saying()
            (taken,) = await payer(shop, {"stripe": provider}).take(ROOM)
            transfer = await transfer_of(shop, stream)
            assert (taken.step, provider.asked) == (TransferStep.ASK, [])
            assert (transfer.stage, transfer.attempt, transfer.worker) == (
                TransferStage.STARTED,
                1,
                "payer-1",
            )

    async def test_a_provider_without_an_adapter_is_not_asked_and_its_transfer_waits(
        self, database: Database
    ) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop, "paytrail")
            assert await paid_back(payer(shop, {"stripe": Saying()}), shop) == []
            assert await shop.listed() == [(TRANSFER, 0, 1, True)]
            assert await asks(await shop.order(stream)) == [AttentionKind.TRANSFER_UNFINISHED]

    async def test_a_shop_whose_credentials_are_gone_is_told_why_its_refund_stays(
        self, database: Database
    ) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop)
            gone = NotKnown(code="credentials_missing", was_asked=False)
            await paid_back(payer(shop, {"stripe": Saying(gone)}), shop)
            (reason,) = (await shop.order(stream)).attention_reasons(now(), NO_GRACE)
            assert reason.kind is AttentionKind.TRANSFER_UNRESOLVED
            assert reason.code == "credentials_missing"

    async def test_an_ask_that_would_begin_late_is_not_begun(self, database: Database) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop)
            seconds = [0.0]
            provider = Saying()
            frozen = payer(shop, {"stripe": provider}, steady_seconds=lambda: seconds[0])
            (taken,) = await frozen.take(ROOM)
            seconds[0] = ASK_WITHIN.total_seconds() + 1
            await frozen.report([Finished(taken, await frozen.carry_out(taken))])
            transfer = await transfer_of(shop, stream)
            assert provider.asked == []
            assert (transfer.code, transfer.may_have_been_asked) == ("begun_too_late", False)

    async def test_a_mistake_of_ours_leaves_the_transfer_unresolved_and_stops_no_other(
        self, database: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        async with open_workshop(database) as shop:
            wrong = await refunding(shop, "paytrail")
            right = await refunding(shop)
            providers = {
                "paytrail": Saying(error=KeyError("Aino")),
                "stripe": Saying(Returned(reference="re-1")),
            }
            await paid_back(payer(shop, providers), shop)
            transfer = await transfer_of(shop, wrong)
            assert (transfer.stage, transfer.code) == (TransferStage.UNRESOLVED, "internal_error")
            assert transfer.may_have_been_asked
            assert (await transfer_of(shop, right)).is_done
        said = capsys.readouterr().out
        assert "provider_mistake" in said
        assert "Aino" not in said

    async def test_a_database_that_is_away_while_a_provider_reads_it_asks_nobody(
        self, database: Database
    ) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop)
            await paid_back(payer(shop, {"stripe": Saying(error=OperationalError())}), shop)
            transfer = await transfer_of(shop, stream)
            assert (transfer.code, transfer.may_have_been_asked) == ("ledger_unavailable", False)


class TestLookingUp:
    async def unresolved(self, shop: Workshop, provider: str = "paytrail") -> StreamName:
        stream = await refunding(shop, provider)
        await paid_back(payer(shop, {provider: Saying(TIMEOUT)}), shop)
        assert (await transfer_of(shop, stream)).stage is TransferStage.UNRESOLVED
        await shop.end_leases()
        return stream

    async def test_what_may_have_been_asked_of_a_provider_without_keys_is_looked_up(
        self, database: Database
    ) -> None:
        async with open_workshop(database) as shop:
            stream = await self.unresolved(shop)
            provider = Saying(look_up=Returned(reference="re-1"))
            await paid_back(payer(shop, {"paytrail": provider}), shop)
            transfer = await transfer_of(shop, stream)
            assert provider.asked == []
            assert (transfer.stage, transfer.attempt) == (TransferStage.DONE, 1)

    async def test_a_look_that_finds_nothing_new_is_no_fact_and_puts_the_next_one_off(
        self, database: Database
    ) -> None:
        async with open_workshop(database) as shop:
            stream = await self.unresolved(shop)
            facts = await shop.facts(stream)
            provider = Saying(look_up=TIMEOUT)
            await paid_back(payer(shop, {"paytrail": provider}), shop)
            assert await shop.facts(stream) == facts
            assert provider.looked == [(await transfer_of(shop, stream)).key]
            assert RETRY_MIN - timedelta(seconds=5) < await pause_of(shop) <= RETRY_MIN

    async def test_what_a_provider_has_is_looked_up_and_stays_so_when_that_fails(
        self, database: Database
    ) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop)
            provider = Saying(InProgress(reference="re-1"), look_up=KeyError("broken"))
            one = payer(shop, {"stripe": provider})
            await paid_back(one, shop)
            await shop.end_leases()
            await paid_back(one, shop)
            assert (await transfer_of(shop, stream)).stage is TransferStage.PENDING
            assert (len(provider.asked), len(provider.looked)) == (1, 1)
            assert FIRST_LOOK - timedelta(seconds=5) < await pause_of(shop) <= FIRST_LOOK

    async def test_a_look_that_finds_the_end_of_what_a_provider_had_records_it(
        self, database: Database
    ) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop)
            provider = Saying(InProgress(reference="re-1"), look_up=Refused(code="declined"))
            one = payer(shop, {"stripe": provider})
            await paid_back(one, shop)
            await shop.end_leases()
            await paid_back(one, shop)
            assert (await transfer_of(shop, stream)).is_failed
            assert await shop.listed() == []

    async def test_a_provider_that_has_none_is_asked_again_only_if_it_knows_keys(
        self, database: Database
    ) -> None:
        async with open_workshop(database) as shop:
            stream = await self.unresolved(shop)
            provider = Saying(Returned(reference="re-1"), look_up=None)
            one = payer(shop, {"paytrail": provider})
            for _ in range(3):
                await paid_back(one, shop)
                await shop.end_leases()
            transfer = await transfer_of(shop, stream)
            assert (provider.asked, len(provider.looked)) == ([], 3)
            assert (transfer.stage, transfer.code) == (TransferStage.UNRESOLVED, "not_at_provider")


class TestTwoPayers:
    async def test_on_one_transfer_are_told_apart_by_the_order(self, database: Database) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop)
            provider = Saying(Returned(reference="re-1"))
            first, second = (payer(shop, {"stripe": provider}, n) for n in ("first", "second"))
            (taken,) = await first.take(ROOM)
            await shop.end_leases()
            assert await second.take(ROOM) == []
            await first.report([Finished(taken, await first.carry_out(taken))])
            assert (await transfer_of(shop, stream)).worker == "first"
            assert len(provider.asked) == 1

    async def test_at_once_ask_for_each_transfer_once(self, database: Database) -> None:
        async with open_workshop(database) as shop, open_bank(knows_keys=False) as bank:
            streams = [await refunding(shop, "paytrail") for _ in range(12)]
            providers = {"paytrail": BankProvider(bank.url)}
            async with paying(shop, providers), paying(shop, providers, name="payer-2"):
                for stream in streams:
                    await until_transfer(shop, stream, TransferStage.DONE)
            assert len(bank.paid) == len({key for key, _ in bank.paid}) == len(streams)

    async def test_a_provider_that_answers_after_the_lease_is_heard(
        self, database: Database
    ) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop)
            slow = payer(shop, {"stripe": Saying()}, "slow")
            quick = payer(shop, {"stripe": Saying(TIMEOUT)}, "quick")
            (taken,) = await slow.take(ROOM)
            await shop.followed()
            await shop.end_leases()
            await paid_back(quick, shop)
            assert (await transfer_of(shop, stream)).attempt == 2
            await slow.report([Finished(taken, Returned(reference="re-1"))])
            order = await shop.order(stream)
            assert order.refunds[0].transfers[0].is_done
            assert order.returned_total == COURSE_GROSS

    @pytest.mark.parametrize("late", [TIMEOUT, Refused(code="declined")])
    async def test_a_late_answer_that_says_no_or_nothing_changes_nothing(
        self, database: Database, late: Standing
    ) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop)
            slow, quick = (payer(shop, {"stripe": Saying()}, n) for n in ("slow", "quick"))
            (taken,) = await slow.take(ROOM)
            await shop.followed()
            await shop.end_leases()
            (_,) = await quick.take(ROOM)
            facts = await shop.facts(stream)
            await slow.report([Finished(taken, late)])
            assert await shop.facts(stream) == facts

    async def test_news_that_overtakes_the_answer_counts_once(self, database: Database) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop)
            one = payer(shop, {"stripe": Saying(Returned(reference="re-1"))})
            (taken,) = await one.take(ROOM)
            news = ReportTransferDone(
                now=now(), at=now(), refund_id=REFUND, transfer_id=TRANSFER, reference="re-1"
            )
            await shop.wish(stream, news)
            await one.report([Finished(taken, await one.carry_out(taken))])
            assert (await shop.facts(stream))[-3:] == [
                "RefundTransferStarted",
                "RefundTransferred",
                "RefundIssued",
            ]

    async def test_what_became_known_between_claim_and_start_is_not_looked_up(
        self, database: Database
    ) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop)
            provider = Saying()
            taken_in = ReportTransferDone(
                now=now(), at=now(), refund_id=REFUND, transfer_id=TRANSFER, reference="re-1"
            )
            async with shop.ledger.pool.connection():
                claimed = await shop.work.claim(["refund_stripe"], ROOM)
                await shop.wish(stream, taken_in)
                await shop.work.release(claimed)
            assert await payer(shop, {"stripe": provider}).take(ROOM) == []


class TestTrouble:
    async def test_a_provider_that_is_down_for_an_hour_is_tried_ever_less_often_and_pays_once(
        self, database: Database
    ) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop)
            provider = Saying(REFUSED_LINE)
            one = payer(shop, {"stripe": provider})
            for attempt in range(1, 13):
                await paid_back(one, shop)
                order = await shop.order(stream)
                assert order.refunds[0].transfers[0].attempt == attempt
                assert await asks(order) == [AttentionKind.TRANSFER_UNRESOLVED]
                assert await one.take(ROOM) == []
                await shop.end_leases()
            provider.says = Returned(reference="re-1")
            await paid_back(one, shop)
            transfer = await transfer_of(shop, stream)
            assert (transfer.stage, transfer.attempt) == (TransferStage.DONE, 13)
            assert set(provider.asked) == {transfer.key}

    async def test_a_start_whose_answer_was_lost_is_asked_for_again_and_is_ours(
        self, database: Database
    ) -> None:
        async with Proxy(database.url) as proxy, open_workshop(database) as shop:
            stream = await refunding(shop)
            async with open_ledger(proxy.url) as ledger:
                one = payer(Workshop(ledger), {"stripe": Saying()})
                proxy.arm(b"RefundTransferStarted", Cut.AT_REPLY)
                taken: list[TransferInHand] = []
                while not taken:
                    try:
                        taken = await one.take(ROOM)
                    except (OperationalError, OutcomeUnknown):
                        continue
            assert [t.step for t in taken] == [TransferStep.ASK]
            assert (await shop.facts(stream)).count("RefundTransferStarted") == 1

    async def test_one_order_that_cannot_be_read_stops_no_other(
        self, database: Database, capsys: pytest.CaptureFixture[str]
    ) -> None:
        async with open_workshop(database) as shop:
            streams = [await refunding(shop) for _ in range(3)]
            version = len(await shop.journal.read_stream(streams[1]))
            bad = NewRow(new_event_id(), "NobodyKnowsThis", b"{}")
            await shop.journal.append(
                [Append(stream=streams[1], expected_version=version, rows=(bad,))]
            )
            one = payer(shop, {"stripe": Saying()})
            taken = await one.take(ROOM)
            assert {t.item.stream for t in taken} == {streams[0], streams[2]}
        assert "order_unreadable" in capsys.readouterr().out
        assert len(streams) < EVENTS_MAX

    async def test_a_call_beyond_its_time_is_cut_off_and_nobody_knows(
        self, database: Database
    ) -> None:
        async with open_workshop(database) as shop, open_bank() as bank:
            bank.door.clear()
            stream = await refunding(shop)
            limits = Limits(call_seconds_max=0.2)
            async with paying(shop, {"stripe": BankProvider(bank.url)}, limits):
                transfer = await until_transfer(shop, stream, TransferStage.UNRESOLVED)
            assert (transfer.code, transfer.may_have_been_asked) == ("timeout", True)

    async def test_payers_show_that_they_live_apart_from_workers(self, database: Database) -> None:
        async with open_workshop(database) as shop:
            await refunding(shop)
            await shop.paid(EMAIL)
            pool = shop.ledger.pool
            async with paying(shop, {}):
                while (await work_standing(pool, PAYERS)).living == 0:
                    await shop.ledger.news.wait(0.05)
            standing, of_actions = [await work_standing(pool, n) for n in (PAYERS, WORKERS)]
            assert (standing.waiting, of_actions.waiting) == (1, 1)
            assert (standing.state, of_actions.state) == (State.STOPPED, State.STOPPED)

    async def test_news_that_a_provider_has_it_ends_the_tries(self, database: Database) -> None:
        async with open_workshop(database) as shop:
            stream = await refunding(shop)
            provider = Saying(TIMEOUT, look_up=InProgress(reference="re-1"))
            one = payer(shop, {"stripe": provider})
            await paid_back(one, shop)
            news = ReportTransferPending(
                now=now(), at=now(), refund_id=REFUND, transfer_id=TRANSFER, reference="re-1"
            )
            await shop.wish(stream, news)
            await shop.end_leases()
            await paid_back(one, shop)
            assert (len(provider.asked), len(provider.looked)) == (1, 1)
