"""What a credit note says of the money: returned, on its way, to be paid back, or not at all.

The rule to know: it says what is known at the moment of writing, and of which day that is. A word
that is no longer true is not repeated by a later copy; figures and number never change.
"""

from collections.abc import Iterator
from datetime import datetime

from adapters.credit_notes.words import credit_note_words
from adapters.display.words import words_of
from adapters.documents.language import Language
from domain.identifiers import ExternalRefundId
from domain.order.parts import Refund, TransferState
from domain.order.state import Order
from domain.order.values import TransferMethod


def payback_sentences(order: Order, refund: Refund, language: Language) -> Iterator[str]:
    """Tell what became of each part of the money."""
    for transfer in refund.transfers:
        if transfer.amount.amount:
            yield _pattern(refund, transfer, language).format(
                amount=language.money(transfer.amount),
                date=language.date(_returned_at(order, refund, transfer)),
                how=_how(order, transfer, language),
            )


def _pattern(refund: Refund, transfer: TransferState, language: Language) -> str:
    words = credit_note_words(language)
    if transfer.is_done:
        return words.by_the_shop if transfer.confirmed_by else words.returned
    if transfer.is_open:
        return words.under_way
    if transfer in refund.owed:
        return words.owed
    is_recorded_only = transfer.method is TransferMethod.NONE and refund.is_in_force
    return words.recorded_only if is_recorded_only else words.not_returned


def _returned_at(order: Order, refund: Refund, transfer: TransferState) -> datetime:
    """Find the day of the return as the ledger learnt of it, from the provider or a person."""
    external = order.external_refunds_by_id.get(ExternalRefundId(transfer.reference))
    observed_at = external.observed_recorded_at if external else None
    return transfer.changed_recorded_at or observed_at or refund.at


def _how(order: Order, transfer: TransferState, language: Language) -> str:
    """Name the payment that the money goes back to, and what the provider calls it."""
    words = credit_note_words(language)
    payment = order.payments_by_id[transfer.payment_id]
    how = f"{language.method(payment.method, payment.sub_method)}, {words_of(payment.provider)}"
    if payment.received_at is not None:
        how = words.payment_of.format(how=how, date=language.date(payment.received_at))
    return f"{how}, {words.reference.format(transfer.reference)}" if transfer.reference else how
