"""Refunds with their transfers, as the order knows them."""

from datetime import datetime

from msgspec import Struct

from domain.identifiers import LineId, PaymentId, RefundId, TransferId
from domain.money import Money
from domain.order.parts.credit_notes import CreditNote
from domain.order.stages import RefundStage, TransferStage
from domain.order.values import RefundLine, TransferMethod


class TransferState(Struct, frozen=True, kw_only=True):
    """Money on its way back to one payment."""

    transfer_id: TransferId
    payment_id: PaymentId
    method: TransferMethod
    amount: Money
    key: str
    stage: TransferStage = TransferStage.REQUESTED
    attempt: int = 0
    worker: str = ""
    was_asked: bool = False
    """The provider may have heard of it before the attempt under way."""
    reference: str = ""
    code: str = ""
    message: str = ""
    confirmed_by: str = ""
    requested_recorded_at: datetime | None = None
    first_asked_recorded_at: datetime | None = None
    """When the first attempt began that the provider may have heard of."""
    stage_recorded_at: datetime | None = None
    """When the latest news of it was recorded."""
    changed_recorded_at: datetime | None = None
    """Since when it is failed, unresolved or taken back; kept while an unresolved one is tried again."""
    returned_recorded_at: datetime | None = None
    """When the ledger learnt that the money is back; of one that is done."""

    @property
    def may_have_been_asked(self) -> bool:
        """The provider may have heard of it: an attempt that never ended counts too."""
        return self.was_asked or self.stage is TransferStage.STARTED

    @property
    def is_tried_again(self) -> bool:
        """Another attempt is under way since nobody knew where the money is."""
        return self.stage is TransferStage.STARTED and self.changed_recorded_at is not None

    @property
    def is_unresolved(self) -> bool:
        """Nobody knows where the money is, also while another attempt is under way."""
        return self.stage is TransferStage.UNRESOLVED or self.is_tried_again

    @property
    def is_open(self) -> bool:
        """A provider has it, or shall; nobody knows the end yet."""
        return self.method is TransferMethod.PROVIDER and self.stage not in (
            TransferStage.DONE,
            TransferStage.FAILED,
        )

    @property
    def is_recorded_only(self) -> bool:
        """No money is meant to move, and none did."""
        return self.method is TransferMethod.NONE and not self.is_done

    @property
    def is_at_provider(self) -> bool:
        """A provider was to pay it back, for us or before we heard, and no person did so instead."""
        methods = (TransferMethod.PROVIDER, TransferMethod.ELSEWHERE)
        return self.method in methods and not self.confirmed_by

    @property
    def may_be_returned(self) -> bool:
        """A provider was asked and has not said under which reference it took it, if it did."""
        return self.is_open and self.may_have_been_asked and not self.reference

    @property
    def is_done(self) -> bool:
        """The money is back."""
        return self.stage is TransferStage.DONE

    @property
    def is_vouched_for(self) -> bool:
        """It is back by somebody's word, who did not name the provider's refund."""
        by_word = self.confirmed_by != "" or self.method is TransferMethod.ELSEWHERE
        return self.is_done and by_word and not self.reference

    @property
    def is_failed(self) -> bool:
        """The money is not back, and no provider will be asked again."""
        return self.stage is TransferStage.FAILED

    @property
    def is_taken_back(self) -> bool:
        """A provider had settled it by itself and took that back: it stands as before."""
        return self.stage is TransferStage.REQUESTED and self.changed_recorded_at is not None


class Refund(Struct, frozen=True, kw_only=True):
    """A wish to give back amounts of lines, and how far it got."""

    refund_id: RefundId
    lines: tuple[RefundLine, ...]
    amount: int
    """The lines' amounts together."""
    transfers: tuple[TransferState, ...]
    by: str
    at: datetime
    excess: int = 0
    """Money above the order's total that it gives back besides."""
    is_by_hand: bool = False
    """A person wished to pay it back without asking providers."""
    reason: str = ""
    remove_access: tuple[LineId, ...] = ()
    remove_offer_access: bool = False
    tells_customer: bool = True
    """The ledger confirms it to the customer."""
    credit_note: CreditNote | None = None
    stage: RefundStage = RefundStage.REQUESTED
    is_restored: bool = False
    is_acknowledged: bool = False
    """A person closed the order since it last went wrong."""
    requested_recorded_at: datetime | None = None
    failed_recorded_at: datetime | None = None

    @property
    def is_in_force(self) -> bool:
        """It counts in the order's data."""
        return self.stage is RefundStage.ISSUED and not self.is_restored

    @property
    def is_reserving(self) -> bool:
        """Its amounts cannot be refunded a second time."""
        return self.is_in_force or self.stage is RefundStage.REQUESTED

    @property
    def is_recorded_only(self) -> bool:
        """It returns no money."""
        return all(t.is_recorded_only for t in self.transfers)

    @property
    def has_effect(self) -> bool:
        """Something of it is done, owed by a person, or meant to be recorded only."""
        return not self.transfers or any(
            t.is_done or (t.method is not TransferMethod.PROVIDER and not t.is_failed)
            for t in self.transfers
        )

    @property
    def owed(self) -> tuple[TransferState, ...]:
        """Transfers that a person must still pay back by hand."""
        if not self.is_in_force:
            return ()
        return tuple(
            t
            for t in self.transfers
            if t.is_failed or (t.method is TransferMethod.MANUAL and not t.is_done)
        )

    @property
    def claims(self) -> tuple[TransferState, ...]:
        """Transfers whose money is returned, on its way, or promised."""
        return tuple(t for t in self.transfers if self._is_claim(t))

    def _is_claim(self, transfer: TransferState) -> bool:
        """Say whether a part still takes money; one that failed does until the refund is settled."""
        if transfer.is_done or transfer.is_open:
            return True
        is_for_a_person = transfer.is_failed or transfer.method is TransferMethod.MANUAL
        return is_for_a_person and self.is_reserving
