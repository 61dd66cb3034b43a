"""What all ways of granting and removing a Kajabi offer have in common.

The rule to know: what is so already is a success, for it is what was wanted.
"""

from collections.abc import Awaitable, Collection

from adapters.executors.calls import CallFailed
from adapters.outbound_http import HttpAnswer
from domain.order.values import Customer

REFUSING_STATUSES = frozenset({400, 404, 409, 422})
GRANTED_ALREADY = ("already been granted", "already granted", "already activated")
REMOVED_ALREADY = (
    "already been deactivated",
    "already deactivated",
    "already been revoked",
    "already revoked",
    "offer grant not found",
)
"""Signs in Kajabi's errors, which carry no code."""


def member_name(customer: Customer, *, hide_last_name: bool) -> str:
    """Name a customer to Kajabi, which takes no blank name; of a hidden last name its initial."""
    last = customer.last_name.strip()
    name = f"{customer.first_name.strip()} {last[:1] if hide_last_name else last}".strip()
    return name or customer.company.strip() or customer.email


async def unless_so_already(call: Awaitable[HttpAnswer], signs: Collection[str]) -> HttpAnswer:
    """Make a call; take a refusal that says that it is so already for the answer."""
    try:
        return await call
    except CallFailed as error:
        if error.answer is None or not _says(error.answer, signs):
            raise
        return error.answer


def _says(answer: HttpAnswer, signs: Collection[str]) -> bool:
    words = answer.body.decode("utf-8", errors="replace").casefold()
    return answer.status in REFUSING_STATUSES and any(sign in words for sign in signs)
