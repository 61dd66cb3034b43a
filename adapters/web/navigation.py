"""The pages of a shop, as the sidebar lists them, and who sees which."""

from collections.abc import Sequence

from msgspec import Struct

from adapters.auth.roles import Permission


class NavItem(Struct, frozen=True, kw_only=True):
    """One line of the sidebar."""

    key: str
    label: str
    path: str
    icon: str
    permission: Permission
    has_counter: bool = False


NAVIGATION: Sequence[NavItem] = (
    NavItem(
        key="orders",
        label="Order management",
        path="/orders",
        icon="cart",
        permission=Permission.SEE,
        has_counter=True,
    ),
    NavItem(
        key="refunds", label="Open refunds", path="/refunds", icon="undo", permission=Permission.SEE
    ),
    NavItem(
        key="customers",
        label="Customers",
        path="/customers",
        icon="person",
        permission=Permission.SEE,
    ),
    NavItem(
        key="reports", label="Reports", path="/reports", icon="chart", permission=Permission.SEE
    ),
    NavItem(
        key="messages",
        label="Messages",
        path="/messages",
        icon="inbox",
        permission=Permission.MAINTAIN,
    ),
    NavItem(key="system", label="System", path="/system", icon="pulse", permission=Permission.SEE),
    NavItem(
        key="people",
        label="People and keys",
        path="/people",
        icon="key",
        permission=Permission.ADMINISTER,
    ),
)
