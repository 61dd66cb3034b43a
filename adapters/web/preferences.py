"""How a browser wants the page: which language, and light or dark. Cookies, for a person's browser."""

from enum import StrEnum
from typing import Any

from litestar.connection import ASGIConnection

from adapters.web.words import LanguageTag, preferred_language

LANGUAGE_COOKIE = "language"
THEME_COOKIE = "theme"


class Theme(StrEnum):
    """Light or dark."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def preferences_of(
    connection: ASGIConnection[Any, Any, Any, Any],
) -> tuple[LanguageTag, Theme]:
    """Read what was chosen; else what the browser says of its language, and its system's theme."""
    language = connection.cookies.get(LANGUAGE_COOKIE, "")
    theme = connection.cookies.get(THEME_COOKIE, "")
    return (
        LanguageTag(language)
        if language in set(LanguageTag)
        else preferred_language(connection.headers.get("accept-language", "")),
        Theme(theme) if theme in set(Theme) else Theme.SYSTEM,
    )
