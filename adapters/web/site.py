"""The pages: every route, its guard and its dependencies, in one place."""

from collections.abc import Sequence

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from adapters.web.access import require_session
from adapters.web.accounts.link import link_page, use_link
from adapters.web.assets import serve_asset
from adapters.web.dialogs.allocate import allocate, allocate_dialog
from adapters.web.dialogs.complete import ask_complete, do_complete
from adapters.web.dialogs.confirm import confirm, confirm_dialog
from adapters.web.dialogs.credit_note import credit_note
from adapters.web.dialogs.refund import refund, refund_dialog
from adapters.web.dialogs.removed_by_hand import ask_removed_by_hand, do_removed_by_hand
from adapters.web.dialogs.rerun import ask_rerun, do_rerun
from adapters.web.home import home
from adapters.web.orders.page import order_page, orders_page
from adapters.web.refunds.page import refunds_page
from adapters.web.troubles import PAGE_EXCEPTION_HANDLERS
from adapters.web.visit import read_visit

SITE_ROUTES: Sequence[ControllerRouterHandler] = (home, link_page, use_link, serve_asset)
"""Of no shop."""
SHOP_ROUTES: Sequence[ControllerRouterHandler] = (
    orders_page,
    order_page,
    refund_dialog,
    refund,
    confirm_dialog,
    confirm,
    allocate_dialog,
    allocate,
    credit_note,
    refunds_page,
    ask_complete,
    do_complete,
    ask_rerun,
    do_rerun,
    ask_removed_by_hand,
    do_removed_by_hand,
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
