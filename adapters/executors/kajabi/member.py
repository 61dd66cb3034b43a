"""What the two ways of granting a Kajabi offer have in common."""

from adapters.outbound_http import HttpAnswer
from domain.order.values import Customer

REFUSING_STATUSES = frozenset({400, 409, 422})
GRANTED_ALREADY = ("already been granted", "already granted", "already activated")
"""In Kajabi's errors, which carry no code."""


def member_name(customer: Customer, *, hide_last_name: bool) -> str:
    """Name a customer to Kajabi, which takes no blank name; of a hidden last name its initial."""
    last = customer.last_name.strip()
    name = f"{customer.first_name.strip()} {last[:1] if hide_last_name else last}".strip()
    return name or customer.company.strip() or customer.email


def is_granted_already(answer: HttpAnswer) -> bool:
    """Say whether a refusal means that the customer has the offer, which is what was wanted."""
    words = answer.body.decode("utf-8", errors="replace").casefold()
    return answer.status in REFUSING_STATUSES and any(sign in words for sign in GRANTED_ALREADY)
