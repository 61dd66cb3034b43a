"""Where a request comes from: by which name of ours, from which network, by which browser.

The rule to know: a proxy is believed only on this machine, and then only the last address it names.
"""

from typing import Any, TypeAlias

from litestar.connection import ASGIConnection

from adapters.http_api.problems import AnyRequest

AnyConnection: TypeAlias = ASGIConnection[Any, Any, Any, Any]

NAMES_OF_THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "[::1]"})
LOOPBACK_ADDRESSES = frozenset({"127.0.0.1", "::1"})
FORWARDED_HEADER = "x-forwarded-for"
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""What is found first counts: most of them say that they are others, too."""
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def is_on_this_machine(request: AnyConnection) -> bool:
    """Say whether the browser calls us by a name that only this machine has."""
    host = request.headers.get("host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in NAMES_OF_THIS_MACHINE


def is_secure(request: AnyConnection) -> bool:
    """Say whether we are reached by TLS; elsewhere sessions need it, so we are."""
    return not is_on_this_machine(request)


def origin_of(request: AnyRequest) -> str:
    """Give our own address as the browser knows it."""
    scheme = "https" if is_secure(request) else "http"
    return f"{scheme}://{request.headers.get('host', '')}"


def network_address(request: AnyRequest) -> str:
    """Say which network address asks."""
    peer = request.client.host if request.client else ""
    if peer not in LOOPBACK_ADDRESSES:
        return peer
    # A proxy adds to the header, or adds a header: what came before is anybody's.
    named = request.headers.getall(FORWARDED_HEADER, [peer])[-1]
    return named.rpartition(",")[2].strip()


def browser_name(user_agent: str) -> str:
    """Name a browser and its system, as far as they are known: "Firefox · Windows"."""
    found = (
        next((name for mark, name in marks if mark in user_agent), "")
        for marks in (BROWSERS, SYSTEMS)
    )
    return " · ".join(name for name in found if name)
