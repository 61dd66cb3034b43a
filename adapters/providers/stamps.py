"""What a transfer is called at providers that limit the length of a merchant's own id.

The rule to know: it is derived from the transfer's key alone, so it is the same for ever.
"""

import hashlib


def stamp_of(key: str, characters_max: int) -> str:
    """Give the key itself, or its digest where it is too long."""
    return key if len(key) <= characters_max else hashlib.sha256(key.encode()).hexdigest()
