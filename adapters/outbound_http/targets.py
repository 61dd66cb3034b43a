"""Which URLs are called at all, and what a URL is named by where it must not be shown."""

import httpx2

from adapters.settings import InnerAddresses
from domain.configuration.destinations import is_host

HTTPS_PORT = 443
PORT_BY_SCHEME = {"http": 80, "https": HTTPS_PORT}
PORT_MAX = 65_535
UNPRIVILEGED_PORT_MIN = 1_024
"""Below it, all but 443 belong to other protocols (mail, names, shells): nobody means a webhook."""


class UrlRefused(Exception):
    """This URL is not called. The message does not repeat it."""


def target_of(url: str, inner_addresses: InnerAddresses) -> httpx2.URL:
    """Read a URL that may be called; raise UrlRefused."""
    target = _parsed(url)
    if target.userinfo:
        raise UrlRefused("the URL holds a user name or a password; they do not belong in it")
    if inner_addresses is InnerAddresses.REFUSED:
        _must_be_public(target)
    return target


def endpoint_of(url: str) -> str:
    """Name the endpoint of a URL: scheme, host, port and path, no query. Raises UrlRefused."""
    target = _parsed(url)
    host = target.raw_host.decode()
    literal = f"[{host}]" if ":" in host else host
    port = "" if target.port in {None, PORT_BY_SCHEME[target.scheme]} else f":{target.port}"
    path = target.raw_path.partition(b"?")[0].decode()
    return f"{target.scheme}://{literal}{port}{path}"


def _parsed(url: str) -> httpx2.URL:
    try:
        target = httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError) as error:
        # The library's own words may quote the URL.
        raise UrlRefused("the URL cannot be read") from error
    if target.scheme not in PORT_BY_SCHEME or not is_host(target.host):
        raise UrlRefused("the URL must begin with https:// and name a host")
    if target.port and target.port > PORT_MAX:
        raise UrlRefused(f"there is no port {target.port}")
    return target


def _must_be_public(target: httpx2.URL) -> None:
    if target.scheme != "https":
        raise UrlRefused("the URL must begin with https://")
    port = target.port or HTTPS_PORT
    if port != HTTPS_PORT and port < UNPRIVILEGED_PORT_MIN:
        raise UrlRefused(f"port {port} is not called; use 443, or one from 1024 on")
