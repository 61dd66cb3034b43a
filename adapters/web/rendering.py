"""From a view model to an answer: one template per component, every value escaped.

The rule to know: a page is `layout/page.html` around its work; a region is the same template alone.
"""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial
from http import HTTPStatus

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response
from msgspec import Struct

from adapters.address import with_query
from adapters.auth.roles import MEANING_BY_ROLE
from adapters.clock import utc_now
from adapters.display.times import zone_name
from adapters.display.words import words_of
from adapters.postgres.query import fetch_one
from adapters.web.accounts.own_cookie import own_cookie
from adapters.web.assets import assets_path, script_names
from adapters.web.badges import badge_of
from adapters.web.navigation import NAVIGATION, NavItem
from adapters.web.parts import PageParts
from adapters.web.preferences import Theme
from adapters.web.regions import REGION_HEADER
from adapters.web.saying import person_named
from adapters.web.visit import SAID_COOKIE, Visit
from adapters.web.words import NAME_BY_LANGUAGE, LanguageTag, translations_of
from domain.identifiers import ShopId
from projections.attention.queries import count_attention

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types app"
)
WORDS_KEPT = 10_000
"""Of one language; some codes are other systems' and may be any."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Vary": REGION_HEADER,
}


class Frame(Struct, frozen=True, kw_only=True):
    """What stands around the work of a page."""

    title: str
    current: str
    """The key of the sidebar's item that the page belongs to."""
    items: tuple[NavItem, ...]
    attention: int
    """Orders that need attention now."""
    shops: Mapping[ShopId, str]
    """The names of all shops that the visitor belongs to."""
    zone: str
    """The city whose time is shown."""


def render(template: str, language: LanguageTag, **values: object) -> str:
    """Fill in a template of this package's folder `templates`."""
    return _environment(language).get_template(template).render(values | {"language": language})


async def full_page(
    parts: PageParts,
    visit: Visit,
    template: str,
    view: object,
    *,
    title: str,
    current: str,
    status: int = HTTPStatus.OK,
) -> Response[str]:
    """Answer with a whole page; the template extends `layout/page.html`. `title` is English."""
    frame = _frame(
        visit,
        title,
        current,
        attention=await attention_count(parts, visit),
        shops={shop: await _shop_name(parts, shop) for shop in sorted(visit.visitor.roles)},
    )
    return _whole(visit, template, view, frame, status)


def page_without_reading(
    visit: Visit, template: str, view: object, *, title: str, status: int
) -> Response[str]:
    """Answer with a whole page where nothing can be read any more: it counts nothing."""
    return _whole(visit, template, view, _frame(visit, title, ""), status)


def _frame(
    visit: Visit,
    title: str,
    current: str,
    *,
    attention: int = 0,
    shops: Mapping[ShopId, str] | None = None,
) -> Frame:
    return Frame(
        title=title,
        current=current,
        items=tuple(item for item in NAVIGATION if visit.may(item.permission)),
        attention=attention,
        shops=shops or {visit.shop: visit.shop_name},
        zone=zone_name(visit.formats.zone),
    )


def _whole(visit: Visit, template: str, view: object, frame: Frame, status: int) -> Response[str]:
    answer = part(visit, template, view, status=status, frame=frame)
    if visit.said:
        answer.set_cookie(own_cookie(SAID_COOKIE, "", 0, is_secure=visit.is_secure))
    return answer


def part(
    visit: Visit,
    template: str,
    view: object,
    *,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> Response[str]:
    """Answer with a region: this template alone."""
    html = render(template, visit.language, view=view, visit=visit, formats=visit.formats, **values)
    return html_response(html, status=status, headers=headers)


def html_response(
    html: str, *, status: int = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> Response[str]:
    """Answer with HTML under the pages' policy."""
    return Response(
        html,
        media_type="text/html",
        status_code=int(status),
        headers=HEADERS | dict(headers or {}),
    )


async def attention_count(parts: PageParts, visit: Visit) -> int:
    """Count the orders that need attention now."""
    grace = (await parts.shop_settings.get(visit.shop)).grace
    query = count_attention(visit.shop, now=utc_now(), grace=grace)
    return (await fetch_one(parts.pool, query)).count


async def _shop_name(parts: PageParts, shop: ShopId) -> str:
    return (await parts.shop_settings.get(shop)).display_name


@cache
def _environment(language: LanguageTag) -> Environment:
    environment = Environment(
        loader=PackageLoader("adapters.web"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    translations = translations_of(language)
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {
        "assets_path": assets_path(),
        "scripts": script_names(),
        "badge_of": badge_of,
        "languages": NAME_BY_LANGUAGE,
        "meaning_by_role": MEANING_BY_ROLE,
        "themes": tuple(Theme),
    }
    words = partial(_words, translations.gettext)
    environment.filters["with_query"] = with_query
    environment.filters["person"] = person_named
    environment.filters["words"] = lru_cache(maxsize=WORDS_KEPT)(words)
    return environment


def _words(translate: Callable[[str], str], code: str) -> str:
    """Write a stored code as people read it, in the page's language."""
    return translate(words_of(code))
