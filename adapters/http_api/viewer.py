"""The OpenAPI description as one plain page: no script, and nothing loaded from elsewhere."""

import json
from html import escape
from typing import Any

from litestar import MediaType, Request, Response, get
from litestar.openapi.plugins import OpenAPIRenderPlugin

from adapters.http_api.shown_by_example import add_examples

STYLE = """\
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
summary { cursor: pointer; padding: .4rem 0; }
code, pre { font-family: ui-monospace, monospace; font-size: 13px; }
pre { overflow-x: auto; padding: .6rem; border: 1px solid #8886; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; }
details details { margin-left: 1rem; }
"""


class ViewerPlugin(OpenAPIRenderPlugin):
    """Renders the page."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Write the page from the description."""
        add_examples(openapi_schema)
        plain = json.loads(self.render_json(request, openapi_schema))
        return _page(plain).encode()


@get("/docs.css", media_type=MediaType.CSS)
async def viewer_style() -> Response[str]:
    """Give the page's style."""
    return Response(STYLE, media_type=MediaType.CSS)


def _page(description: dict[str, Any]) -> str:
    info = description["info"]
    operations = "".join(
        _operation(method, path, operation)
        for path, operations in sorted(description["paths"].items())
        for method, operation in operations.items()
    )
    schemas = "".join(
        _fold(escape(name), _json(schema))
        for name, schema in sorted(description["components"]["schemas"].items())
    )
    title = f"{escape(info['title'])} {escape(info['version'])}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        '<link rel="stylesheet" href="docs.css"></head><body><main>'
        f"<h1>{title}</h1><p>{escape(info['description'])}</p>"
        '<p><a href="openapi.json">openapi.json</a></p>'
        f"<h2>Routes</h2>{operations}<h2>Schemas</h2>{schemas}</main></body></html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    head = f"<code>{method.upper()} {escape(path)}</code> {escape(operation.get('summary', ''))}"
    answers = "".join(_answer(status, one) for status, one in operation["responses"].items())
    return _fold(
        head,
        f"<p>{escape(operation.get('description', ''))}</p>"
        f"{_parameters(operation.get('parameters', []))}{answers}",
    )


def _parameters(parameters: list[dict[str, Any]]) -> str:
    rows = "".join(
        f"<tr><td><code>{escape(one['name'])}</code></td><td>{escape(one['in'])}</td>"
        f"<td>{escape(one.get('description', ''))}</td></tr>"
        for one in parameters
    )
    return f"<table><tr><th>Name</th><th>In</th><th></th></tr>{rows}</table>" if rows else ""


def _answer(status: str, answer: dict[str, Any]) -> str:
    return _fold(f"{escape(status)} {escape(answer['description'])}", _json(answer))


def _fold(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>{body}</details>"


def _json(value: object) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"
