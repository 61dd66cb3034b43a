"""The API's description of itself: OpenAPI 3.1 as JSON, and as a page that loads only from here."""

from typing import Any

from litestar import Request, Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, License, SecurityScheme, Tag
from litestar.routes import BaseRoute
from litestar.types import ControllerRouterHandler

from adapters.http_api.access import PUBLIC
from adapters.http_api.shown_by_example import add_examples
from adapters.http_api.viewer import ViewerPlugin, viewer_style

API_PATH = "/api/v1"
API_VERSION = "1.0.0"
KEY_SCHEME = "key"
DESCRIPTION = (
    "Orders of a checkout as its ledger knows them. Money is an integer of minor units with an "
    "ISO 4217 currency, times are RFC 3339 in UTC. Every refusal is an `application/problem+json` "
    "with a stable `code`. Query parameters that are not documented are refused."
)


class DescriptionPlugin(JsonRenderPlugin):
    """Serves the description with its examples."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Write the description."""
        add_examples(openapi_schema)
        return self.render_json(request, openapi_schema)


class _DescriptionRouter(Router):
    """Leaves out Litestar's page for unknown paths: HTML where every other one is a problem."""

    def register(self, value: ControllerRouterHandler) -> list[BaseRoute]:
        """Take a route in."""
        is_catch_all = "/{path:str}" in getattr(value, "paths", ())
        return [] if is_catch_all else super().register(value)


def openapi_config() -> OpenAPIConfig:
    """Describe the API and say where the description is served."""
    return OpenAPIConfig(
        title="Order ledger",
        version=API_VERSION,
        description=DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        tags=[
            Tag(name="orders", description="The orders table, one order, its history"),
            Tag(name="reports", description="What was sold, refunded and lost, by date"),
            Tag(name="attention", description="Paid orders whose actions have not all succeeded"),
            Tag(name="refunds", description="What goes back to customers, and what is still open"),
            Tag(name="messages", description="What the checkout sent and what became of it"),
            Tag(name="settings", description="Action settings that the checkout published"),
            Tag(name="operation", description="Probes and figures"),
        ],
        components=Components(
            security_schemes={
                KEY_SCHEME: SecurityScheme(
                    type="http",
                    scheme="bearer",
                    bearer_format="olk_<id>_<secret>",
                    description="An access key: `order-ledger keys add`.",
                )
            }
        ),
        security=[{KEY_SCHEME: []}],
        use_handler_docstrings=True,
        render_plugins=[DescriptionPlugin(path="/openapi.json"), ViewerPlugin(path="/docs")],
        openapi_router=_DescriptionRouter(
            API_PATH, route_handlers=[viewer_style], include_in_schema=False, opt=dict(PUBLIC)
        ),
    )
