"""What made-up course shops sell: topics, forms, prices, VAT rates, links and codes."""

from enum import StrEnum

from msgspec import Struct

from adapters.messaging.contracts import LinkIn


class Form(StrEnum):
    """What a product is; it decides the VAT rate and what is done after payment."""

    COURSE = "online course"
    EBOOK = "e-book"
    MAGAZINE = "digital magazine"
    EVENT = "event ticket"
    DEGREE = "regulated education"


class Topic(Struct, frozen=True):
    """A subject that courses are made about."""

    slug: str
    name: str


TOPICS = tuple(
    Topic(slug, name)
    for slug, name in (
        ("watercolour", "Watercolour"),
        ("sourdough", "Sourdough"),
        ("bookkeeping", "Bookkeeping"),
        ("yoga", "Yoga"),
        ("photography", "Photography"),
        ("gardening", "Gardening"),
        ("podcasting", "Podcasting"),
        ("knitting", "Knitting"),
        ("finnish", "Finnish for beginners"),
        ("sleep", "Better sleep"),
    )
)

STANDARD_RATES = {
    "FI": 2550, "SE": 2500, "EE": 2400, "DE": 1900, "DK": 2500, "FR": 2000, "ES": 2100, "NL": 2100,
}  # fmt: skip
"""Basis points where the customer lives; elsewhere the sale is outside the EU's VAT."""
FINNISH_RATES = {Form.EBOOK: 1350, Form.MAGAZINE: 1000, Form.EVENT: 1350}

PRICE_PER_EURO = {"EUR": 1.0, "SEK": 11.5, "GBP": 0.86, "USD": 1.1, "JPY": 1.6}
"""Minor units for one euro cent; the yen has no minor unit."""
PRICE_STEP = {"EUR": 100, "SEK": 1000, "GBP": 100, "USD": 100, "JPY": 100}
CURRENCY_BY_COUNTRY = {"SE": "SEK", "GB": "GBP", "US": "USD", "JP": "JPY"}

COUNTRIES = ("FI", "SE", "EE", "DE", "DK", "NO", "GB", "US", "FR", "ES", "NL", "JP")
COUNTRY_WEIGHTS = (800, 60, 25, 25, 10, 12, 18, 20, 8, 10, 6, 6)

CITIES = {"FI": ("Helsinki", "Tampere", "Oulu", "Turku", "Kuopio", "Rovaniemi")}
OTHER_CITIES = ("Old Town", "New Harbour", "Riverside")

LINKS = (
    LinkIn(id="home", source="website", tags=("evergreen",)),
    LinkIn(id="newsletter", source="newsletter", tags=("email", "spring-launch")),
    LinkIn(id="instagram", source="instagram", tags=("social", "spring-launch")),
    LinkIn(id="webinar", source="webinar", tags=("live", "spring-launch")),
    LinkIn(id="partner", source="partner", tags=("affiliate", "partner-anna")),
    LinkIn(id="thank-you", source="thank-you page", tags=("post-purchase",)),
    LinkIn(id="plain"),
)
LINK_WEIGHTS = (30, 22, 16, 10, 8, 5, 9)


class Code(Struct, frozen=True):
    """A discount code: a share of the price, or a fixed sum in euro cents."""

    name: str
    percent: int = 0
    cents: int = 0
    is_for_main_product: bool = False
    """Whether it leaves add-ons alone."""


CODES = (
    Code("SPRING20", percent=20),
    Code("FRIEND10", percent=10),
    Code("MINUS25", cents=2_500, is_for_main_product=True),
    Code("WELCOME", cents=1_000),
    Code("PRESS", percent=100),
)
CODE_WEIGHTS = (40, 25, 15, 15, 5)


def price_in(currency: str, cents: int) -> int:
    """Turn a price in euro cents into a round price of another currency."""
    step = PRICE_STEP[currency]
    return max(1, round(cents * PRICE_PER_EURO[currency] / step)) * step


def vat_rate_of(form: Form, country: str) -> int:
    """Find the rate in basis points for a product sold to a country."""
    if form is Form.DEGREE:
        return 0
    if country == "FI" and form in FINNISH_RATES:
        return FINNISH_RATES[form]
    return STANDARD_RATES.get(country, 0)
