"""What the retail file lacks, added by a rule: the same seed and file give the same additions.

Everything here is synthetic and says so: `custom_fields["synthetic"]` names the fields, and the
ids of offer and link begin with `synthetic-`. It never changes what a line costs.
"""

from random import Random

from msgspec import Struct

from adapters.messaging.contracts import CustomerIn, LinkIn, OfferIn
from domain.order.values import LineKind
from scripts.feeding.names import email_of, first_names, last_names

SYNTHETIC = "synthetic"
SYNTHETIC_FIELDS = (
    "email, first name, last name, consent, offer, source, tags, discount code, line kinds,"
    " payment provider and method"
)
DOMAINS = ("example.com", "example.org", "example.net")
CONSENT_SHARE = 0.7
CODE_SHARE = 0.15
BUMP_SHARE = 0.3
PRE_UPSELL_SHARE = 0.1

OFFERS = (
    OfferIn(id="synthetic-gifts", name="Gift shop"),
    OfferIn(id="synthetic-trade", name="Trade counter"),
    OfferIn(id="synthetic-christmas", name="Christmas shop"),
)
LINKS = (
    LinkIn(id="synthetic-direct"),
    LinkIn(id="synthetic-catalogue", source="catalogue", tags=("print",)),
    LinkIn(id="synthetic-newsletter", source="newsletter", tags=("email", "christmas")),
    LinkIn(id="synthetic-fair", source="trade fair", tags=("trade",)),
    LinkIn(id="synthetic-search", source="search ads", tags=("ads", "christmas")),
)
LINK_WEIGHTS = (30, 20, 25, 10, 15)
CODES = ("XMAS2010", "TRADE10", "WELCOME")
CODE_WEIGHTS = (5, 3, 2)
PURSES = (
    ("stripe", "card", "visa"),
    ("stripe", "card", "mastercard"),
    ("stripe", "card", "amex"),
    ("paypal", "paypal", ""),
    ("invoice", "bank_transfer", ""),
)
PURSE_WEIGHTS = (40, 25, 5, 20, 10)


class Invented(Struct, frozen=True):
    """The additions to one invoice."""

    offer: OfferIn
    link: LinkIn
    consent: bool
    code: str
    """Empty for most."""
    kinds: tuple[LineKind, ...]
    """One for each line."""
    purse: tuple[str, str, str]
    """Provider, method, sub-method."""


def invent_customer(seed: int, customer: str, invoice: str, country: str) -> CustomerIn:
    """Give a customer of the file a name and an address; who has no number is a guest."""
    tag = customer or f"guest{invoice}"
    rng = Random(f"{seed}/customer/{tag}")
    first, last = rng.choice(first_names(country)), rng.choice(last_names(country))
    return CustomerIn(
        email=email_of(first, last, tag, rng.choice(DOMAINS)),
        first_name=first,
        last_name=last,
        custom_fields={SYNTHETIC: SYNTHETIC_FIELDS},
    )


def invent_purchase(seed: int, invoice: str, lines: int) -> Invented:
    """Give an invoice its offer, link, code, kinds of lines and payment."""
    rng = Random(f"{seed}/invoice/{invoice}")
    return Invented(
        offer=rng.choice(OFFERS),
        link=rng.choices(LINKS, LINK_WEIGHTS)[0],
        consent=rng.random() < CONSENT_SHARE,
        code=rng.choices(CODES, CODE_WEIGHTS)[0] if rng.random() < CODE_SHARE else "",
        kinds=_kinds(rng, lines),
        purse=rng.choices(PURSES, PURSE_WEIGHTS)[0],
    )


def _kinds(rng: Random, lines: int) -> tuple[LineKind, ...]:
    """Keep the first line a product; the last two may be add-ons."""
    kinds = [LineKind.PRODUCT] * lines
    if lines > 1 and rng.random() < BUMP_SHARE:
        kinds[-1] = LineKind.ORDER_BUMP
    if lines > 2 and rng.random() < PRE_UPSELL_SHARE:  # noqa: PLR2004  product, upsell, bump
        kinds[-2] = LineKind.PRE_UPSELL
    return tuple(kinds)
