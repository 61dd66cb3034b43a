"""One order as the panel shows it: everything about it, now or after a fact of its past.

The rule to know: the past is only looked at, so nothing there can be done.
"""

from datetime import datetime
from uuid import uuid4

from msgspec import Struct
from msgspec.structs import replace

from adapters.auth.roles import Permission
from adapters.reading.order_reader import Told
from adapters.web.attention.cases import CaseView, read_case
from adapters.web.panel.actions import ShownAction, shown_actions
from adapters.web.panel.addresses import Addresses, addresses_beside_list
from adapters.web.panel.changes import changed_places
from adapters.web.panel.notice import Notice, notice_of, wanted_count
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import OrderId
from domain.order.stages import ActionStage, OrderStatus
from domain.order.transfer_standing import TransferStanding
from projections.order_view.details import OrderDetails
from projections.order_view.history import HistoryEntry
from projections.order_view.refund_details import TransferDetails

ASKS_PERSON = frozenset({TransferStanding.OWED, TransferStanding.UNRESOLVED})
CLOSED = frozenset(
    {
        OrderStatus.COMPLETED,
        OrderStatus.MARKED_AS_COMPLETED,
        OrderStatus.PARTIALLY_REFUNDED,
        OrderStatus.REFUNDED,
    }
)


class Past(Struct, frozen=True, kw_only=True):
    """Which moment of the past is shown."""

    version: int
    of: int
    """The order's facts up to now."""
    at: datetime
    says: str
    """The sentence of the fact after which the order is shown."""

    @property
    def older(self) -> int | None:
        """The version before."""
        return self.version - 1 if self.version > 1 else None

    @property
    def newer(self) -> int | None:
        """The version after."""
        return self.version + 1 if self.version < self.of else None


class NoteForm(Struct, frozen=True, kw_only=True):
    """A note that is being written."""

    key: str
    """Its idempotency key, kept until it is granted."""
    text: str = ""
    refusal: str = ""
    """Why it was not taken; "" of a new one."""


class PanelView(Struct, frozen=True, kw_only=True):
    """The order."""

    order: OrderDetails
    actions: tuple[ShownAction, ...]
    history: tuple[HistoryEntry, ...]
    """The last first."""
    notice: Notice | None
    case: CaseView | None
    """Who is on it; None of the past, and of what needs no attention."""
    past: Past | None
    """None of the present."""
    changed: frozenset[str]
    """The places that the fact shown last has changed; only in the past."""
    can_operate: bool
    """The visitor may act on orders, and looks at the present."""
    note: NoteForm
    addresses: Addresses

    @property
    def is_placed(self) -> bool:
        """The billing form is filled in; before, an order is neither completed nor refunded."""
        return self.order.customer is not None

    @property
    def is_open(self) -> bool:
        """Something is left before it can be closed; else completing it is nothing to urge."""
        return bool(self.order.attention) or self.order.status not in CLOSED

    @property
    def done_count(self) -> int:
        """Actions that succeeded."""
        return sum(one.details.status is ActionStage.SUCCEEDED for one in self.actions)

    @property
    def failed_count(self) -> int:
        """Actions that failed."""
        return sum(one.details.status is ActionStage.FAILED for one in self.actions)

    @property
    def wanted_count(self) -> int:
        """Actions that were not called off."""
        return wanted_count(self.order.actions)

    def can_confirm(self, transfer: TransferDetails) -> bool:
        """Say whether the visitor can say of this money what became of it."""
        return self.can_operate and transfer.standing in ASKS_PERSON


async def read_panel(
    parts: PageParts, visit: Visit, order_id: OrderId, version: int | None = None
) -> PanelView:
    """Read it from the journal, once; raise OrderUnknown, PastUnknown."""
    told = await parts.order_reader.told(visit.shop, order_id, version)
    return PanelView(
        order=told.sheet,
        actions=shown_actions(told.sheet),
        history=told.events[::-1],
        notice=notice_of(told.sheet),
        case=await read_case(parts, visit, order_id) if version is None else None,
        past=None if version is None else _past(told, version),
        changed=changed_places(told.before, told.sheet),
        can_operate=visit.may(Permission.OPERATE) and version is None,
        note=NoteForm(key=uuid4().hex),
        addresses=addresses_beside_list(visit, order_id),
    )


def with_note(panel: PanelView, note: NoteForm) -> PanelView:
    """Show the panel with a note that was not taken."""
    return replace(panel, note=note)


def _past(told: Told, version: int) -> Past:
    shown = told.events[version - 1]
    return Past(version=version, of=len(told.events), at=shown.recorded_at, says=shown.says)
