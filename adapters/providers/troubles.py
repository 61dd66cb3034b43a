"""What a call to a provider that was not answered says about a transfer.

The rule to know: `was_asked` is off only where it is certain that the provider never heard it.
"""

from adapters.outbound_http import HttpTrouble
from processors.refund_provider import NotKnown

CREDENTIALS_MISSING = NotKnown(code="credentials_missing", was_asked=False)
CREDENTIALS_REFUSED = NotKnown(code="credentials_refused", was_asked=False)


def unanswered(trouble: HttpTrouble) -> NotKnown:
    """Say what is known after a call without an answer."""
    return NotKnown(code=trouble.code, was_asked=trouble.was_sent)
