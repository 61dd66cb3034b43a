"""`/shops/{shop}/customers?email=…`: all about one customer, or whose email has what was typed."""

from litestar import Response, get
from litestar.di import NamedDependency
from msgspec import Struct

from adapters.auth.roles import Permission
from adapters.http_api.access import needs
from adapters.http_api.parameters import TEXT_MAX
from adapters.web.access import PageRequest
from adapters.web.customers.customer_view import (
    CustomerView,
    Matches,
    find_matches,
    read_customer,
)
from adapters.web.forms import read_form
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from adapters.web.work_page import work_page


class CustomersPage(Struct, frozen=True, kw_only=True):
    """What was typed, and what it found; neither before anything is typed."""

    asked: str
    customer: CustomerView | None = None
    matches: Matches | None = None


@get("/customers", opt=needs(Permission.SEE))
async def customers_page(
    request: PageRequest, parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[str]:
    """Show the customer with this email; else those whose email has it as a part."""
    form = await read_form(request)
    asked = "".join(filter(str.isprintable, form.text("email")))[:TEXT_MAX]
    view = await _found(parts, visit, asked)
    return await work_page(
        parts, visit, "customers/customers", view, title="Customers", current="customers"
    )


async def _found(parts: PageParts, visit: Visit, asked: str) -> CustomersPage:
    if not asked:
        return CustomersPage(asked=asked)
    customer = await read_customer(parts, visit.shop, asked)
    if customer:
        return CustomersPage(asked=asked, customer=customer)
    return CustomersPage(asked=asked, matches=await find_matches(parts, visit.shop, asked))
