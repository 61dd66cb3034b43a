"""The payment providers that refunds go through: one adapter per provider, behind one port.

The rule to know: a provider without an adapter is never asked; its transfers wait and ask for
attention.
"""

from collections.abc import Mapping

from adapters.outside import Outside
from adapters.postgres.secrets import Secrets
from adapters.providers.epassi import EPASSI
from adapters.providers.epassi.provider import EpassiProvider
from adapters.providers.paytrail import PAYTRAIL
from adapters.providers.paytrail.client import PaytrailClient
from adapters.providers.paytrail.provider import PaytrailProvider
from adapters.providers.stripe import STRIPE
from adapters.providers.stripe.refunds import StripeRefunds
from adapters.settings import Settings
from processors.refund_provider import RefundProvider
from processors.refund_source import RefundSource


def providers_of(
    outside: Outside, settings: Settings, secrets: Secrets
) -> Mapping[str, RefundProvider]:
    """Construct the adapters by the provider's name as the checkout states it on a payment."""
    paytrail = PaytrailClient(outside.http, settings.paytrail_api_url)
    return {
        STRIPE: StripeRefunds(outside.http, secrets, settings.stripe_api_url),
        PAYTRAIL: PaytrailProvider(paytrail, secrets, settings.public_url),
        EPASSI: EpassiProvider(outside.http, secrets),
    }


def sources_of(
    outside: Outside, settings: Settings, secrets: Secrets
) -> Mapping[str, RefundSource]:
    """Construct those that list their refunds, by the same names."""
    return {STRIPE: StripeRefunds(outside.http, secrets, settings.stripe_api_url)}
