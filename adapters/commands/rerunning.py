"""Many actions run again by one wish: all of a cause, or those that a person chose.

The rule to know: which actions a key stands for is written down before the first of them is asked
for. So the same key again, also after a crash in between, asks for exactly the same runs, and what
was asked for already is not asked for twice. A key that stands for no action stays free.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec.structs import asdict

from adapters.clock import Clock, utc_now
from adapters.commands.recording import Answered, CommandRecorder
from adapters.commands.requests import (
    KEY,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    Requester,
)
from adapters.commands.rerun_answer import (
    Remembered,
    RerunAnswer,
    Trial,
    answer_of,
    trial_of,
)
from adapters.commands.rerun_memory import RerunMemory
from adapters.commands.rerun_options import AT_ONCE_MAX, RerunAtOnceOptions, RerunManyOptions
from adapters.commands.rerun_refusals import CauseUnknown, CauseWithoutActions
from adapters.commands.rerun_wishes import request_of, stream_of, tried, wish_of_target
from adapters.postgres.database import Pool
from adapters.postgres.order_store import OrderStore
from adapters.postgres.query import fetch, fetch_one
from adapters.reading.setting_store import SettingStore
from adapters.shops.settings import ShopSettingsStore
from domain.order.commands.actions import RerunAction
from domain.order.state import Order
from domain.order.values import LatestConfiguration
from domain.rejection import Rejection
from projections.attention.causes import list_causes
from projections.attention.rerun_targets import Choice, Target, choose_targets


class Reruns:
    """Runs many actions again, whichever door the wish comes through."""

    def __init__(
        self,
        *,
        pool: Pool,
        recorder: CommandRecorder,
        orders: OrderStore,
        setting_store: SettingStore,
        shop_settings: ShopSettingsStore,
        clock: Clock = utc_now,
    ) -> None:
        self._pool = pool
        self._memory = RerunMemory(pool)
        self._recorder = recorder
        self._orders = orders
        self._setting_store = setting_store
        self._shop_settings = shop_settings
        self._clock = clock

    async def rerun(self, requester: Requester, options: RerunAtOnceOptions) -> RerunAnswer:
        """Run them again at once.

        Raises IdempotencyKeyInvalid, IdempotencyKeyReused, CauseUnknown or CauseWithoutActions.
        """
        choice = await self.choose(requester, options)
        if requester.is_dry_run:
            trials = await self.try_out(requester, options, choice.targets)
            return trial_of(choice, trials, requester.by)
        answers = await self.carry_out(requester, options, choice.targets)
        return await self.answer(requester, choice, answers)

    async def choose(self, requester: Requester, options: RerunManyOptions) -> Choice | Remembered:
        """Say what the key stands for, from its first use on for ever; raise as `rerun` does."""
        if requester.is_dry_run:
            return await self._choose(requester, options, self._clock())
        if not KEY.fullmatch(requester.key):
            raise IdempotencyKeyInvalid
        known = await self._memory.recall(requester)
        if not known:
            now = self._clock()
            choice = await self._choose(requester, options, now)
            if not choice.targets:
                return choice
            await self._memory.remember(requester, options, choice, now)
            known = await self._memory.recall(requester)
        [remembered] = known
        if asdict(remembered.options) != asdict(options):
            raise IdempotencyKeyReused
        return remembered

    async def carry_out(
        self, requester: Requester, options: RerunManyOptions, targets: Sequence[Target]
    ) -> list[Answered]:
        """Ask for some of those that were chosen; what was asked for already has no facts."""
        wishes = await self._wishes(requester, options, targets)
        return await self._recorder.record([request_of(requester, *one) for one in wishes])

    async def answer(
        self, requester: Requester, choice: Choice | Remembered, answers: Sequence[Answered]
    ) -> RerunAnswer:
        """Say what came of all that was chosen, and remember up to where its facts go."""
        if not isinstance(choice, Remembered):
            return trial_of(choice, (), requester.by, is_dry_run=False)
        answer = answer_of(choice, answers)
        if answer.position not in (0, choice.position):
            await self._memory.done(requester, answer.position)
        return answer

    async def try_out(
        self, requester: Requester, options: RerunManyOptions, targets: Sequence[Target]
    ) -> list[Trial]:
        """Say of some of those that were chosen what would come of them, as they are now."""
        wishes = await self._wishes(requester, options, targets)
        orders = await self._orders_of(requester, targets)
        return [tried(wish, orders[target.order_id]) for target, wish in wishes]

    async def _wishes(
        self, requester: Requester, options: RerunManyOptions, targets: Sequence[Target]
    ) -> list[tuple[Target, RerunAction]]:
        assert len(targets) <= AT_ONCE_MAX, len(targets)
        now, latest = self._clock(), await self._latest(requester, options, targets)
        return [
            (target, wish_of_target(requester, options, target, now, latest.get(target)))
            for target in targets
        ]

    async def _latest(
        self, requester: Requester, options: RerunManyOptions, targets: Sequence[Target]
    ) -> dict[Target, LatestConfiguration]:
        if not options.use_latest_configuration:
            return {}
        orders = await self._orders_of(requester, targets)
        setting_ids = {
            target: action.setting_id
            for target in targets
            if (action := orders[target.order_id].actions_by_id.get(target.action_id))
            and action.setting_id
        }
        latest = await self._setting_store.latest(requester.shop, set(setting_ids.values()))
        return {target: latest[one] for target, one in setting_ids.items() if one in latest}

    async def _orders_of(
        self, requester: Requester, targets: Sequence[Target]
    ) -> dict[UUID, Order]:
        streams = {one.order_id: stream_of(requester, one) for one in targets}
        loaded = await self._orders.refresh(list(streams.values()))
        return {order_id: loaded[stream].order for order_id, stream in streams.items()}

    async def _choose(
        self, requester: Requester, options: RerunManyOptions, now: datetime
    ) -> Choice:
        query = choose_targets(
            requester.shop,
            now=now,
            grace=(await self._shop_settings.get(requester.shop)).grace,
            wanted=options.wanted,
            is_forced=options.force,
            limit=options.limit,
        )
        choice = await fetch_one(self._pool, query)
        if choice.is_empty:
            raise await self._nothing_for(requester, str(options.cause), now)
        return choice

    async def _nothing_for(self, requester: Requester, cause_id: str, now: datetime) -> Rejection:
        grace = (await self._shop_settings.get(requester.shop)).grace
        causes = await fetch(self._pool, list_causes(requester.shop, now=now, grace=grace))
        found = (one for one in causes if one.cause_id == cause_id)
        return next(map(CauseWithoutActions, found), CauseUnknown(cause_id))
