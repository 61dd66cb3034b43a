"""The pages: every route, its guard and its dependencies, in one place."""

from collections.abc import Sequence

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from adapters.web.access import require_session
from adapters.web.accounts.account import (
    account_page,
    choose_password,
    choose_password_page,
    sign_out_everywhere,
)
from adapters.web.accounts.display import choose_display
from adapters.web.accounts.link import link_page, use_link
from adapters.web.accounts.sign_in_page import sign_in_by_password, sign_in_page, sign_out_here
from adapters.web.assets import serve_asset
from adapters.web.attention.case_form import ask_case, do_case
from adapters.web.attention.rerun import ask_rerun as ask_reruns
from adapters.web.attention.rerun import do_rerun as do_reruns
from adapters.web.dialogs.complete import ask_complete, do_complete
from adapters.web.dialogs.removed_by_hand import ask_removed_by_hand, do_removed_by_hand
from adapters.web.dialogs.rerun import ask_rerun, do_rerun
from adapters.web.home import home
from adapters.web.live import live
from adapters.web.orders.exporting import orders_csv_file
from adapters.web.orders.finding import find_orders
from adapters.web.orders.live_rows import orders_rows
from adapters.web.orders.page import order_page, orders_page
from adapters.web.panel.notes import write_note
from adapters.web.panel.past import past_page
from adapters.web.troubles import PAGE_EXCEPTION_HANDLERS
from adapters.web.visit import read_visit

SITE_ROUTES: Sequence[ControllerRouterHandler] = (
    home,
    sign_in_page,
    sign_in_by_password,
    sign_out_here,
    link_page,
    use_link,
    account_page,
    choose_password_page,
    choose_password,
    sign_out_everywhere,
    choose_display,
    serve_asset,
)
"""Of no shop."""
SHOP_ROUTES: Sequence[ControllerRouterHandler] = (
    live,
    orders_page,
    order_page,
    find_orders,
    orders_rows,
    orders_csv_file,
    ask_rerun,
    do_rerun,
    ask_reruns,
    do_reruns,
    ask_case,
    do_case,
    ask_complete,
    do_complete,
    past_page,
    write_note,
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
