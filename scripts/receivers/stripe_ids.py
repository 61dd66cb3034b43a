"""Made-up ids of Stripe payments that say what was paid, in what currency, and by card or not.

The rule to know: nobody tells the double of payments, and it forgets all when it ends; so whoever
makes a payment up writes it into the id, and an id that says nothing is a payment that never was.
"""

import re

from msgspec import Struct

PAYMENT_INTENT = "pi_"
CARD_CHARGE, OTHER_CHARGE = "ch_", "py_"
CARD_MARK, OTHER_MARK = "3", "4"
MARK_BITS, AMOUNT_BITS = 48, 32
ID = re.compile(
    rf"({PAYMENT_INTENT}|{CARD_CHARGE}|{OTHER_CHARGE})"
    rf"(([{CARD_MARK}{OTHER_MARK}])[0-9a-f]{{12}}([0-9a-f]{{8}})([a-z]{{3}}))"
)


class Paid(Struct, frozen=True, kw_only=True):
    """What was paid, in Stripe's own minor units, and how."""

    tail: str
    """What the ids of the payment and of its charge have in common."""
    amount: int
    currency: str
    """In lower case, as Stripe writes it."""
    is_card: bool

    @property
    def payment_intent(self) -> str:
        """The payment's id."""
        return PAYMENT_INTENT + self.tail

    @property
    def charge(self) -> str:
        """The id of its charge."""
        return (CARD_CHARGE if self.is_card else OTHER_CHARGE) + self.tail


def payment_id(mark: int, amount: int, currency: str, *, is_card: bool = True) -> str:
    """Make the id of a payment; `mark` tells it from others of the same amount."""
    method = CARD_MARK if is_card else OTHER_MARK
    numbers = f"{mark % 2**MARK_BITS:012x}{amount % 2**AMOUNT_BITS:08x}"
    return f"{PAYMENT_INTENT}{method}{numbers}{currency.lower()}"


def paid_by(transaction: str) -> Paid | None:
    """Read what was paid out of the id of a payment or a charge; None where it says nothing."""
    found = ID.fullmatch(transaction)
    if found is None:
        return None
    _, tail, method, amount, currency = found.groups()
    return Paid(tail=tail, amount=int(amount, 16), currency=currency, is_card=method == CARD_MARK)
