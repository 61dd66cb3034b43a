"""People who press buttons at any time, and press again when they get no answer.

The rule to know: a repeated press carries the same command id, so it is the same wish.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from msgspec import Struct
from psycopg import OperationalError

from adapters.commands.recording import Answered, CommandRecorder, OrderRequest
from adapters.messaging.states import SettingStates
from adapters.postgres.errors import JournalError
from adapters.postgres.order_store import OrderStore
from adapters.postgres.rows import InboxEntry
from domain.configuration.setting import Setting
from domain.identifiers import (
    ActionId,
    SettingId,
    StreamName,
    setting_stream,
)
from domain.message import Actor, ActorKind, Metadata
from domain.order.commands.actions import RerunAction
from domain.order.commands.lifecycle import AddNote, CompleteOrder
from domain.order.decide import OrderWish
from domain.order.state import Order
from domain.order.values import LatestConfiguration
from scripts.simulation.providers import Bank
from scripts.simulation.refunders import (
    Ticks,
    allocated,
    paid_back,
    paid_by_hand,
    recorded_only,
    refund_in_dashboard,
)
from scripts.simulation.scheduler import Place, Scheduler
from scripts.simulation.stories import ACTIONS_MAX, SETTING, SHOP

OPERATOR = Actor(ActorKind.OPERATOR, "laura")
PRESSES = (0, 4)
"""From how many to how many."""
WITHIN_SECONDS = (5, 200, 1_500)
AGAIN = timedelta(seconds=5)
DIGEST = b"content"


class Button(StrEnum):
    """What can be pressed."""

    COMPLETE = "complete"
    RESTORE = "restore"
    RERUN = "rerun"
    NOTE = "note"
    REFUND = "refund"
    PAY_BACK = "pay_back"
    PAY_BY_HAND = "pay_by_hand"
    DASHBOARD = "dashboard"
    ALLOCATE = "allocate"


class Press(Struct, frozen=True, kw_only=True):
    """One wish of a person."""

    at: datetime
    command_id: str
    stream: StreamName
    button: Button
    action_id: ActionId
    is_first: bool
    """Three ticks of the dialog; what each means depends on the button."""
    is_second: bool
    is_third: bool

    @property
    def ticks(self) -> Ticks:
        """The ticks, for dialogs about refunds."""
        return Ticks(first=self.is_first, second=self.is_second, third=self.is_third)


class Granted(Struct, frozen=True, kw_only=True):
    """A press and what the person was told."""

    press: Press
    answer: Answered


def drawn_presses(
    random: Random,
    began_at: datetime,
    streams: tuple[StreamName, ...],
    *,
    buttons: Sequence[Button] = tuple(Button),
    presses: tuple[int, int] = PRESSES,
    within: Sequence[int] = WITHIN_SECONDS,
) -> list[Press]:
    """Make up what people want, in the order of time."""
    within_seconds = random.choice(within)
    wanted = [
        Press(
            at=began_at + timedelta(seconds=random.random() * within_seconds),
            command_id=f"press-{number}",
            stream=random.choice(streams),
            button=random.choice(buttons),
            action_id=ActionId(f"action-{random.randrange(ACTIONS_MAX)}"),
            is_first=random.choice((True, False)),
            is_second=random.choice((True, False)),
            is_third=random.choice((True, False)),
        )
        for number in range(random.randint(*presses))
    ]
    return sorted(wanted, key=lambda press: press.at)


class Operators:
    """One process that people's requests go through; what they still want outlives it."""

    def __init__(
        self,
        *,
        wanted: list[Press],
        granted: list[Granted],
        said: dict[str, OrderWish | None],
        recorder: CommandRecorder,
        orders: OrderStore,
        settings: SettingStates,
        banks: Mapping[str, Bank],
        scheduler: Scheduler,
    ) -> None:
        self._wanted = wanted
        self._granted = granted
        self._said = said
        self._recorder = recorder
        self._orders = orders
        self._settings = settings
        self._banks = banks
        self._scheduler = scheduler

    async def run(self) -> None:
        """Press each button until there is an answer."""
        while self._wanted:
            press = self._wanted[0]
            await Place("press", until=max(press.at, self._scheduler.time))
            try:
                answer = await self._pressed(press)
            except (OperationalError, JournalError):
                await Place("no answer", until=self._scheduler.time + AGAIN)
                continue
            self._wanted.remove(press)
            if answer is not None:
                self._granted.append(Granted(press=press, answer=answer))

    async def _pressed(self, press: Press) -> Answered | None:
        latest = await self._latest()
        order = (await self._orders.refresh([press.stream]))[press.stream].order
        wish = self._wish(press, latest, order)
        if wish is None:
            return None
        metadata = Metadata(
            actor=OPERATOR,
            correlation_id=press.command_id,
            causation_id=press.command_id,
            command_id=press.command_id,
        )
        inbox = (InboxEntry(SHOP, press.command_id, DIGEST),)
        request = OrderRequest(press.stream, wish, metadata, inbox)
        (answer,) = await self._recorder.record([request])
        return answer

    def _wish(self, press: Press, latest: "Latest", order: Order) -> OrderWish | None:
        """Say what the person wants; whoever presses again about a refund wants the same."""
        now = self._scheduler.now()
        match press.button:
            case Button.COMPLETE:
                return _complete(press, now, latest)
            case Button.RESTORE:
                return _restore(press, now)
            case Button.RERUN:
                return _rerun(press, now, latest)
            case Button.NOTE:
                return AddNote(now=now, command_id=press.command_id, by=OPERATOR.id, text="Called.")
            case _:
                if press.command_id not in self._said:
                    self._said[press.command_id] = self._about_refund(press, order, now)
                return self._said[press.command_id]

    def _about_refund(self, press: Press, order: Order, now: datetime) -> OrderWish | None:
        match press.button:
            case Button.REFUND:
                return recorded_only(press.command_id, press.ticks, order, now)
            case Button.PAY_BACK:
                return paid_back(press.command_id, press.ticks, order, now)
            case Button.ALLOCATE:
                return allocated(press.command_id, order, now)
            case Button.PAY_BY_HAND:
                return paid_by_hand(order, self._banks, press.ticks, self._scheduler.time)
            case _:
                refund_in_dashboard(order, self._banks, press.ticks, self._scheduler.time)
                return None

    async def _latest(self) -> Mapping[SettingId, LatestConfiguration]:
        setting_id = SettingId(SETTING)
        stream = setting_stream(SHOP, setting_id)
        standing = (await self._settings.load([stream], is_fresh=True))[stream]
        setting: Setting = standing.state
        if setting.configured is None:
            return {}
        known = LatestConfiguration(settings=setting.configured.settings, revision=setting.revision)
        return {setting_id: known}


Latest = Mapping[SettingId, LatestConfiguration]


def _complete(press: Press, now: datetime, latest: Latest) -> OrderWish:
    return CompleteOrder(
        now=now,
        command_id=press.command_id,
        by=OPERATOR.id,
        run_actions=press.is_first,
        restore_refunded_data=press.is_second,
        use_latest_configuration=press.is_third,
        latest=dict(latest),
    )


def _restore(press: Press, now: datetime) -> OrderWish:
    return CompleteOrder(
        now=now,
        command_id=press.command_id,
        by=OPERATOR.id,
        run_actions=False,
        restore_refunded_data=True,
    )


def _rerun(press: Press, now: datetime, latest: Latest) -> OrderWish:
    return RerunAction(
        now=now,
        command_id=press.command_id,
        action_id=press.action_id,
        by=OPERATOR.id,
        confirmed=press.is_first,
        force=press.is_second,
        use_latest_configuration=press.is_third,
        latest=latest.get(SettingId(SETTING)),
    )
