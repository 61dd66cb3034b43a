"""One order from the journal: always true, now or as it was.

The rule to know: a past is told by the order's version or by the ledger's own clock, never by the
time that a sender put on a fact.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias, cast

from msgspec import Struct

from adapters.clock import Clock, utc_now
from adapters.postgres.codec import open_rows
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from adapters.reading.setting_store import SettingStore
from adapters.shops.settings import ShopSettingsStore
from domain.identifiers import OrderId, ShopId, order_stream
from domain.message import Recorded
from domain.order.completion import failed_actions
from domain.order.events import OrderFact
from domain.phrase import say
from domain.rejection import Rejection
from projections.order_view.details import OrderDetails
from projections.order_view.history import HistoryEntry, history
from projections.order_view.view import fold, until, view

OrderFacts: TypeAlias = Sequence[Recorded[OrderFact]]


class OrderUnknown(Rejection):
    """The shop has no such order."""

    code = "not_found"

    def __init__(self) -> None:
        super().__init__(say("There is no such order."))


class PastUnknown(Rejection):
    """The order has no such past: it had not begun, or has not come so far."""

    code = "not_found"


class History(Struct, frozen=True):
    """Everything that happened to an order, the first first."""

    events: tuple[HistoryEntry, ...]


class Told(Struct, frozen=True, kw_only=True):
    """An order after one of its facts, with all that happened to it."""

    sheet: OrderDetails
    before: OrderDetails | None
    """The sheet before that fact; None where it is the first, and of the present."""
    events: tuple[HistoryEntry, ...]
    """All of them, the first first, also those that came later."""


class OrderReader:
    """Reads the orders of all shops; raises OrderUnknown where there is none."""

    def __init__(
        self,
        *,
        journal: Journal,
        key_ring: KeyRing,
        setting_store: SettingStore,
        shop_settings: ShopSettingsStore,
        clock: Clock = utc_now,
    ) -> None:
        self._journal = journal
        self._key_ring = key_ring
        self._setting_store = setting_store
        self._shop_settings = shop_settings
        self._clock = clock

    async def facts(self, shop: ShopId, order_id: OrderId) -> OrderFacts:
        """Give all that happened to an order, opened."""
        rows = await self._journal.read_stream(order_stream(shop, order_id))
        if not rows:
            raise OrderUnknown
        return cast(OrderFacts, await open_rows(rows, self._key_ring))

    async def sheet(
        self,
        shop: ShopId,
        order_id: OrderId,
        *,
        version: int | None = None,
        as_of: datetime | None = None,
    ) -> OrderDetails:
        """Show an order as it is, or at one version or time of its past; raise PastUnknown."""
        facts = await self.facts(shop, order_id)
        grace = (await self._shop_settings.get(shop)).grace
        shown = _then(facts, version, as_of)
        latest = await self._setting_store.latest_of(shop, failed_actions(fold(shown)))
        details = view(shown, as_of or self._clock(), grace, latest)
        if details is None:
            raise PastUnknown(
                say(
                    "The order had not begun then: it begins {recorded_at}.",
                    recorded_at=facts[0].recorded_at,
                )
            )
        return details

    async def told(self, shop: ShopId, order_id: OrderId, version: int | None = None) -> Told:
        """Show an order with its history, at one read: as it is, or after a fact of its past.

        Raises PastUnknown. What asked for attention then is told as of that fact.
        """
        facts = await self.facts(shop, order_id)
        if version is not None and not 0 < version <= len(facts):
            raise PastUnknown(say("The order has the versions 1 to {count}.", count=len(facts)))
        shown = facts[:version]
        now = self._clock() if version is None else shown[-1].recorded_at
        grace = (await self._shop_settings.get(shop)).grace
        latest = await self._setting_store.latest_of(shop, failed_actions(fold(shown)))
        sheet = view(shown, now, grace, latest)
        assert sheet is not None, "an order's first fact begins it"
        before = None if version is None else view(shown[:-1], now, grace, latest)
        return Told(sheet=sheet, before=before, events=tuple(history(facts)))

    async def history(self, shop: ShopId, order_id: OrderId) -> History:
        """Tell what happened, who did it, and what it changed of what people look at."""
        return History(tuple(history(await self.facts(shop, order_id))))


def _then(facts: OrderFacts, version: int | None, as_of: datetime | None) -> OrderFacts:
    if as_of is not None:
        return until(facts, as_of)
    if version is not None and version > len(facts):
        raise PastUnknown(say("The order has only come to version {count}.", count=len(facts)))
    return facts[:version]
