"""`receipt_email`: the receipt, as the order stands when it is sent.

The rule to know: a receipt that is sent again after a refund shows the refund.
"""

from adapters.documents.filling import fill_in
from adapters.documents.language import Language, language_of
from adapters.documents.receipt_contents import Receipt, receipt_of
from adapters.executors.email.customer_post import CustomerPost
from adapters.mail.letter import Letter
from adapters.shops.settings import ShopSettings
from domain.order.state import Order
from domain.order.values import Customer
from processors.ports import Outcome, Task


class ReceiptEmailExecutor:
    """Sends receipts."""

    def __init__(self, post: CustomerPost) -> None:
        self._post = post

    async def execute(self, task: Task) -> Outcome:
        """Send the receipt of the task's order."""
        return await self._post.send(
            task, lambda customer, shop: receipt_letter(task.order, customer, shop)
        )


def receipt_letter(order: Order, customer: Customer, shop: ShopSettings) -> Letter:
    """Write the receipt of an order, in its customer's language."""
    language = language_of(order.country)
    receipt = receipt_of(order, customer, shop, language)
    subject = language.words.receipt_subject.format(order.number)
    return Letter(
        subject=f"{subject}, {shop.display_name}" if shop.display_name else subject,
        text=_fill_in("receipt.txt", receipt, language),
        html=_fill_in("receipt.html", receipt, language),
    )


def _fill_in(template: str, receipt: Receipt, language: Language) -> str:
    return fill_in(
        template,
        receipt=receipt,
        w=language.words,
        title=language.words.receipt,
        language=language.locale.language,
    )
