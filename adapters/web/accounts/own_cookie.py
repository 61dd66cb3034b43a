"""A cookie of ours: sent to our site alone, out of reach of scripts, by TLS but on this machine."""

from litestar.datastructures import Cookie

from adapters.http_api.problems import AnyRequest
from adapters.web.accounts.client import is_on_this_machine


def own_cookie(
    request: AnyRequest, key: str, value: str, seconds: int, *, path: str = "/"
) -> Cookie:
    """Make a cookie for the browser that asks; one of no seconds takes it away."""
    return Cookie(
        key=key,
        value=value,
        path=path,
        max_age=seconds,
        httponly=True,
        secure=not is_on_this_machine(request),
        samesite="lax",
    )
