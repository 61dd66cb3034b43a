"""What a merchant's template may name, each with its value as plain text.

The rule to know: values are strings and nothing else, so a template can reach nothing behind
them. `docs/actions.md` lists the same names.
"""

from collections.abc import Mapping

from adapters.documents.language import Language, language_of
from adapters.documents.receipt_contents import product_name
from adapters.shops.settings import ShopSettings
from domain.money import Money
from domain.order.state import Order
from domain.order.values import Customer
from projections.order_view.general import general_details


def values_of(order: Order, customer: Customer, shop: ShopSettings) -> Mapping[str, str]:
    """Give each placeholder its value, in the customer's language."""
    language = language_of(order.country)
    return {
        "customer.first_name": customer.first_name,
        "customer.last_name": customer.last_name,
        "customer.email": customer.email,
        "customer.company": customer.company,
        "order.number": order.number,
        "order.date": language.date(order.created_at) if order.created_at else "",
        "order.total": language.money(Money(order.total, order.currency)),
        "order.offer": order.offer.name if order.offer else "",
        "shop.name": shop.display_name,
        "lines": _lines(order, language),
    }


def _lines(order: Order, language: Language) -> str:
    return "\n".join(
        f"{product_name(line)}: {language.money(line.gross)}"
        for line in general_details(order).lines
    )
