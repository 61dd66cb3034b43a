"""What people want done with an order: complete it, run an action again, refund it, note something.

The rule to know: the answer to a key is read from the journal, out of the facts that were recorded
under it, the first time as every later time; nothing else remembers it. A refused wish records
nothing, so its key may be used again.
"""

from datetime import datetime

from msgspec.structs import asdict

from adapters.clock import Clock, utc_now
from adapters.commands.options import (
    CompleteOptions,
    NoteOptions,
    RemovedByHand,
    RerunOptions,
    Wanted,
)
from adapters.commands.recording import CommandRecorder, OrderRequest
from adapters.commands.refund_options import AllocateOptions, ConfirmOptions, RefundOptions
from adapters.commands.requests import (
    IdempotencyKeyReused,
    OrderRequester,
    entry_of,
    operator_metadata,
)
from adapters.commands.wishes import NO_PROVIDERS, wish_of
from adapters.master_key import MasterKey
from adapters.postgres.database import Pool
from adapters.postgres.inbox import Inbox
from adapters.postgres.rows import InboxEntry
from adapters.postgres.secrets import Secrets
from adapters.providers.configured import configured_providers
from adapters.reading.order_reader import OrderFacts, OrderReader
from adapters.reading.setting_store import SettingStore
from domain.identifiers import ActionId, ExternalRefundId, OrderId, RefundId
from domain.message import ActorKind, Recorded
from domain.order.commands.persons import PersonsWish
from domain.order.decide import decide
from domain.order.events import OrderFact
from domain.order.state import Order
from projections.order_view.firing import Effects, effects
from projections.order_view.view import fold


class CommandAnswer(Effects, frozen=True, kw_only=True):
    """What came of a wish; of a dry run, what would come of it."""

    order_id: OrderId
    is_dry_run: bool
    version: int
    position: int
    """Of the order's last fact: with the wish's own, or as a dry run found it."""
    by: str
    """Who wanted it; of a key that was known, who wanted it first."""
    recorded_at: datetime | None
    """None of a dry run, and where all was so already."""
    is_repeat: bool
    """The key was known: this is what came of it then, and nothing new was done."""


DEFAULT_COMPLETION = CompleteOptions()
DEFAULT_RERUN = RerunOptions()


class Operations:
    """The one way for people's wishes about one order, whichever door they come through."""

    def __init__(
        self,
        *,
        pool: Pool,
        order_reader: OrderReader,
        recorder: CommandRecorder,
        setting_store: SettingStore,
        secrets: Secrets,
        master_key: MasterKey,
        clock: Clock = utc_now,
    ) -> None:
        self._order_reader = order_reader
        self._recorder = recorder
        self._master_key = master_key
        self._inbox = Inbox(pool)
        self._setting_store = setting_store
        self._secrets = secrets
        self._clock = clock

    async def complete(
        self, requester: OrderRequester, options: CompleteOptions = DEFAULT_COMPLETION
    ) -> CommandAnswer:
        """Close the order; raises Rejection."""
        return await self.answer(requester, Wanted(options=options))

    async def rerun(
        self, requester: OrderRequester, action_id: ActionId, options: RerunOptions = DEFAULT_RERUN
    ) -> CommandAnswer:
        """Run one action again; raises Rejection."""
        return await self.answer(requester, Wanted(options=options, about=action_id))

    async def removed_by_hand(
        self, requester: OrderRequester, action_id: ActionId
    ) -> CommandAnswer:
        """Take a failed access removal as done by a person; raises Rejection."""
        return await self.answer(requester, Wanted(options=RemovedByHand(), about=action_id))

    async def note(self, requester: OrderRequester, options: NoteOptions) -> CommandAnswer:
        """Write something down; raises Rejection."""
        return await self.answer(requester, Wanted(options=options))

    async def refund(self, requester: OrderRequester, options: RefundOptions) -> CommandAnswer:
        """Give something back; raises Rejection."""
        return await self.answer(requester, Wanted(options=options))

    async def confirm_refund(
        self, requester: OrderRequester, refund_id: RefundId, options: ConfirmOptions
    ) -> CommandAnswer:
        """Take a person's word on the money of a transfer; raises Rejection."""
        return await self.answer(requester, Wanted(options=options, about=refund_id))

    async def allocate(
        self, requester: OrderRequester, external_id: ExternalRefundId, options: AllocateOptions
    ) -> CommandAnswer:
        """Say what a refund was for that a provider made by itself; raises Rejection."""
        return await self.answer(requester, Wanted(options=options, about=external_id))

    async def answer(self, requester: OrderRequester, wanted: Wanted) -> CommandAnswer:
        """Do anything that can be wanted, or try it; raises Rejection."""
        if requester.is_dry_run:
            return await self._tried(requester, wanted)
        entry = entry_of(self._master_key, requester, wanted)
        is_repeat = await self._is_known(entry) or await self._record(requester, wanted, entry)
        return await self._recorded(requester, wanted, is_repeat=is_repeat)

    async def granted(self, requester: OrderRequester, wanted: Wanted) -> CommandAnswer | None:
        """Give the first answer to a key that is known; raises IdempotencyKeyReused."""
        if not await self._is_known(entry_of(self._master_key, requester, wanted)):
            return None
        return await self._recorded(requester, wanted, is_repeat=True)

    async def _tried(self, requester: OrderRequester, wanted: Wanted) -> CommandAnswer:
        facts = await self._facts(requester)
        order = fold(facts)
        wish = await self._wish(requester, wanted, order)
        return CommandAnswer(
            **asdict(effects(wish, order, decide(wish, order))),
            order_id=requester.order_id,
            is_dry_run=True,
            version=facts[-1].version,
            position=facts[-1].position,
            by=requester.by,
            recorded_at=None,
            is_repeat=False,
        )

    async def _is_known(self, entry: InboxEntry) -> bool:
        key = (entry.shop, entry.message_id)
        known = (await self._inbox.digests_of([key])).get(key)
        if known not in (None, entry.digest):
            raise IdempotencyKeyReused
        return known is not None

    async def _record(self, requester: OrderRequester, wanted: Wanted, entry: InboxEntry) -> bool:
        """Record it, and say whether somebody else just had under this key."""
        wish = await self._wish(requester, wanted, fold(await self._facts(requester)))
        metadata = operator_metadata(requester, requester.key)
        request = OrderRequest(requester.stream, wish, metadata, (entry,))
        [answered] = await self._recorder.record([request])
        if answered.is_contradicted:
            raise IdempotencyKeyReused
        if answered.rejection is not None:
            raise answered.rejection
        return answered.is_known

    async def _recorded(
        self, requester: OrderRequester, wanted: Wanted, *, is_repeat: bool
    ) -> CommandAnswer:
        """Tell what the key's facts came to, on the order as they found it."""
        facts = await self._facts(requester)
        own = [fact for fact in facts if _is_under(requester.key, fact)]
        if not own:
            return _already_so(requester, facts, is_repeat=is_repeat)
        before = fold(facts[: own[0].version - 1])
        wish = await self._wish(requester, wanted, before, until_position=own[0].position)
        return CommandAnswer(
            **asdict(effects(wish, before, [fact.event for fact in own])),
            order_id=requester.order_id,
            is_dry_run=False,
            version=own[-1].version,
            position=own[-1].position,
            by=own[0].metadata.actor.id,
            recorded_at=own[0].recorded_at,
            is_repeat=is_repeat,
        )

    async def _wish(
        self,
        requester: OrderRequester,
        wanted: Wanted,
        order: Order,
        until_position: int | None = None,
    ) -> PersonsWish:
        about = order.actions if wanted.needs_latest else ()
        latest = await self._setting_store.latest_of(requester.shop, about, until_position)
        providers = NO_PROVIDERS
        if wanted.needs_providers:
            providers = await configured_providers(self._secrets, requester.shop)
        return wish_of(wanted, requester, self._clock(), order, latest=latest, providers=providers)

    async def _facts(self, requester: OrderRequester) -> OrderFacts:
        return await self._order_reader.facts(requester.shop, requester.order_id)


def _already_so(requester: OrderRequester, facts: OrderFacts, *, is_repeat: bool) -> CommandAnswer:
    """Answer a wish that found done what it wanted: somebody had said the same before."""
    return CommandAnswer(
        recorded=(),
        fires=(),
        cautions=(),
        telling="",
        order_id=requester.order_id,
        is_dry_run=False,
        version=facts[-1].version,
        position=facts[-1].position,
        by=requester.by,
        recorded_at=None,
        is_repeat=is_repeat,
    )


def _is_under(key: str, fact: Recorded[OrderFact]) -> bool:
    """Say whether a person's wish under this key recorded the fact; a message may have its name."""
    metadata = fact.metadata
    return metadata.command_id == key and metadata.actor.kind is ActorKind.OPERATOR
