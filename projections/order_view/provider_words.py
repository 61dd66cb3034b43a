"""What payment providers are called by people; the command line's words take this table in."""

from domain.phrase import say

WORDS_BY_PROVIDER = {"mobilepay": "MobilePay", "paypal": "PayPal"}
"""Of those that are not written as they are stated, in sentence case."""


def provider_name(provider: str) -> str:
    """Name a provider for people."""
    stated = provider.replace("_", " ").capitalize() or say("the provider")
    return WORDS_BY_PROVIDER.get(provider, stated)
