"""Secrets in action settings never leave the ledger: every output goes through `masked`.

Of a web address the rule to know: the query is hidden, and so is each part of the path that looks
like a token, because many receivers let in whoever knows their address.
"""

from urllib.parse import unquote, urlsplit

from msgspec.structs import replace

from domain.configuration.destinations import host_of
from domain.configuration.settings import ActionSettings, KajabiGrant, Webhook

MASK = "•••"
TOKEN_CHARACTERS_MIN = 20
"""Shorter parts of a path are words and ids, by which a person knows the receiver."""
WORD_CHARACTERS_MAX = 39


def masked(settings: ActionSettings) -> ActionSettings:
    """Hide the secrets of an action's settings; what remains says which receiver it is."""
    match settings:
        case KajabiGrant(activation_url=activation, deactivation_url=deactivation):
            return replace(
                settings,
                activation_url=host_only(activation),
                deactivation_url=host_only(deactivation),
            )
        case Webhook(url=url):
            return replace(settings, url=without_secrets(url))
        case _:
            return settings


def host_only(url: str) -> str:
    """Hide all of a web address that is a secret but where it leads."""
    origin, _ = _origin_and_path(url)
    return f"{origin}/{MASK}" if origin else MASK if url else ""


def without_secrets(url: str) -> str:
    """Hide what lets one in at a web address; what remains says which receiver it is."""
    origin, path = _origin_and_path(url)
    if not origin:
        return MASK if url else ""
    shown = "/".join(MASK if _is_like_a_token(part) else part for part in path.split("/"))
    query = f"?{MASK}" if "?" in url or "#" in url else ""
    return f"{origin}{shown}{query}"


def _is_like_a_token(part: str) -> bool:
    text = unquote(part)
    kinds = (str.isdigit, str.islower, str.isupper)
    is_mixed = sum(any(map(is_kind, text)) for is_kind in kinds) > 1
    return len(text) > WORD_CHARACTERS_MAX or (len(text) >= TOKEN_CHARACTERS_MIN and is_mixed)


def _origin_and_path(url: str) -> tuple[str, str]:
    """Split a web address; ("", "") for anything that is not plainly one."""
    host = host_of(url)
    if not host:
        return "", ""
    parts = urlsplit(url)
    credentials = f"{MASK}@" if "@" in parts.netloc else ""
    return f"{parts.scheme}://{credentials}{host}", parts.path
