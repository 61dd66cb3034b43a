"""A cookie of ours: sent to our site alone, out of reach of scripts, by TLS but on this machine."""

from litestar.datastructures import Cookie


def own_cookie(key: str, value: str, seconds: int, *, is_secure: bool, path: str = "/") -> Cookie:
    """Make a cookie for the browser that asks; one of no seconds takes it away."""
    return Cookie(
        key=key,
        value=value,
        path=path,
        max_age=seconds,
        httponly=True,
        secure=is_secure,
        samesite="lax",
    )
