"""Emails to write and the shop that they are from, for tests of emails."""

from collections.abc import Sequence

from msgspec.structs import replace

from adapters.executors.email.customer_post import CustomerPost
from adapters.mail.post import Post
from adapters.mail.smtp import Mailer
from adapters.shops.settings import ShopSettings
from domain.configuration.settings import CustomEmail
from domain.identifiers import ShopId
from domain.order.events import OrderFact
from domain.order.state import Order
from domain.order.values import Customer
from tests.examples import CUSTOMER, paid
from tests.spec import order_after
from tests.stories import COURSE

DEMO = ShopSettings(
    display_name="Piano school",
    sender="shop@school.example.com",
    reply_to="help@school.example.com",
    business_id="FI12345678",
    address="Koulukatu 2\n00100 Helsinki",
)
COURSE_ORDER = order_after(*COURSE.facts)
PAID_ORDER = order_after(*paid())
CUSTOM = CustomEmail(
    subject="Welcome, {{ customer.first_name or 'friend' }}",
    body="Order {{ order.number }}:\n{{ lines }}\n",
)


def order_of(customer: Customer = CUSTOMER, facts: Sequence[OrderFact] = ()) -> Order:
    """A paid order of another customer, with what happened since."""
    return replace(order_after(*paid(), *facts), customer=customer)


def post_of(mailer: Mailer, shop: ShopSettings = DEMO, mail_from: str = "") -> CustomerPost:
    """Send for a shop with these settings."""

    async def settings_of(_shop: ShopId) -> ShopSettings:
        return shop

    return CustomerPost(post=Post(mailer=mailer, mail_from=mail_from), settings_of=settings_of)
