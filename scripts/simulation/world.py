"""Everything of one schedule: what is stored, what is outside, and the processes between.

The rule to know: only what is stored outlives a process; `Wiring` makes each process's parts, so
a test can plant a bug by making one of them wrong.
"""

from collections.abc import Coroutine
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from adapters.commands.recording import CommandRecorder
from adapters.messaging.states import SettingStates
from adapters.postgres.journal_tail import JournalTail
from adapters.postgres.order_store import OrderStore
from adapters.providers.news_applying import NewsApplier
from adapters.running.payer import Payer
from adapters.running.positions import SetAside
from adapters.running.reactor import Reactor
from adapters.running.row_consumer import RowConsumer
from adapters.running.worker import Worker
from domain.identifiers import StreamName
from domain.order.decide import OrderWish
from domain.order.transfer_steps import refund_kind
from processors.fulfilment import FULFILMENT
from processors.ports import Executor
from processors.process_manager import ProcessManager
from processors.refunding import REFUNDING
from projections.attention.projection import ATTENTION
from projections.orders.projection import ORDERS
from projections.row_model import RowModel
from projections.work_list.projection import WORK_LIST
from scripts.simulation.bus import Bus
from scripts.simulation.clerk import Clerk
from scripts.simulation.faults import Faults, drawn_faults
from scripts.simulation.ingress import (
    HeldTable,
    SimulatedHeld,
    SimulatedInbox,
    SimulatedIntake,
    run_ingress,
)
from scripts.simulation.journal import JournalTables, SimulatedJournal
from scripts.simulation.keys import SimulatedKeyRing
from scripts.simulation.news import NewsTable, SimulatedNewsStore, SimulatedPayments, Webhooks
from scripts.simulation.operators import Granted, Operators, Press, drawn_presses
from scripts.simulation.paying import SimulatedProvider
from scripts.simulation.providers import INVOICE, PAYTRAIL, STRIPE, Bank, Habits, drawn_habits
from scripts.simulation.receivers import Receivers, SimulatedExecutor
from scripts.simulation.refunders import CONFIGURED
from scripts.simulation.scheduler import BEGAN_AT, Scheduler
from scripts.simulation.stories import Story, drawn_story
from scripts.simulation.tables import LAGS_SECONDS, ModelTable, SimulatedSaving, run_follower
from scripts.simulation.witness import WITNESS
from scripts.simulation.work import SimulatedWork, SimulatedWorkers, WorkTable

KINDS = (
    "access_removal",
    "custom_email",
    "kajabi_grant",
    "receipt_email",
    "refund_confirmation",
    "systeme_contact",
    "webhook",
)
WORKERS = 2
PAYERS = 2
KINDS_OF_BANKS = {"stripe": STRIPE, "paytrail": PAYTRAIL, "invoice": INVOICE}
"""Whose money is where: two that are asked for refunds, and one with a dashboard only."""
REFUND_KINDS = frozenset(refund_kind(name) for name in CONFIGURED)
WITNESSED_SHARE = 0.3


class Wiring:
    """How parts are made: all as they should be."""

    def faults(self, random: Random) -> Faults:
        """Choose what goes wrong."""
        return drawn_faults(random)

    def story(self, random: Random) -> Story:
        """Choose what the checkout tells."""
        return drawn_story(random, BEGAN_AT)

    def presses(self, random: Random, streams: tuple[StreamName, ...]) -> list[Press]:
        """Choose what people want."""
        return drawn_presses(random, BEGAN_AT, streams)

    def habits(self, random: Random) -> Habits:
        """Choose how a payment provider is."""
        return drawn_habits(random, BEGAN_AT)

    def process_managers(self, random: Random) -> tuple[ProcessManager, ...]:
        """Choose who reacts."""
        managers = (FULFILMENT, REFUNDING)
        return (*managers, WITNESS) if random.random() < WITNESSED_SHARE else managers

    def tables(self, scheduler: Scheduler) -> JournalTables:
        """Make what the journal stores."""
        return JournalTables(scheduler.database_now)

    def journal(self, tables: JournalTables) -> SimulatedJournal:
        """Make a process's way to the journal."""
        return SimulatedJournal(tables)

    def saving(self, table: ModelTable, tables: JournalTables) -> SimulatedSaving:
        """Make a process's way to a read model."""
        return SimulatedSaving(table, tables)

    def model_table(self, model: RowModel[Any]) -> ModelTable:
        """Make what a read model stores."""
        return ModelTable(model)

    def work_table(self, scheduler: Scheduler) -> WorkTable:
        """Make what the work list stores."""
        return WorkTable(WORK_LIST, scheduler)

    def provider(self, name: str, world: "World") -> SimulatedProvider:
        """Make a process's way to a payment provider."""
        return SimulatedProvider(
            world.banks[name], world.scheduler, finds_by_key=KINDS_OF_BANKS[name].knows_keys
        )

    def webhooks(self, recorder: CommandRecorder, orders: OrderStore, world: "World") -> Webhooks:
        """Make the process that providers tell their news to."""
        return Webhooks(
            world.banks, self.applier(recorder, orders, world), world.news, world.scheduler
        )

    def applier(self, recorder: CommandRecorder, orders: OrderStore, world: "World") -> NewsApplier:
        """Make what takes news in."""
        return NewsApplier(
            store=SimulatedNewsStore(world.news),
            payments=SimulatedPayments(world.tables, world.keys),
            orders=orders,
            recorder=recorder,
            clock=world.scheduler.now,
        )

    def reactor(
        self,
        manager: ProcessManager,
        journal: SimulatedJournal,
        keys: SimulatedKeyRing,
        world: "World",
    ) -> Reactor:
        """Make what a process manager's follower does."""
        return Reactor(manager, journal, keys, world.scheduler.now)


RIGHT = Wiring()


class World:
    """One schedule, ready to run."""

    def __init__(self, seed: int, wiring: Wiring = RIGHT) -> None:
        self.seed = seed
        random = Random(seed)
        self.faults = wiring.faults(random)
        self.scheduler = Scheduler(random, self.faults)
        self.wiring = wiring
        self.tables = wiring.tables(self.scheduler)
        self.keys = SimulatedKeyRing()
        self.held = HeldTable()
        self.bus = Bus(self.scheduler)
        self.receivers = Receivers()
        self.work = wiring.work_table(self.scheduler)
        self.models = (wiring.model_table(ORDERS), wiring.model_table(ATTENTION), self.work)
        self.process_managers = wiring.process_managers(random)
        self.aside: dict[str, list[SetAside]] = {m.name: [] for m in self.process_managers}
        self.story = wiring.story(random)
        self.wanted = wiring.presses(random, self.story.streams)
        self.news = NewsTable()
        self.said: dict[str, OrderWish | None] = {}
        self.banks = {
            name: Bank(random, wiring.habits(random), kind) for name, kind in KINDS_OF_BANKS.items()
        }
        self.granted: list[Granted] = []
        self._begun = 0
        self._lag = timedelta(seconds=random.choice(LAGS_SECONDS))
        for message in self.story.messages:
            self.bus.publish(message)
        self.scheduler.alarms += [self.bus.next_due, self.work.next_due, self._next_at_banks]
        self._start_all(random)

    def _start_all(self, random: Random) -> None:
        start = self.scheduler.start
        for name in self._runners(random, "ingress"):
            start(name, self._ingress)
        for table in self.models:
            for name in self._runners(random, table.model.name):
                start(name, partial(self._row_follower, table))
        for manager in self.process_managers:
            self.tables.positions[manager.name] = 0
            for name in self._runners(random, manager.name):
                start(name, partial(self._reactor, manager))
        for number in range(1, WORKERS + 1):
            start(f"worker {number}", self._worker)
        for number in range(1, PAYERS + 1):
            start(f"payer {number}", self._payer)
        start("operators", self._operators)
        start("webhooks", self._webhooks)
        start("clerk", self._clerk)

    def _next_at_banks(self) -> datetime | None:
        now = self.scheduler.time
        times = [bank.next_due(now) for bank in self.banks.values()] + [self.news.next_due(now)]
        return min((at for at in times if at is not None), default=None)

    def _runners(self, random: Random, name: str) -> list[str]:
        is_doubled = random.random() < self.faults.second_runner
        self.scheduler.injected["second_runner"] += is_doubled
        return [f"{name} 1", f"{name} 2"] if is_doubled else [name]

    def _ingress(self) -> Coroutine[Any, Any, None]:
        intake = SimulatedIntake(
            journal=self.wiring.journal(self.tables),
            inbox=SimulatedInbox(self.tables),
            held=SimulatedHeld(self.held),
            key_ring=self.keys,
            clock=self.scheduler.now,
        )
        return run_ingress(intake, self.bus, self.held, self.scheduler)

    def _row_follower(self, table: ModelTable) -> Coroutine[Any, Any, None]:
        journal = self.wiring.journal(self.tables)
        saving = self.wiring.saving(table, self.tables)
        consumer = RowConsumer(table.model, JournalTail(journal), self.keys, saving)
        return run_follower(consumer, self.scheduler, journal, table.aside, self._lag)

    def _reactor(self, manager: ProcessManager) -> Coroutine[Any, Any, None]:
        journal = self.wiring.journal(self.tables)
        reactor = self.wiring.reactor(manager, journal, self.keys, self)
        return run_follower(reactor, self.scheduler, journal, self.aside[manager.name], self._lag)

    def _recording(self) -> tuple[CommandRecorder, OrderStore]:
        journal = self.wiring.journal(self.tables)
        orders = OrderStore(journal, self.keys)
        return CommandRecorder(journal.append, orders, self.keys), orders

    def _worker(self) -> Coroutine[Any, Any, None]:
        self._begun += 1
        recorder, orders = self._recording()
        executor: Executor = SimulatedExecutor(self.receivers, self.scheduler)
        worker = Worker(
            name=f"worker-{self._begun}",
            work=SimulatedWork(self.work),
            recorder=recorder,
            orders=orders,
            executors=dict.fromkeys(KINDS, executor),
            steady_seconds=self.scheduler.steady_seconds,
            chance=self.scheduler.random.random,
        )
        return SimulatedWorkers(worker, KINDS, self.work, self.scheduler).run()

    def _payer(self) -> Coroutine[Any, Any, None]:
        self._begun += 1
        recorder, orders = self._recording()
        payer = Payer(
            name=f"payer-{self._begun}",
            work=SimulatedWork(self.work),
            recorder=recorder,
            orders=orders,
            providers={name: self.wiring.provider(name, self) for name in sorted(CONFIGURED)},
            steady_seconds=self.scheduler.steady_seconds,
        )
        return SimulatedWorkers(payer, REFUND_KINDS, self.work, self.scheduler).run()

    def _webhooks(self) -> Coroutine[Any, Any, None]:
        recorder, orders = self._recording()
        return self.wiring.webhooks(recorder, orders, self).run()

    def _clerk(self) -> Coroutine[Any, Any, None]:
        recorder, orders = self._recording()
        return Clerk(
            self.banks,
            lambda: self.work.streams_of(REFUND_KINDS),
            recorder=recorder,
            orders=orders,
            scheduler=self.scheduler,
        ).run()

    def _operators(self) -> Coroutine[Any, Any, None]:
        journal = self.wiring.journal(self.tables)
        orders = OrderStore(journal, self.keys)
        return Operators(
            wanted=self.wanted,
            granted=self.granted,
            said=self.said,
            recorder=CommandRecorder(journal.append, orders, self.keys),
            orders=orders,
            settings=SettingStates(journal),
            banks=self.banks,
            scheduler=self.scheduler,
        ).run()
