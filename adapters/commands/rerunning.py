"""Many actions run again by one wish: all of a cause, or those that a person chose.

The rule to know: which actions a key stands for is written down before the first of them is asked
for. So the same key again, also after a crash in between, asks for exactly the same runs, and what
was asked for already is not asked for twice.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct
from psycopg.types.json import Jsonb

from adapters.commands.operating import utc_now
from adapters.commands.recording import Answered, CommandRecorder, OrderRequest
from adapters.commands.requests import KEY, IdempotencyKeyInvalid, IdempotencyKeyReused
from adapters.postgres.database import Pool
from adapters.postgres.query import fetch, fetch_one
from adapters.shops.settings import ShopSettingsStore
from domain.identifiers import OrderId, ShopId, order_stream
from domain.message import Actor, ActorKind, Metadata
from domain.order.commands.actions import RerunAction
from projections.attention.causes import (
    TARGETS_MAX,
    Chosen,
    Left,
    Target,
    count_left,
    list_targets,
)

LIMIT_DEFAULT = 100
CAUSE_PATTERN = "^[0-9a-f]{10}$"

REMEMBER = """
INSERT INTO attention.reruns (shop, key, options, targets, asked_at)
VALUES (%(shop)s, %(key)s, %(options)s, %(targets)s, %(now)s)
ON CONFLICT ON CONSTRAINT reruns_pkey DO NOTHING
"""

RECALL = """
SELECT
    options,
    targets
FROM attention.reruns
WHERE shop = %(shop)s
AND key = %(key)s
"""


class RerunMany(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which actions are to run again: a cause's, or these."""

    cause: Annotated[str, Meta(pattern=CAUSE_PATTERN)] | None = None
    actions: Annotated[tuple[Chosen, ...], Meta(max_length=TARGETS_MAX)] = ()
    force: bool = False
    """Also those that are running: the runs going on are believed dead."""
    limit: Annotated[int, Meta(ge=1, le=TARGETS_MAX)] = LIMIT_DEFAULT
    """How many at most by this wish."""

    def __post_init__(self) -> None:
        if (self.cause is None) == (not self.actions):
            raise ValueError("name either a cause or actions")

    @property
    def wanted(self) -> str | Sequence[Chosen]:
        """The one of the two that is named."""
        return self.actions if self.cause is None else self.cause


class ManyAsked(Struct, frozen=True, kw_only=True):
    """Which shop is asked, who asks, and under which idempotency key; a dry run needs none."""

    shop: ShopId
    by: str
    key: str = ""
    is_dry_run: bool = False


class RefusedRerun(Struct, frozen=True, kw_only=True):
    """An action that was not asked for, and why."""

    order_id: OrderId
    action_id: str
    code: str


class RerunAnswer(Struct, frozen=True, kw_only=True):
    """What came of it; of a dry run, what would come of it."""

    is_dry_run: bool
    requested: tuple[Chosen, ...]
    """Actions that run again, those that waited longest first."""
    refused: tuple[RefusedRerun, ...]
    """Actions that had changed since they were chosen."""
    remaining: int
    """Actions that a next wish would run again."""
    needs_force: int
    """Actions beside these that are running."""
    position: int
    """Up to which a read model must have come to show it; 0 if nothing was asked for."""


class Reruns:
    """Runs many actions again, whichever door the wish comes through."""

    def __init__(
        self,
        *,
        pool: Pool,
        recorder: CommandRecorder,
        shop_settings: ShopSettingsStore,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._pool = pool
        self._recorder = recorder
        self._shop_settings = shop_settings
        self._clock = clock

    async def rerun(self, asked: ManyAsked, options: RerunMany) -> RerunAnswer:
        """Run them again; raise IdempotencyKeyInvalid or IdempotencyKeyReused."""
        now = self._clock()
        if asked.is_dry_run:
            targets = await self._choose(asked.shop, options, now)
            return await self._answer(asked, options, [(target, None) for target in targets])
        if not KEY.fullmatch(asked.key):
            raise IdempotencyKeyInvalid
        targets = await self._targets(asked, options, now)
        answers = await self._recorder.record([_request(asked, options, t, now) for t in targets])
        return await self._answer(asked, options, list(zip(targets, answers, strict=True)))

    async def _targets(self, asked: ManyAsked, options: RerunMany, now: datetime) -> list[Target]:
        """Find what the key stands for, or let it stand for what is chosen now."""
        known = await self._recall(asked)
        if known is None:
            await self._remember(asked, options, await self._choose(asked.shop, options, now), now)
            known = await self._recall(asked)
        assert known is not None, "it was remembered a moment ago"
        if msgspec.convert(known[0], RerunMany) != options:
            raise IdempotencyKeyReused
        return msgspec.convert(known[1], list[Target])

    async def _choose(self, shop: ShopId, options: RerunMany, now: datetime) -> list[Target]:
        query = list_targets(
            shop,
            now=now,
            grace=(await self._shop_settings.get(shop)).grace,
            wanted=options.wanted,
            is_forced=options.force,
            limit=options.limit,
        )
        return await fetch(self._pool, query)

    async def _recall(self, asked: ManyAsked) -> tuple[Any, Any] | None:
        async with self._pool.connection() as connection:
            cursor = await connection.execute(RECALL, {"shop": asked.shop, "key": asked.key})
            return await cursor.fetchone()

    async def _remember(
        self, asked: ManyAsked, options: RerunMany, targets: Sequence[Target], now: datetime
    ) -> None:
        values = {
            "shop": asked.shop,
            "key": asked.key,
            "options": Jsonb(msgspec.to_builtins(options)),
            "targets": Jsonb(msgspec.to_builtins(targets)),
            "now": now,
        }
        async with self._pool.connection() as connection:
            await connection.execute(REMEMBER, values)

    async def _answer(
        self,
        asked: ManyAsked,
        options: RerunMany,
        found: Sequence[tuple[Target, Answered | None]],
    ) -> RerunAnswer:
        left = await self._left(asked.shop, options, [target for target, _ in found])
        return RerunAnswer(
            is_dry_run=asked.is_dry_run,
            requested=tuple(
                Chosen(order_id=OrderId(target.order_id), action_id=target.action_id)
                for target, answered in found
                if answered is None or answered.rejection is None
            ),
            refused=tuple(
                RefusedRerun(
                    order_id=OrderId(target.order_id),
                    action_id=target.action_id,
                    code=answered.rejection.code,
                )
                for target, answered in found
                if answered is not None and answered.rejection is not None
            ),
            remaining=left.remaining,
            needs_force=left.needs_force,
            position=max((a.position for _, a in found if a is not None), default=0),
        )

    async def _left(self, shop: ShopId, options: RerunMany, done: Sequence[Target]) -> Left:
        query = count_left(
            shop,
            now=self._clock(),
            grace=(await self._shop_settings.get(shop)).grace,
            wanted=options.wanted,
            is_forced=options.force,
            done=done,
        )
        return await fetch_one(self._pool, query)


def _request(asked: ManyAsked, options: RerunMany, target: Target, now: datetime) -> OrderRequest:
    # A key holds no space, so this is the key of no wish about one action.
    command_id = f"{asked.key} {target.action_id}"
    return OrderRequest(
        order_stream(asked.shop, OrderId(target.order_id)),
        RerunAction(
            now=now,
            command_id=command_id,
            action_id=target.action_id,
            by=asked.by,
            force=options.force,
            run_seen=target.run,
            attempt_seen=target.attempt,
        ),
        Metadata(
            actor=Actor(ActorKind.OPERATOR, asked.by),
            correlation_id=asked.key,
            causation_id=asked.key,
            command_id=command_id,
        ),
    )
