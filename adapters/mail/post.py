"""The way of a letter from its shop to the mail server.

The rule to know: what makes a letter impossible (no sender, an address that is none) is a failure
that says so, and nothing is sent.
"""

from datetime import datetime

from msgspec import Struct

from adapters.mail.letter import AddressWrong, Letter, Parties, address_of, message_of
from adapters.mail.smtp import Mailer
from adapters.shops.settings import ShopSettings
from processors.ports import Failed, Outcome

SENDER_NOT_SET = Failed(
    code="sender_not_set",
    message="No sender is set: set the shop's with `order-ledger shops set SHOP --sender ADDRESS`, "
    "or LEDGER_MAIL_FROM for all shops that have none.",
)


class Recipient(Struct, frozen=True, kw_only=True):
    """Whom a letter is for."""

    name: str = ""
    email: str


class Post(Struct, frozen=True, kw_only=True):
    """What every letter is sent with."""

    mailer: Mailer
    mail_from: str = ""
    """The sender for shops that have set none."""

    async def send(
        self, letter: Letter, to: Recipient, shop: ShopSettings, *, key: str, now: datetime
    ) -> Outcome:
        """Send a letter in a shop's name; the same key is the same message to whoever gets it."""
        sender = shop.sender or self.mail_from
        if not sender:
            return SENDER_NOT_SET
        try:
            parties = _parties(sender, shop, to)
        except AddressWrong as error:
            return Failed(code="address_wrong", message=str(error))
        return await self.mailer.send(message_of(letter, parties, key, now))


def _parties(sender: str, shop: ShopSettings, to: Recipient) -> Parties:
    return Parties(
        sender=address_of(shop.display_name, sender),
        reply_to=address_of(shop.display_name, shop.reply_to) if shop.reply_to else None,
        recipient=address_of(to.name, to.email),
    )
