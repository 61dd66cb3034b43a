"""Many actions run again by one wish: all of a cause, or those that a person chose.

The rule to know: which actions a key stands for is written down before the first of them is asked
for. So the same key again, also after a crash in between, asks for exactly the same runs, and what
was asked for already is not asked for twice.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import asdict
from psycopg.types.json import Jsonb

from adapters.clock import Clock, utc_now
from adapters.commands.recording import Answered, CommandRecorder, OrderRequest
from adapters.commands.requests import (
    KEY,
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    Requester,
    operator_metadata,
)
from adapters.commands.rerun_wishes import (
    AT_ONCE_MAX,
    RerunAll,
    RerunAnswer,
    RerunMany,
    answer_of,
)
from adapters.postgres.database import Pool
from adapters.postgres.query import fetch, fetch_one
from adapters.shops.settings import ShopSettingsStore
from domain.identifiers import OrderId, order_stream
from domain.order.commands.actions import RerunAction
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

    options: RerunAll


class Reruns:
    """Runs many actions again, whichever door the wish comes through."""

    def __init__(
        self,
        *,
        pool: Pool,
        recorder: CommandRecorder,
        shop_settings: ShopSettingsStore,
        clock: Clock = utc_now,
    ) -> None:
        self._pool = pool
        self._recorder = recorder
        self._shop_settings = shop_settings
        self._clock = clock

    async def rerun(self, requester: Requester, options: RerunMany) -> RerunAnswer:
        """Run them again at once; raise IdempotencyKeyInvalid or IdempotencyKeyReused."""
        choice = await self.choose(requester, options)
        if requester.is_dry_run:
            return answer_of(choice, None)
        return answer_of(choice, await self.carry_out(requester, options, choice.targets))

    async def choose(self, requester: Requester, options: RerunAll) -> Choice:
        """Say what the key stands for, from its first use on for ever; raise as `rerun` does."""
        if requester.is_dry_run:
            return await self._choose(requester, options, self._clock())
        if not KEY.fullmatch(requester.key):
            raise IdempotencyKeyInvalid
        known = await self._recall(requester)
        if not known:
            await self._remember(requester, options)
            known = await self._recall(requester)
        [remembered] = known
        if asdict(remembered.options) != asdict(options):
            raise IdempotencyKeyReused
        return remembered

    async def carry_out(
        self, requester: Requester, options: RerunAll, targets: Sequence[Target]
    ) -> list[Answered]:
        """Ask for some of those that were chosen; what was asked for already has no facts."""
        assert len(targets) <= AT_ONCE_MAX, len(targets)
        now = self._clock()
        requests = [_request(requester, options, target, now) for target in targets]
        return await self._recorder.record(requests)

    async def _choose(self, requester: Requester, options: RerunAll, now: datetime) -> Choice:
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

    async def _remember(self, requester: Requester, options: RerunAll) -> None:
        now = self._clock()
        choice = await self._choose(requester, options, now)
        values = asdict(choice) | {
            "shop": requester.shop,
            "key": requester.key,
            "options": Jsonb(msgspec.to_builtins(asdict(options))),
            "targets": Jsonb(msgspec.to_builtins(choice.targets)),
            "now": now,
        }
        async with self._pool.connection() as connection:
            await connection.execute(REMEMBER, values)


def _request(
    requester: Requester, options: RerunAll, target: Target, now: datetime
) -> OrderRequest:
    # A key holds no space, so this is the key of no wish about one action.
    command_id = f"{requester.key} {target.action_id}"
    return OrderRequest(
        order_stream(requester.shop, OrderId(target.order_id)),
        RerunAction(
            now=now,
            command_id=command_id,
            action_id=target.action_id,
            by=requester.by,
            force=options.force,
            run_seen=target.run,
            attempt_seen=target.attempt,
        ),
        operator_metadata(requester, command_id),
    )
