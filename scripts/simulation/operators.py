"""People who press buttons at any time, and press again when they get no answer.

The rule to know: a repeated press carries the same command id, so it is the same wish.
"""

from collections.abc import Callable, Mapping
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
    LineId,
    RefundId,
    SettingId,
    StreamName,
    setting_stream,
)
from domain.message import Actor, ActorKind, Metadata
from domain.order.commands.actions import RerunAction
from domain.order.commands.lifecycle import AddNote, CompleteOrder
from domain.order.commands.refunds import LineRefund, RequestRefund
from domain.order.decide import OrderWish
from domain.order.values import LatestConfiguration
from scripts.simulation.scheduler import Place, Scheduler
from scripts.simulation.stories import ACTIONS_MAX, SETTING, SHOP

OPERATOR = Actor(ActorKind.OPERATOR, "laura")
PRESSES_MAX = 4
WITHIN_SECONDS = (5, 200, 1_500)
AGAIN = timedelta(seconds=5)
DIGEST = b"content"


class Button(StrEnum):
    """What can be pressed."""

    COMPLETE = "complete"
    RERUN = "rerun"
    NOTE = "note"
    REFUND = "refund"


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


class Granted(Struct, frozen=True, kw_only=True):
    """A press and what the person was told."""

    press: Press
    answer: Answered


def drawn_presses(
    random: Random, began_at: datetime, streams: tuple[StreamName, ...]
) -> list[Press]:
    """Make up what people want, in the order of time."""
    within_seconds = random.choice(WITHIN_SECONDS)
    presses = [
        Press(
            at=began_at + timedelta(seconds=random.random() * within_seconds),
            command_id=f"press-{number}",
            stream=random.choice(streams),
            button=random.choice(tuple(Button)),
            action_id=ActionId(f"action-{random.randrange(ACTIONS_MAX)}"),
            is_first=random.choice((True, False)),
            is_second=random.choice((True, False)),
            is_third=random.choice((True, False)),
        )
        for number in range(random.randint(0, PRESSES_MAX))
    ]
    return sorted(presses, key=lambda press: press.at)


class Operators:
    """One process that people's requests go through; what they still want outlives it."""

    def __init__(
        self,
        *,
        wanted: list[Press],
        granted: list[Granted],
        recorder: CommandRecorder,
        orders: OrderStore,
        settings: SettingStates,
        scheduler: Scheduler,
    ) -> None:
        self._wanted = wanted
        self._granted = granted
        self._recorder = recorder
        self._orders = orders
        self._settings = settings
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
            self._granted.append(Granted(press=press, answer=answer))

    async def _pressed(self, press: Press) -> Answered:
        latest = await self._latest()
        loaded = (await self._orders.refresh([press.stream]))[press.stream]
        lines = tuple(line.line_id for line in loaded.order.lines)
        wish = WISHES[press.button](press, self._scheduler.now(), latest, lines)
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
WishOf = Callable[[Press, datetime, Latest, tuple[LineId, ...]], OrderWish]


def _complete(press: Press, now: datetime, latest: Latest, _: tuple[LineId, ...]) -> OrderWish:
    return CompleteOrder(
        now=now,
        command_id=press.command_id,
        by=OPERATOR.id,
        run_actions=press.is_first,
        restore_refunded_data=press.is_second,
        use_latest_configuration=press.is_third,
        latest=dict(latest),
    )


def _rerun(press: Press, now: datetime, latest: Latest, _: tuple[LineId, ...]) -> OrderWish:
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


def _note(press: Press, now: datetime, _: Latest, __: tuple[LineId, ...]) -> OrderWish:
    return AddNote(now=now, command_id=press.command_id, by=OPERATOR.id, text="Called.")


def _refund(press: Press, now: datetime, _: Latest, lines: tuple[LineId, ...]) -> OrderWish:
    """Give all of the first line back, or a part of each, and take access away."""
    amounts = dict.fromkeys(lines, 500) if press.is_first else dict.fromkeys(lines[:1], 10_000)
    return RequestRefund(
        now=now,
        refund_id=RefundId(press.command_id),
        by=OPERATOR.id,
        lines=tuple(
            LineRefund(line_id=line, amount=amount, remove_access=not press.is_first)
            for line, amount in amounts.items()
        ),
        refund_payments=False,
        remove_offer_access=press.is_second,
    )


WISHES: Mapping[Button, WishOf] = {
    Button.COMPLETE: _complete,
    Button.RERUN: _rerun,
    Button.NOTE: _note,
    Button.REFUND: _refund,
}
