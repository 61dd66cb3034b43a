"""The payment providers that refunds go through: one adapter per provider, behind one port.

The rule to know: a provider without an adapter is never asked; its transfers wait and ask for
attention.
"""

from collections.abc import Mapping

from adapters.outside import Outside
from adapters.postgres.secrets import Secrets
from adapters.settings import Settings
from processors.refund_provider import RefundProvider


def providers_of(
    outside: Outside,  # noqa: ARG001 - for the first adapter to come
    settings: Settings,  # noqa: ARG001 - likewise
    secrets: Secrets,  # noqa: ARG001 - likewise
) -> Mapping[str, RefundProvider]:
    """Construct the adapters by the provider's name as the checkout states it on a payment."""
    return {}
