"""A letter to an order's customer: the shop's settings, the letter, and off it goes.

The rule to know: the settings are read at each attempt, so that a mended sender counts at once. An
email that is cut off before it was handed over says so, since it may be sent again.
"""

from asyncio import CancelledError
from collections.abc import Awaitable, Callable

from msgspec import Struct

from adapters.mail.letter import Letter
from adapters.mail.post import Post, Recipient
from adapters.mail.smtp import NOT_HANDED_OVER
from adapters.postgres.errors import UNAVAILABLE
from adapters.shops.settings import ShopSettings
from domain.identifiers import ShopId
from domain.order.values import Customer
from processors.attempts import LEDGER_UNAVAILABLE, NOT_SENT
from processors.ports import Outcome, Task


class CustomerPost(Struct, frozen=True, kw_only=True):
    """What emails to customers are written and sent with."""

    post: Post
    settings_of: Callable[[ShopId], Awaitable[ShopSettings]]

    async def send(self, task: Task, write: Callable[[Customer, ShopSettings], Letter]) -> Outcome:
        """Write to the order's customer, once per run as far as receivers can tell."""
        customer = task.order.customer
        assert customer is not None, "an attempt without a customer is refused before it is made"
        try:
            shop = await self.settings_of(task.order.shop)
        except UNAVAILABLE:
            return LEDGER_UNAVAILABLE
        except CancelledError:
            return NOT_SENT
        to = Recipient(name=f"{customer.first_name} {customer.last_name}", email=customer.email)
        letter = write(customer, shop)
        try:
            return await self.post.send(letter, to, shop, key=task.action.key, now=task.now)
        except CancelledError as cut:
            if cut.args == (NOT_HANDED_OVER,):
                return NOT_SENT
            raise
