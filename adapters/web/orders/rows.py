"""One row of the orders table as it is shown."""

from msgspec import Struct

from adapters.address import with_query
from adapters.reading.order_rows import ListedOrder
from adapters.web.visit import Visit
from domain.identifiers import OrderId
from domain.money import Money


class RowView(Struct, frozen=True, kw_only=True):
    """An order, where it opens, and what is to be said of its money and customer."""

    order: ListedOrder
    url: str
    is_open: bool
    is_gone: bool = False
    """It has left the list since that was loaded."""

    @property
    def is_placed(self) -> bool:
        """Say whether the billing form was filled in: before, there is no customer and no total."""
        return bool(self.order.number)

    @property
    def is_erased(self) -> bool:
        """Say whether the customer's data were erased."""
        return self.is_placed and not self.order.email

    @property
    def is_taken_back(self) -> bool:
        """Say whether refunds took back all of it."""
        return not self.order.total.amount and bool(self.order.refunded.amount)

    @property
    def total(self) -> Money:
        """Give what stands in the table: of a refunded order, what it came to."""
        return self.order.original_total if self.is_taken_back else self.order.total

    @property
    def reduced_from(self) -> Money | None:
        """Give what it came to before refunds took back a part."""
        is_reduced = self.order.refunded.amount and not self.is_taken_back
        return self.order.original_total if is_reduced else None

    @property
    def has_extras(self) -> bool:
        """Say whether more than products was bought."""
        return bool(self.order.order_bumps or self.order.pre_upsells)

    @property
    def has_method(self) -> bool:
        """Say whether the method says more than the provider's name."""
        paid = self.order.payment
        return paid is not None and paid.method not in {"", paid.provider}


def row_view(order: ListedOrder, visit: Visit, query: str, opened: OrderId | None) -> RowView:
    """Show an order; `query` is the list's, which its address keeps."""
    return RowView(
        order=order,
        url=visit.url(with_query(f"/orders/{order.order_id}", query)),
        is_open=order.order_id == opened,
    )
