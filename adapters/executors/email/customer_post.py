"""A letter to an order's customer: the shop's settings, the letter, and off it goes.

The rule to know: the settings are read at each attempt, so that a mended sender counts at once.
"""

from collections.abc import Awaitable, Callable

from msgspec import Struct

from adapters.mail.letter import Letter
from adapters.mail.post import Post, Recipient
from adapters.postgres.errors import UNAVAILABLE
from adapters.shops.settings import ShopSettings
from domain.identifiers import ShopId
from domain.order.values import Customer
from processors.attempts import LEDGER_UNAVAILABLE
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
        to = Recipient(name=f"{customer.first_name} {customer.last_name}", email=customer.email)
        letter = write(customer, shop)
        return await self.post.send(letter, to, shop, key=task.action.key, now=task.now)
