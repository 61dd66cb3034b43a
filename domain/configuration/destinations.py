"""Where an action goes: the one rule by which work is spread, trouble is told and people read it.

The rule to know: a destination holds no secret. Of a web address it is the host alone, with its
port where one is named.
"""

from typing import assert_never
from urllib.parse import urlsplit

from domain.configuration.settings import (
    AccessRemoval,
    ActionSettings,
    CustomEmail,
    KajabiGrant,
    ReceiptEmail,
    RefundConfirmation,
    SystemeContact,
    Webhook,
)

EMAIL = "smtp"
KAJABI_API = "kajabi-api"
SYSTEME = "systeme"
REMOVAL = "access-removal"
WEB_SCHEMES = frozenset({"http", "https"})


def destination_of(settings: ActionSettings) -> str:
    """Name who receives an action; "" where a web address is none."""
    match settings:
        case ReceiptEmail() | CustomEmail() | RefundConfirmation():
            return EMAIL
        case Webhook(url=url):
            return host_of(url)
        case KajabiGrant():
            return KAJABI_API if settings.is_by_api else host_of(settings.activation_url)
        case SystemeContact():
            return SYSTEME
        case AccessRemoval():
            return REMOVAL
        case _:
            assert_never(settings)


def host_of(url: str) -> str:
    """Read `host` or `host:port` of a web address; "" if it is not plainly one."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in WEB_SCHEMES or not host:
        return ""
    literal = f"[{host}]" if ":" in host else host
    return literal if port is None else f"{literal}:{port}"
