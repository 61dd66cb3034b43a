"""The pages: every route, its guard and its dependencies, in one place."""

from collections.abc import Sequence

from litestar import Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from adapters.web.access import require_permission, require_session
from adapters.web.accounts.account import (
    account_page,
    choose_password,
    choose_password_page,
    sign_out_everywhere,
)
from adapters.web.accounts.display import choose_display
from adapters.web.accounts.keys_page import ask_new_key, ask_revoke_key, issue_key, revoke_key
from adapters.web.accounts.link import link_page, use_link
from adapters.web.accounts.openid import come_back, leave_for_provider
from adapters.web.accounts.people_page import (
    add_member,
    ask_about_member,
    ask_new_member,
    change_role,
    make_link,
    people_page,
    remove_member,
)
from adapters.web.accounts.sign_in_page import sign_in_by_password, sign_in_page, sign_out_here
from adapters.web.assets import serve_asset
from adapters.web.attention.case_form import ask_case, do_case
from adapters.web.attention.rerun import ask_rerun_many, do_rerun_many
from adapters.web.customers.page import customers_page
from adapters.web.dialogs.allocate import ask_allocate, do_allocate
from adapters.web.dialogs.complete import ask_complete, do_complete
from adapters.web.dialogs.confirm import ask_confirm, do_confirm
from adapters.web.dialogs.refund import ask_refund, do_refund
from adapters.web.dialogs.removed_by_hand import ask_removed_by_hand, do_removed_by_hand
from adapters.web.dialogs.rerun import ask_rerun, do_rerun
from adapters.web.home import home
from adapters.web.live import live
from adapters.web.messages.page import message_page, messages_page, replay_message
from adapters.web.orders.exporting import orders_csv_file
from adapters.web.orders.finding import find_orders
from adapters.web.orders.live_rows import orders_rows
from adapters.web.orders.page import order_page, orders_page
from adapters.web.panel.credit_note import credit_note
from adapters.web.panel.notes import write_note
from adapters.web.panel.past import past_page
from adapters.web.refunds.page import refunds_page
from adapters.web.reports.page import reports_csv, reports_page
from adapters.web.system.page import system_page
from adapters.web.troubles import PAGE_EXCEPTION_HANDLERS
from adapters.web.visit import read_visit, the_visit

SITE_ROUTES: Sequence[ControllerRouterHandler] = (
    home,
    link_page,
    use_link,
    leave_for_provider,
    come_back,
    sign_in_page,
    sign_in_by_password,
    sign_out_here,
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
    ask_refund,
    do_refund,
    ask_confirm,
    do_confirm,
    ask_allocate,
    do_allocate,
    credit_note,
    refunds_page,
    ask_rerun_many,
    do_rerun_many,
    find_orders,
    orders_rows,
    orders_csv_file,
    ask_rerun,
    do_rerun,
    ask_case,
    do_case,
    ask_complete,
    do_complete,
    ask_removed_by_hand,
    do_removed_by_hand,
    past_page,
    write_note,
    customers_page,
    reports_page,
    reports_csv,
    messages_page,
    message_page,
    replay_message,
    system_page,
    people_page,
    ask_new_member,
    add_member,
    ask_about_member,
    change_role,
    remove_member,
    make_link,
    ask_new_key,
    issue_key,
    ask_revoke_key,
    revoke_key,
)
"""Under `/shops/{shop}`."""


def site() -> Router:
    """Put the pages together."""
    shop = Router(
        "/shops/{shop:str}",
        route_handlers=SHOP_ROUTES,
        dependencies={"visit": Provide(the_visit, sync_to_thread=False)},
    )
    return Router(
        "/",
        route_handlers=[*SITE_ROUTES, shop],
        guards=[require_session, read_visit, require_permission],
        exception_handlers=PAGE_EXCEPTION_HANDLERS,
        include_in_schema=False,
    )
