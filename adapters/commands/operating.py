"""What people want done with an order: complete it, run an action again, write something down.

The rule to know: the answer to a key is read from the journal, out of the facts that were recorded
under it, the first time as every later time; nothing else remembers it. A refused wish records
nothing, so its key may be used again.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import cast

from msgspec import Struct
from msgspec.structs import asdict

from adapters.commands.options import (
    Asking,
    CompleteOptions,
    NoteOptions,
    RerunOptions,
    Wanted,
    wish_of,
)
from adapters.commands.recording import CommandRecorder, OrderRequest
from adapters.commands.requests import IdempotencyKeyReused, entry_of
from adapters.commands.setting_store import SettingStore
from adapters.master_key import MasterKey
from adapters.messaging.inbox import Inbox
from adapters.postgres.codec import open_rows
from adapters.postgres.database import Pool
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from adapters.postgres.rows import InboxEntry
from domain.identifiers import ActionId, OrderId, ShopId, StreamName, order_stream
from domain.message import Actor, ActorKind, Metadata, Recorded
from domain.order.decide import decide
from domain.order.events import OrderFact
from domain.rejection import Rejection
from projections.order_view.cautions import PersonsWish
from projections.order_view.firing import Effects, effects
from projections.order_view.view import fold

Facts = Sequence[Recorded[OrderFact]]


class OrderUnknown(Rejection):
    """The shop has no such order."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__("There is no such order.")


class OrderAsked(Struct, frozen=True, kw_only=True):
    """Which order, who asks, and under which idempotency key; a dry run needs none."""

    shop: ShopId
    order_id: OrderId
    by: str
    key: str = ""
    is_dry_run: bool = False

    @property
    def stream(self) -> StreamName:
        """The order's."""
        return order_stream(self.shop, self.order_id)


class CommandAnswer(Effects, frozen=True, kw_only=True):
    """What came of a wish; of a dry run, what would come of it."""

    order_id: OrderId
    is_dry_run: bool
    version: int
    position: int
    """Of the order's last fact: with the wish's own, or as a dry run found it."""


DEFAULT_COMPLETION = CompleteOptions()
DEFAULT_RERUN = RerunOptions()


def utc_now() -> datetime:
    """Read the ledger's clock."""
    return datetime.now(UTC)


class Operations:
    """The one way for people's wishes, whichever door they come through."""

    def __init__(
        self,
        *,
        pool: Pool,
        journal: Journal,
        key_ring: KeyRing,
        recorder: CommandRecorder,
        setting_store: SettingStore,
        master_key: MasterKey,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._journal = journal
        self._key_ring = key_ring
        self._recorder = recorder
        self._master_key = master_key
        self._inbox = Inbox(pool)
        self._setting_store = setting_store
        self._clock = clock

    async def complete(
        self, asked: OrderAsked, options: CompleteOptions = DEFAULT_COMPLETION
    ) -> CommandAnswer:
        """Close the order; raises Rejection."""
        return await self._answer(asked, Wanted(options=options))

    async def rerun(
        self, asked: OrderAsked, action_id: ActionId, options: RerunOptions = DEFAULT_RERUN
    ) -> CommandAnswer:
        """Run one action again; raises Rejection."""
        return await self._answer(asked, Wanted(options=options, action_id=action_id))

    async def note(self, asked: OrderAsked, options: NoteOptions) -> CommandAnswer:
        """Write something down; raises Rejection."""
        return await self._answer(asked, Wanted(options=options))

    async def _answer(self, asked: OrderAsked, wanted: Wanted) -> CommandAnswer:
        if asked.is_dry_run:
            return await self._tried(asked, wanted)
        entry = entry_of(self._master_key, asked.shop, asked.key, asked.order_id, wanted)
        if not await self._is_known(entry):
            await self._record(asked, wanted, entry)
        return await self._recorded(asked, wanted)

    async def _tried(self, asked: OrderAsked, wanted: Wanted) -> CommandAnswer:
        facts = await self._facts(asked)
        order = fold(facts)
        wish = await self._wish(asked, wanted, facts)
        return _answer_of(asked, effects(wish, order, decide(wish, order)), facts)

    async def _is_known(self, entry: InboxEntry) -> bool:
        key = (entry.shop, entry.message_id)
        known = (await self._inbox.digests_of([key])).get(key)
        if known not in (None, entry.digest):
            raise IdempotencyKeyReused
        return known is not None

    async def _record(self, asked: OrderAsked, wanted: Wanted, entry: InboxEntry) -> None:
        wish = await self._wish(asked, wanted, await self._facts(asked))
        metadata = Metadata(
            actor=Actor(ActorKind.OPERATOR, asked.by),
            correlation_id=asked.key,
            causation_id=asked.key,
            command_id=asked.key,
        )
        request = OrderRequest(asked.stream, wish, metadata, (entry,))
        [answered] = await self._recorder.record([request])
        if answered.is_contradicted:
            raise IdempotencyKeyReused
        if answered.rejection is not None:
            raise answered.rejection

    async def _recorded(self, asked: OrderAsked, wanted: Wanted) -> CommandAnswer:
        """Tell what the key's facts came to, on the order as they found it."""
        facts = await self._facts(asked)
        own = [fact for fact in facts if _is_under(asked.key, fact)]
        assert own, "a person's wish is recorded with at least one fact"
        before = facts[: own[0].version - 1]
        wish = await self._wish(asked, wanted, before)
        told = effects(wish, fold(before), [fact.event for fact in own])
        return _answer_of(asked, told, facts[: own[-1].version])

    async def _wish(self, asked: OrderAsked, wanted: Wanted, facts: Facts) -> PersonsWish:
        asking = Asking(now=self._clock(), command_id=asked.key, by=asked.by)
        return await wish_of(wanted, asking, fold(facts), self._setting_store)

    async def _facts(self, asked: OrderAsked) -> Facts:
        rows = await self._journal.read_stream(asked.stream)
        if not rows:
            raise OrderUnknown
        return cast(Facts, await open_rows(rows, self._key_ring))


def _is_under(key: str, fact: Recorded[OrderFact]) -> bool:
    """Say whether a person's wish under this key recorded the fact; a message may have its name."""
    metadata = fact.metadata
    return metadata.command_id == key and metadata.actor.kind is ActorKind.OPERATOR


def _answer_of(asked: OrderAsked, told: Effects, facts: Facts) -> CommandAnswer:
    return CommandAnswer(
        **asdict(told),
        order_id=asked.order_id,
        is_dry_run=asked.is_dry_run,
        version=facts[-1].version,
        position=facts[-1].position,
    )
