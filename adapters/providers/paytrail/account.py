"""A shop's account at Paytrail, as its secrets tell it."""

from msgspec import Struct

from adapters.postgres.secrets import PAYTRAIL_ACCOUNT, PAYTRAIL_SECRET, Secrets
from domain.identifiers import ShopId


class Account(Struct, frozen=True, kw_only=True):
    """A merchant's account."""

    account_id: str
    secrets: tuple[str, ...]
    """Those that are valid, the newest first: it signs, all are accepted."""

    def __repr__(self) -> str:
        return f"Account({self.account_id!r}, …)"


async def account_of(secrets: Secrets, shop: ShopId) -> Account | None:
    """Read a shop's account; None where its number or its secret is not set."""
    account_ids = await secrets.valid(shop, PAYTRAIL_ACCOUNT)
    keys = await secrets.valid(shop, PAYTRAIL_SECRET)
    return Account(account_id=account_ids[0], secrets=keys) if account_ids and keys else None
