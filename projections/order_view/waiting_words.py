"""What keeps a refund from going on at its provider that somebody can set right, by its code.

The rule to know: nothing is lost by waiting, and it goes on by itself once that is set right.
"""

from domain.phrase import say
from projections.order_view.provider_words import provider_name

WAITS_BY_CODE = {
    "credentials_missing": "The shop has not set {provider}'s credentials: set them with "
    "`order-ledger secrets set`. Then it goes on.",
    "credentials_refused": "{provider} refuses the shop's credentials: set the right ones with "
    "`order-ledger secrets set`. Then it goes on.",
    "public_url_not_set": "{provider} needs an address to call back: set LEDGER_PUBLIC_URL and "
    "start the workers again. Then it goes on.",
}


def waits_for(provider: str, code: str) -> str:
    """Say what a refund waits for; nothing where nobody can help it."""
    if code not in WAITS_BY_CODE:
        return ""
    return say(WAITS_BY_CODE[code], provider=provider_name(provider))
