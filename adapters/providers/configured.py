"""Which payment providers a shop can refund through: those whose credentials are all set.

The rule to know: anything else is paid back by a person, and the preview of a refund says so.
"""

from collections.abc import Mapping

from adapters.postgres.secrets import (
    EPASSI_REFUND_URL,
    EPASSI_SECRET,
    EPASSI_SITE,
    PAYTRAIL_ACCOUNT,
    PAYTRAIL_SECRET,
    STRIPE_API_KEY,
    Secrets,
)
from adapters.providers.epassi import EPASSI
from adapters.providers.paytrail import PAYTRAIL
from adapters.providers.stripe import STRIPE
from domain.identifiers import ShopId

CREDENTIALS_BY_PROVIDER: Mapping[str, frozenset[str]] = {
    STRIPE: frozenset({STRIPE_API_KEY}),
    PAYTRAIL: frozenset({PAYTRAIL_ACCOUNT, PAYTRAIL_SECRET}),
    EPASSI: frozenset({EPASSI_REFUND_URL, EPASSI_SITE, EPASSI_SECRET}),
}
"""By the provider's name as the checkout states it on a payment."""


async def configured_providers(secrets: Secrets, shop: ShopId) -> frozenset[str]:
    """Name the providers that can be asked for a refund of this shop's."""
    names = {secret.name for secret in await secrets.list(shop)}
    return frozenset(
        provider for provider, needed in CREDENTIALS_BY_PROVIDER.items() if needed <= names
    )
