"""Pages of no shop: signing in, and one's own account."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus

from litestar import Response

from adapters.address import with_query
from adapters.http_api.problems import AnyRequest
from adapters.web.preferences import preferences_of
from adapters.web.rendering import html_response, render
from adapters.web.saying import said


def alone_page(
    request: AnyRequest,
    template: str,
    view: object,
    *,
    status: int = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> Response[str]:
    """Answer with a page; the template extends `accounts/alone.html`."""
    language, theme = preferences_of(request)
    query = request.url.query if request.method == "GET" else ""
    html = render(
        template,
        language,
        theme=theme,
        view=view,
        back=with_query(request.url.path, query),
        say=partial(said, language=language),
        **values,
    )
    return html_response(html, status=status, headers=headers)
