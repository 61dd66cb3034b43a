"""Where an action goes: the one rule by which work is spread, trouble is told and people read it.

The rule to know: a destination holds no secret. Of a web address it is the host alone, with its
port where one is named; what is not plainly a host may be a part of the secret, and is no host.
"""

import re
from typing import assert_never
from urllib.parse import urlsplit

from domain.configuration.settings import (
    AccessRemoval,
    ActionSettings,
    Email,
    KajabiGrant,
    SystemeContact,
    Webhook,
)

EMAIL = "smtp"
KAJABI_API = "kajabi-api"
SYSTEME = "systeme"
REMOVAL = "access-removal"
WEB_SCHEMES = frozenset({"http", "https"})
HOST = re.compile(r"[\w.-]{1,253}|[0-9a-f:.]{2,45}")
"""A name, no longer than the DNS knows them, or an IP address without its brackets."""


def destination_of(settings: ActionSettings) -> str:
    """Name who receives an action; "" where a web address is none."""
    match settings:
        case Email():
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
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    is_literal = "[" in parts.netloc
    if parts.scheme not in WEB_SCHEMES or not is_host(host) or is_literal != (":" in host):
        return ""
    literal = f"[{host}]" if is_literal else host
    return literal if port is None else f"{literal}:{port}"


def is_host(text: str) -> bool:
    """Say whether this is plainly a host's name or IP address, in small letters."""
    return HOST.fullmatch(text) is not None
