"""What a credit note says of the money: returned, to be paid back, or not at all.

The rule to know: it says what is known at the moment of writing, and of which day that is. A word
that is no longer true is not repeated by a later copy; figures and number never change.
"""

from collections.abc import Iterator

from adapters.credit_notes.words import CreditNoteWords, credit_note_words
from adapters.display.words import words_of
from adapters.documents.language import Language
from domain.order.parts import Refund, TransferState
from domain.order.state import Order
from domain.order.transfer_standing import TransferStanding, asks_customer, standing_of


def payback_sentences(order: Order, refund: Refund, language: Language) -> Iterator[str]:
    """Tell what became of each part of the money."""
    for transfer in refund.transfers:
        if transfer.amount.amount:
            yield _pattern(order, refund, transfer, language).format(
                amount=language.money(transfer.amount),
                date=_day_of_return(transfer, language),
                how=_how(order, transfer, language),
                provider=words_of(order.payments_by_id[transfer.payment_id].provider),
            )


def _pattern(order: Order, refund: Refund, transfer: TransferState, language: Language) -> str:
    words, standing = credit_note_words(language), standing_of(refund, transfer)
    match standing:
        case TransferStanding.RETURNED:
            return _returned(order, transfer, words)
        case TransferStanding.OWED:
            return words.owed
        case TransferStanding.RECORDED_ONLY:
            return words.recorded_only
    assert standing is TransferStanding.VOID, "a refund counts once no provider has its money open"
    return words.not_returned


def _returned(order: Order, transfer: TransferState, words: CreditNoteWords) -> str:
    if transfer.confirmed_by:
        return words.by_the_shop
    return words.asks_customer if asks_customer(order, transfer) else words.returned


def _day_of_return(transfer: TransferState, language: Language) -> str:
    """Tell the day as the ledger learnt of it, from the provider or a person."""
    returned_at = transfer.returned_recorded_at
    return language.date(returned_at) if returned_at else ""


def _how(order: Order, transfer: TransferState, language: Language) -> str:
    """Name the payment that the money goes back to, and what the provider calls it."""
    words = credit_note_words(language)
    payment = order.payments_by_id[transfer.payment_id]
    how = f"{language.method(payment.method, payment.sub_method)}, {words_of(payment.provider)}"
    if payment.received_at is not None:
        how = words.payment_of.format(how=how, date=language.date(payment.received_at))
    return f"{how}, {words.reference.format(transfer.reference)}" if transfer.reference else how
