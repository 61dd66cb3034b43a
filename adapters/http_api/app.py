"""The API: every route, guard and limit in one place. No business rule lives here."""

from collections.abc import Sequence
from typing import Any

from litestar import Litestar, MediaType, Request, Response, Router
from litestar.config.compression import CompressionConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ControllerRouterHandler, Guard

from adapters.http_api.access import reach_shop, require_key
from adapters.http_api.action_settings import settings_list, settings_show
from adapters.http_api.attention import attention_causes, attention_list, attention_rerun
from adapters.http_api.credit_notes import orders_credit_note
from adapters.http_api.edge import Edge
from adapters.http_api.escaped import EscapedSlashes
from adapters.http_api.health import health_live, health_ready
from adapters.http_api.live import live
from adapters.http_api.messages import messages_list, messages_replay, messages_show
from adapters.http_api.metrics import Metrics, metrics
from adapters.http_api.openapi import API_PATH, openapi_config
from adapters.http_api.order_commands import (
    orders_complete,
    orders_note,
    orders_removed_by_hand,
    orders_rerun,
    read_requester,
)
from adapters.http_api.order_export import orders_export
from adapters.http_api.order_list import filter_orders, orders_list
from adapters.http_api.order_refunds import (
    refunds_allocate,
    refunds_confirm,
    refunds_preview,
    refunds_request,
)
from adapters.http_api.order_sheet import orders_events, orders_show
from adapters.http_api.parameters import (
    document_parameters,
    refuse_long_requests,
    refuse_undocumented,
)
from adapters.http_api.problems import EXCEPTION_HANDLERS, refused_by_litestar
from adapters.http_api.refund_list import refunds_list
from adapters.http_api.reports import ask_for_sales, reports_sales, reports_sales_csv
from adapters.http_api.webhooks_paytrail import hear_paytrail
from adapters.http_api.webhooks_stripe import hear_stripe
from adapters.reading.live_feed import LiveFeed
from adapters.web.parts import PageParts
from adapters.web.site import site
from adapters.web.troubles import page_refused_by_litestar
from domain.phrase import Phrase

BODY_BYTES_MAX = 65_536

OPERATION_ROUTES: Sequence[ControllerRouterHandler] = (health_live, health_ready, metrics)
"""Also served at the root, where platforms look for them."""
API_ROUTES: Sequence[ControllerRouterHandler] = (
    orders_list,
    orders_export,
    orders_show,
    orders_events,
    orders_complete,
    orders_rerun,
    orders_removed_by_hand,
    orders_note,
    refunds_preview,
    refunds_request,
    refunds_confirm,
    refunds_allocate,
    refunds_list,
    orders_credit_note,
    attention_list,
    attention_causes,
    attention_rerun,
    live,
    reports_sales,
    reports_sales_csv,
    messages_list,
    messages_show,
    messages_replay,
    settings_list,
    settings_show,
    *OPERATION_ROUTES,
)

ROOT_ROUTES: Sequence[ControllerRouterHandler] = (
    *OPERATION_ROUTES,
    hear_stripe,
    hear_paytrail,
)
NOT_COMPRESSED = ["^/api/", "^/health/", "^/metrics$", "^/webhooks/", "/live$"]
"""Only pages are: a stream must go out as it comes, and programs did not ask for it."""


def _refused_anywhere(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Answer whoever went astray: a browser with a page, a program with a problem."""
    is_browser = MediaType.HTML in request.headers.get("accept", "")
    if is_browser and not request.url.path.startswith(API_PATH):
        return page_refused_by_litestar(request, error)
    return refused_by_litestar(request, error)


def create_app(parts: PageParts, feed: LiveFeed) -> Litestar:
    """Make the application over the process's adapters; who serves it keeps the feed running."""
    figures = Metrics()
    keyed: list[Guard] = [require_key, refuse_undocumented]
    app = Litestar(
        route_handlers=[
            Router(API_PATH, route_handlers=API_ROUTES, guards=keyed),
            Router("/", route_handlers=ROOT_ROUTES, guards=keyed, include_in_schema=False),
            site(),
        ],
        guards=[refuse_long_requests],
        compression_config=CompressionConfig(backend="gzip", exclude=NOT_COMPRESSED),
        dependencies={
            "parts": Provide(lambda: parts, sync_to_thread=False),
            "shop_id": Provide(reach_shop),
            "order_filter": Provide(filter_orders),
            "wanted": Provide(ask_for_sales),
            "feed": Provide(lambda: feed, sync_to_thread=False),
            "requester": Provide(read_requester),
            "figures": Provide(lambda: figures, sync_to_thread=False),
        },
        exception_handlers={**EXCEPTION_HANDLERS, HTTPException: _refused_anywhere},
        openapi_config=openapi_config(),
        type_encoders={Phrase: str},
        request_max_body_size=BODY_BYTES_MAX,
        logging_config=None,
    )
    app.state.parts = parts
    document_parameters(app)
    app.asgi_handler = Edge(EscapedSlashes(app.asgi_handler), figures)
    return app
