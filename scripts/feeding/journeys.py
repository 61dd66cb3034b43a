"""One order's way through the checkout, as the messages that the checkout would publish."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from adapters.messaging.contracts import MoneyIn, OrderPlacedV1, OrderStartedV1
from scripts.feeding.baskets import Basket, choose, fill
from scripts.feeding.buyers import Buyer
from scripts.feeding.catalogue import Offer, Shop
from scripts.feeding.messages import Message, order_message
from scripts.feeding.paying import Bill, Ending, Step, pay
from scripts.feeding.purses import HOUR_SECONDS
from scripts.feeding.wares import CURRENCY_BY_COUNTRY, LINK_WEIGHTS, LINKS

TAKEN_OVER_SHARE = 0.08
"""Orders of the shop's former system: history that fires nothing."""
CONSENT_SHARE = 0.6
FREE_OFFER_SHARE = 0.04
REVISED_SHARE = 0.15
"""Of those who take an add-on, how many add it only after the form was sent once."""
FORM_SECONDS = (30, 400)

ENDING_WEIGHTS = {
    Ending.OPENED: 300,
    Ending.FILLED_IN: 60,
    Ending.GIVEN_UP: 30,
    Ending.PENDING: 15,
    Ending.PARTLY_PAID: 12,
    Ending.PAID: 520,
    Ending.PAID_AFTER_FAILING: 58,
    Ending.PAID_TOO_MUCH: 5,
}
_ENDINGS, _WEIGHTS = tuple(ENDING_WEIGHTS), tuple(ENDING_WEIGHTS.values())


class Visit(Struct, frozen=True, kw_only=True):
    """Who comes to which checkout, when."""

    shop: Shop
    order_id: UUID
    number: str
    start: datetime
    buyer: Buyer
    haste: float = 1.0
    """How many times faster than most this one fills in the form and pays."""


def journey(rng: Random, visit: Visit) -> Iterator[Message]:
    """Follow one visit to its end, in order of time."""
    time = visit.start
    for number, step in enumerate(_steps(rng, visit), 1):
        is_hurried = step.seconds < HOUR_SECONDS
        time += timedelta(seconds=round(step.seconds / (visit.haste if is_hurried else 1), 3))
        yield order_message(
            visit.shop.name,
            visit.order_id,
            step.data,
            message_id=f"{visit.shop.name}/{visit.order_id}/{number}",
            time=time,
        )


def _steps(rng: Random, visit: Visit) -> Iterator[Step]:
    *courses, taster = visit.shop.offers
    offer = taster if rng.random() < FREE_OFFER_SHARE else rng.choice(courses)
    currency = CURRENCY_BY_COUNTRY.get(visit.buyer.country, "EUR")
    link = rng.choices(LINKS, LINK_WEIGHTS)[0]
    yield Step(0, OrderStartedV1(offer=offer.named, link=link, currency=currency))
    ending = rng.choices(_ENDINGS, _WEIGHTS)[0]
    if ending is Ending.OPENED:
        return
    consent = rng.random() < CONSENT_SHARE
    is_taken_over = rng.random() < TAKEN_OVER_SHARE
    baskets = _baskets(rng, visit, offer, currency)
    for basket in baskets:
        placed = _placed(visit, basket, currency, consent=consent, is_taken_over=is_taken_over)
        yield Step(rng.uniform(*FORM_SECONDS), placed)
    total = MoneyIn(amount=baskets[-1].total, currency=currency)
    bill = Bill(country=visit.buyer.country, total=total, lines=baskets[-1].lines)
    yield from pay(rng, ending, bill)


def _baskets(rng: Random, visit: Visit, offer: Offer, currency: str) -> list[Basket]:
    """Fill in the form once, or twice where an add-on came to mind late."""
    choice = choose(rng, offer)
    choices = [choice]
    if choice.add_ons and rng.random() < REVISED_SHARE:
        choices.insert(0, replace(choice, add_ons=()))
    return [fill(visit.shop, offer, one, visit.buyer.country, currency) for one in choices]


def _placed(
    visit: Visit, basket: Basket, currency: str, *, consent: bool, is_taken_over: bool
) -> OrderPlacedV1:
    return OrderPlacedV1(
        number=visit.number,
        customer=visit.buyer.customer,
        country=visit.buyer.country,
        currency=currency,
        lines=basket.lines,
        total=basket.total,
        analytics_consent=consent,
        discounts=basket.discounts,
        actions=basket.actions,
        imported=is_taken_over,
    )
