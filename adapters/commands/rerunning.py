"""Many actions run again by one wish: all of a cause, or those that a person chose.

The rule to know: which actions a key stands for is written down before the first of them is asked
for. So the same key again, also after a crash in between, asks for exactly the same runs, and what
was asked for already is not asked for twice. A key that stands for no action stays free.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import asdict
from psycopg.types.json import Jsonb

from adapters.clock import Clock, utc_now
from adapters.commands.recording import Answered, CommandRecorder
from adapters.commands.requests import (
    KEY,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    Requester,
)
from adapters.commands.rerun_answer import RerunAnswer, Trial, answer_of, trial_of
from adapters.commands.rerun_options import AT_ONCE_MAX, RerunAtOnceOptions, RerunManyOptions
from adapters.commands.rerun_wishes import request_of, stream_of, tried, wish_of_target
from adapters.postgres.database import Pool
from adapters.postgres.order_store import OrderStore
from adapters.postgres.query import fetch, fetch_one
from adapters.reading.setting_store import SettingStore
from adapters.shops.settings import ShopSettingsStore
from domain.order.commands.actions import RerunAction
from domain.order.state import Order
from domain.order.values import LatestConfiguration
from projections.attention.rerun_targets import Choice, Target, choose_targets
from projections.query import Query

REMEMBER = """
INSERT INTO attention.reruns (
    shop,
    key,
    options,
    targets,
    remaining,
    needs_force,
    asked_at
)
VALUES (
    %(shop)s,
    %(key)s,
    %(options)s,
    %(targets)s,
    %(remaining)s,
    %(needs_force)s,
    %(now)s
)
ON CONFLICT ON CONSTRAINT reruns_pkey DO NOTHING
"""

RECALL = """
SELECT
    options,
    targets,
    remaining,
    needs_force
FROM attention.reruns
WHERE shop = %(shop)s
AND key = %(key)s
"""


class Remembered(Choice, frozen=True, kw_only=True):
    """What a key stands for."""

    options: RerunManyOptions


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
        self._recorder = recorder
        self._orders = orders
        self._setting_store = setting_store
        self._shop_settings = shop_settings
        self._clock = clock

    async def rerun(self, requester: Requester, options: RerunAtOnceOptions) -> RerunAnswer:
        """Run them again at once; raise IdempotencyKeyInvalid or IdempotencyKeyReused."""
        choice = await self.choose(requester, options)
        if requester.is_dry_run:
            return trial_of(choice, await self.try_out(requester, options, choice.targets))
        return answer_of(choice, await self.carry_out(requester, options, choice.targets))

    async def choose(self, requester: Requester, options: RerunManyOptions) -> Choice:
        """Say what the key stands for, from its first use on for ever; raise as `rerun` does."""
        if requester.is_dry_run:
            return await self._choose(requester, options, self._clock())
        if not KEY.fullmatch(requester.key):
            raise IdempotencyKeyInvalid
        known = await self._recall(requester)
        if not known:
            now = self._clock()
            choice = await self._choose(requester, options, now)
            if not choice.targets:
                return choice
            await self._remember(requester, options, choice, now)
            known = await self._recall(requester)
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
        return await fetch_one(self._pool, query)

    async def _recall(self, requester: Requester) -> list[Remembered]:
        values: dict[str, object] = {"shop": requester.shop, "key": requester.key}
        return await fetch(self._pool, Query(sql=RECALL, parameters=values, result=Remembered))

    async def _remember(
        self, requester: Requester, options: RerunManyOptions, choice: Choice, now: datetime
    ) -> None:
        values = asdict(choice) | {
            "shop": requester.shop,
            "key": requester.key,
            "options": Jsonb(msgspec.to_builtins(asdict(options))),
            "targets": Jsonb(msgspec.to_builtins(choice.targets)),
            "now": now,
        }
        async with self._pool.connection() as connection:
            await connection.execute(REMEMBER, values)
