"""The way of a letter from its order to the mail server.

The rule to know: what makes a letter impossible (no sender, a forgotten customer, an address
that is none) is a failure that says so, and nothing is sent.
"""

from collections.abc import Awaitable, Callable
from email.headerregistry import Address

from msgspec import Struct

from adapters.executors.email.letter import AddressWrong, Letter, Parties, address_of, message_of
from adapters.executors.smtp import Mailer
from adapters.shops.settings import ShopSettings
from domain.identifiers import ShopId
from domain.order.values import Customer
from processors.ports import Failed, Outcome, Task

CUSTOMER_ERASED = Failed(
    code="customer_erased", message="The customer was forgotten; there is nobody to write to."
)
SENDER_NOT_SET = Failed(
    code="sender_not_set",
    message="No sender is set: set the shop's with `order-ledger shops set SHOP --sender ADDRESS`, "
    "or LEDGER_MAIL_FROM for all shops that have none.",
)


class Post(Struct, frozen=True, kw_only=True):
    """What every email to a customer is sent with."""

    mailer: Mailer
    settings_of: Callable[[ShopId], Awaitable[ShopSettings]]
    mail_from: str = ""
    """The sender for shops that have set none."""

    async def send(self, task: Task, write: Callable[[Customer, ShopSettings], Letter]) -> Outcome:
        """Write to the order's customer, once per run as far as receivers can tell."""
        customer = task.order.customer
        if customer is None:
            return CUSTOMER_ERASED
        shop = await self.settings_of(task.order.shop)
        sender = shop.sender or self.mail_from
        if not sender:
            return SENDER_NOT_SET
        try:
            parties = _parties(sender, shop, customer)
        except AddressWrong as error:
            return Failed(code="address_wrong", message=str(error))
        message = message_of(write(customer, shop), parties, task.action.key, task.now)
        return await self.mailer.send(message)


def _parties(sender: str, shop: ShopSettings, customer: Customer) -> Parties:
    return Parties(
        sender=address_of(shop.display_name, sender),
        reply_to=_reply_to(shop),
        recipient=address_of(f"{customer.first_name} {customer.last_name}", customer.email),
    )


def _reply_to(shop: ShopSettings) -> Address | None:
    return address_of(shop.display_name, shop.reply_to) if shop.reply_to else None
