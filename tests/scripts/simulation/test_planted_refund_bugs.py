"""The comparison of both ledgers finds what is wrong with money: each bug here is planted and found."""

from datetime import timedelta
from random import Random

import pytest
from msgspec.structs import replace

from adapters.commands.recording import CommandRecorder
from adapters.postgres.order_store import OrderStore
from domain.identifiers import ExternalRefundId, TransferId
from domain.order import providers, transfers
from domain.order.commands.transfers import ReportTransferFailed
from domain.order.decide import OrderWish, decide
from domain.order.events import OrderFact
from domain.order.parts import Refund, TransferState
from domain.order.state import Order
from processors.provider_news import RefundSeen
from processors.refund_provider import TransferTask
from scripts.simulation.news import Webhooks
from scripts.simulation.paying import SimulatedProvider
from scripts.simulation.providers import Habits, Telling
from scripts.simulation.refund_world import REFUNDS, RefundWiring
from scripts.simulation.schedule import run_schedule
from scripts.simulation.scheduler import BEGAN_AT
from scripts.simulation.world import World
from tests.scripts.simulation.planting import found, plant_decision

TWICE = ("I5: transfer", "ledgers")
"""What a second payback is seen as: where it was made, or in what the ledgers then say."""


class ForgetfulProvider(SimulatedProvider):
    def key(self, task: TransferTask) -> str:
        """Make a new key for each attempt."""
        return f"{task.transfer.key}/{task.transfer.attempt}"


class NewKeys(RefundWiring):
    def provider(self, name: str, world: World) -> SimulatedProvider:
        return ForgetfulProvider(world.banks[name], world.scheduler, finds_by_key=name == "stripe")


def test_a_new_key_for_each_attempt() -> None:
    found(TWICE, NewKeys())


def test_an_attempt_that_is_granted_though_it_could_pay_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transfers, "may_ask", lambda *_: True)
    found(TWICE, REFUNDS)


class Silent(RefundWiring):
    """Where it matters: answers are lost, nobody hears of webhooks, and then nobody answers."""

    def habits(self, random: Random) -> Habits:
        away = BEGAN_AT + timedelta(minutes=10)
        return replace(
            super().habits(random),
            pending=0.0,
            fails=0.0,
            drops=0.9,
            is_away_from=away,
            is_away_until=away + timedelta(hours=30),
            is_silent=True,
        )


def test_a_provider_that_is_silent_and_then_away_for_more_than_a_day_pays_once() -> None:
    assert [run_schedule(seed, Silent()).problem for seed in range(20)] == [""] * 20


def test_a_key_that_is_believed_for_longer_than_its_provider_knows_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(providers.KEY_KNOWN_FOR, "stripe", timedelta(days=30))
    found(TWICE, Silent())


class CountingBeside(Webhooks):
    def seen(self, told: Telling) -> RefundSeen:
        """Take our own refunds for somebody else's, and name them by another id."""
        seen = super().seen(told)
        other = ExternalRefundId(f"ch-{seen.refund_id}")
        return replace(seen, refund_id=other, order_id=None, transfer_id=TransferId(""))


class CountedTwice(RefundWiring):
    def webhooks(self, recorder: CommandRecorder, orders: OrderStore, world: World) -> Webhooks:
        applier = self.applier(recorder, orders, world)
        return CountingBeside(world.banks, applier, world.news, world.scheduler)


def test_a_webhook_that_is_counted_beside_its_answer() -> None:
    found("ledgers", CountedTwice())


def test_a_failed_transfer_that_does_not_free_its_amount(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_claim(_: Refund, transfer: TransferState) -> bool:
        return transfer.is_done or transfer.is_open or transfer.is_failed

    monkeypatch.setattr(Refund, "_is_claim", is_claim)
    found("returnable", REFUNDS)


def test_a_failure_that_comes_after_a_success_and_is_not_heard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def decision(command: OrderWish, order: Order) -> list[OrderFact]:
        if isinstance(command, ReportTransferFailed):
            transfer = order.transfer(command.refund_id, command.transfer_id)
            if transfer is not None and transfer.is_done:
                return []
        return decide(command, order)

    plant_decision(monkeypatch, decision)
    found("ledgers", REFUNDS)


def test_a_look_that_is_believed_though_there_is_newer_news(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transfers, "_is_no_news", lambda *_: False)
    found("state", REFUNDS)
