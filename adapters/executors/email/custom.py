"""`custom_email`: an email in the merchant's own words.

The rule to know: a template that cannot be filled in is never sent half; the action fails for
good, says what is wrong, and is mended by the latest configuration.
"""

from adapters.documents.filling import fill_in
from adapters.documents.language import language_of
from adapters.executors.email.customer_post import CustomerPost
from adapters.executors.email.merchant_template import TemplateWrong, fill_in_template
from adapters.executors.email.placeholders import values_of
from adapters.mail.letter import SUBJECT_LENGTH_MAX, Letter
from adapters.shops.settings import ShopSettings
from domain.configuration.settings import CustomEmail
from domain.order.state import Order
from domain.order.values import Customer
from processors.ports import Failed, Outcome, Task

BODY_LENGTH_MAX = 500_000


class CustomEmailExecutor:
    """Sends merchants' own emails."""

    def __init__(self, post: CustomerPost) -> None:
        self._post = post

    async def execute(self, task: Task) -> Outcome:
        """Send the email that the action's settings hold."""
        settings = task.action.settings
        assert isinstance(settings, CustomEmail)
        try:
            return await self._post.send(
                task,
                lambda customer, shop: custom_letter(settings, task.order, customer, shop),
            )
        except TemplateWrong as error:
            return Failed(code="template_error", message=str(error))


def custom_letter(
    settings: CustomEmail, order: Order, customer: Customer, shop: ShopSettings
) -> Letter:
    """Fill in a merchant's email for an order; raise TemplateWrong."""
    values = values_of(order, customer, shop)
    subject = fill_in_template(settings.subject, values, SUBJECT_LENGTH_MAX)
    text = fill_in_template(settings.body, values, BODY_LENGTH_MAX)
    html = fill_in(
        "custom.html",
        lines=text.splitlines(),
        title=subject,
        language=language_of(order.country).locale.language,
    )
    return Letter(subject=subject, text=text, html=html)
