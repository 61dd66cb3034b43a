"""Made-up customers of course shops; some of them come back."""

from collections import deque
from random import Random

from msgspec import Struct

from adapters.messaging.contracts import AddressIn, CustomerIn
from scripts.feeding.names import email_of, first_names, last_names
from scripts.feeding.wares import CITIES, COUNTRIES, COUNTRY_WEIGHTS, OTHER_CITIES

REMEMBERED_MAX = 500
RETURNING_SHARE = 0.15
COMPANY_SHARE = 0.08
PHONE_SHARE = 0.4
SURVEY_SHARE = 0.2
SURVEY = ("a friend", "a search", "the podcast", "social media")


class Buyer(Struct, frozen=True):
    """A customer and where they live."""

    customer: CustomerIn
    country: str


class Buyers:
    """Customers in the order in which they come to the checkout."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._known: deque[Buyer] = deque(maxlen=REMEMBERED_MAX)

    def come(self) -> Buyer:
        """Let a new customer in, or one who bought before."""
        rng = self._rng
        if self._known and rng.random() < RETURNING_SHARE:
            return self._known[rng.randrange(len(self._known))]
        buyer = _new_buyer(rng)
        self._known.append(buyer)
        return buyer


def _new_buyer(rng: Random) -> Buyer:
    country = rng.choices(COUNTRIES, COUNTRY_WEIGHTS)[0]
    first, last = rng.choice(first_names(country)), rng.choice(last_names(country))
    is_company = rng.random() < COMPANY_SHARE
    customer = CustomerIn(
        email=email_of(first, last, f"{rng.getrandbits(32):x}", "example.com"),
        first_name=first,
        last_name=last,
        phone=f"+358 40 555 {rng.randrange(10_000):04}" if rng.random() < PHONE_SHARE else "",
        company=f"{last} Oy" if is_company else "",
        business_id=f"{rng.randrange(10_000_000):07}-{rng.randrange(10)}" if is_company else "",
        address=_address(rng, country),
        custom_fields={"How did you hear of us?": rng.choice(SURVEY)}
        if rng.random() < SURVEY_SHARE
        else {},
    )
    return Buyer(customer, country)


def _address(rng: Random, country: str) -> AddressIn:
    return AddressIn(
        street=f"Example Street {rng.randrange(1, 120)}",
        postal_code=f"{rng.randrange(100_000):05}",
        city=rng.choice(CITIES.get(country, OTHER_CITIES)),
    )
