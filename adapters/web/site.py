"""The pages: every route, its guard and its dependencies, in one place."""

from collections.abc import Sequence

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from adapters.web.access import require_session
from adapters.web.accounts.link import link_page, use_link
from adapters.web.assets import serve_asset
from adapters.web.customers.page import customers_page
from adapters.web.home import home
from adapters.web.messages.page import message_page, messages_page, replay_message
from adapters.web.orders.page import order_page, orders_page
from adapters.web.reports.page import reports_csv, reports_page
from adapters.web.system.page import system_page
from adapters.web.troubles import PAGE_EXCEPTION_HANDLERS
from adapters.web.visit import read_visit

SITE_ROUTES: Sequence[ControllerRouterHandler] = (home, link_page, use_link, serve_asset)
"""Of no shop."""
SHOP_ROUTES: Sequence[ControllerRouterHandler] = (
    orders_page,
    order_page,
    customers_page,
    reports_page,
    reports_csv,
    messages_page,
    message_page,
    replay_message,
    system_page,
)
"""Under `/shops/{shop}`."""


def site() -> Router:
    """Put the pages together."""
    shop = Router(
        "/shops/{shop:str}",
        route_handlers=SHOP_ROUTES,
        dependencies={"visit": Provide(read_visit)},
    )
    return Router(
        "/",
        route_handlers=[*SITE_ROUTES, shop],
        guards=[require_session],
        exception_handlers=PAGE_EXCEPTION_HANDLERS,
        include_in_schema=False,
    )
