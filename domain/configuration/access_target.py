"""Which course access a grant is about: one name for it in all orders of a shop.

The rule to know: two settings with the same name open the same course. The name is a digest,
because an activation URL lets in whoever knows it. An offer that one setting grants by its URL
and another by its id has two names: nothing that a merchant states tells that they are one.
"""

from hashlib import sha256

from domain.configuration.settings import ActionSettings, KajabiGrant

NAME_LETTERS = 32


def access_target(settings: ActionSettings) -> str:
    """Name the course access that a setting gives; "" where it gives none."""
    if not isinstance(settings, KajabiGrant):
        return ""
    if settings.is_by_api:
        return _named("kajabi_api", settings.offer_id)
    address = settings.activation_url.partition("#")[0].partition("?")[0]
    return _named("kajabi_webhook", address) if address else ""


def _named(way: str, what: str) -> str:
    return sha256(f"{way}\n{what}".encode()).hexdigest()[:NAME_LETTERS]
