"""A made-up course shop: what it offers and what it does after a payment.

A shop follows from its name alone, whatever the seed of its orders, so that feeding it again
publishes the very same settings again: duplicates, never conflicts.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from zlib import crc32

from msgspec import Struct
from msgspec.structs import replace

from adapters.messaging.contracts import (
    ActionConfigurationRemovedV1,
    ActionConfiguredV1,
    Level,
    OfferIn,
)
from adapters.messaging.published_settings import (
    CustomEmailIn,
    KajabiGrantIn,
    PublishedSettingsIn,
    ReceiptEmailIn,
    SystemeContactIn,
    WebhookIn,
)
from domain.order.values import LineKind
from scripts.feeding.messages import Message, setting_message
from scripts.feeding.wares import TOPICS, Form, Topic

CONFIGURED_AT = datetime(2026, 1, 7, 9, tzinfo=UTC)
OFFERS_PER_SHOP = 5
SYSTEME_SHARE = 0.25
OFFER_GRANT_SHARE = 0.3
KAJABI_SITE = "1"


class Addresses(Struct, frozen=True, kw_only=True):
    """Where made-up actions go; by default to nobody."""

    kajabi: str = "https://checkout.example.com"
    books: str = "https://books.example.com"
    """The bookkeeping of the shop: every order is posted there."""
    crm: str = "https://crm.example.com"
    """The customer list of the teacher of one topic."""


NOWHERE = Addresses()


class Setting(Struct, frozen=True, kw_only=True):
    """A published setting of an action, with all its revisions, the latest last."""

    id: str
    level: Level
    level_id: str
    name: str
    revisions: tuple[PublishedSettingsIn, ...]


class Product(Struct, frozen=True, kw_only=True):
    """Something to sell, its price in euro cents."""

    id: str
    name: str
    form: Form
    cents: int
    settings: tuple[Setting, ...] = ()


class AddOn(Struct, frozen=True, kw_only=True):
    """Something to sell beside the offer's product, or instead of it."""

    product: Product
    kind: LineKind
    replaces: str = ""
    """The name of what it is sold instead of, as the customer knows it."""


class Offer(Struct, frozen=True, kw_only=True):
    """What a checkout link sells."""

    named: OfferIn
    products: tuple[Product, ...]
    add_ons: tuple[AddOn, ...]
    settings: tuple[Setting, ...]


class Shop(Struct, frozen=True, kw_only=True):
    """A merchant's checkout."""

    name: str
    offers: tuple[Offer, ...]
    settings: tuple[Setting, ...]
    """Of the checkout: they belong to every order."""


def shop_named(name: str, addresses: Addresses = NOWHERE) -> Shop:
    """Make up the shop of a name; the same name, the same shop."""
    rng = Random(f"catalogue/{name}")
    topics = rng.sample(TOPICS, OFFERS_PER_SHOP)
    offers = [_offer(rng, topic, addresses) for topic in topics]
    offers[-1] = _with_crm(offers[-1], addresses)
    return Shop(
        name=name,
        offers=(*offers, _free_offer(topics[0])),
        settings=_checkout_settings(name, addresses),
    )


def settings_messages(shop: Shop) -> Iterator[Message]:
    """Publish every revision of every setting, and take one of them away again."""
    for setting in _all_settings(shop):
        for revision, settings in enumerate(setting.revisions, 1):
            data = ActionConfiguredV1(
                level=setting.level,
                level_id=setting.level_id,
                name=setting.name,
                settings=settings,
                revision=revision,
            )
            message_id = f"{shop.name}/{setting.id}/{revision}"
            yield setting_message(
                shop.name, setting.id, data, message_id=message_id, time=CONFIGURED_AT
            )
    yield from _abandoned(shop)


def _abandoned(shop: Shop) -> Iterator[Message]:
    """Publish a webhook that was set up once, and that it is gone."""
    was = ActionConfiguredV1(
        level="checkout",
        level_id=shop.name,
        name="Old bookkeeping",
        settings=WebhookIn(url="https://old-books.example.com/hooks/orders"),
        revision=1,
    )
    for number, data in enumerate((was, ActionConfigurationRemovedV1(revision=2)), 1):
        yield setting_message(
            shop.name,
            "old-books",
            data,
            message_id=f"{shop.name}/old-books/{number}",
            time=CONFIGURED_AT,
        )


def _all_settings(shop: Shop) -> dict[Setting, None]:
    """Collect them once each, in a fixed order."""
    products = [product for offer in shop.offers for product in _products_of(offer)]
    return dict.fromkeys(
        [
            *shop.settings,
            *(setting for offer in shop.offers for setting in offer.settings),
            *(setting for product in products for setting in product.settings),
        ]
    )


def _products_of(offer: Offer) -> list[Product]:
    return [*offer.products, *(add_on.product for add_on in offer.add_ons)]


def _checkout_settings(shop: str, addresses: Addresses) -> tuple[Setting, ...]:
    old, new = (
        WebhookIn(url=f"{addresses.books}/hooks/books/{path}") for path in ("orders", "orders-v2")
    )
    return (
        _setting("receipt", "checkout", shop, "Receipt", ReceiptEmailIn()),
        _setting("books", "checkout", shop, "Bookkeeping", old, new),
    )


def _offer(rng: Random, topic: Topic, addresses: Addresses) -> Offer:
    cents = rng.choice((4_900, 9_700, 14_900, 19_700, 29_700, 34_700, 49_700))
    course = _course(topic.slug, cents, rng, _by_url(topic.name, topic.slug, addresses))
    ebook = _product(f"{topic.slug}-book", f"{topic.name}: the workbook", Form.EBOOK, 1_900)
    ticket = _product(f"{topic.slug}-day", f"{topic.name}: live day", Form.EVENT, 8_900)
    issue = _product(f"{topic.slug}-paper", f"{topic.name} monthly", Form.MAGAZINE, 990)
    mentoring = _product(f"{topic.slug}-degree", f"{topic.name}: diploma", Form.DEGREE, 24_000)
    plus = f"{topic.slug}-plus"
    premium = _course(plus, cents * 2, rng, _by_api(f"{topic.name} Plus", plus))
    return Offer(
        named=OfferIn(id=f"{topic.slug}-offer", name=f"Learn {topic.name.lower()}"),
        products=(course,),
        add_ons=(
            AddOn(product=ebook, kind=LineKind.ORDER_BUMP),
            AddOn(product=issue, kind=LineKind.ORDER_BUMP),
            AddOn(product=premium, kind=LineKind.PRE_UPSELL, replaces=course.name),
            AddOn(product=rng.choice((ticket, mentoring)), kind=LineKind.PRE_UPSELL),
        ),
        settings=_offer_settings(topic, rng, addresses),
    )


def _free_offer(topic: Topic) -> Offer:
    taster = _product(f"{topic.slug}-taster", f"{topic.name}: free lesson", Form.COURSE, 0)
    return Offer(
        named=OfferIn(id=f"{topic.slug}-free", name=f"Try {topic.name.lower()} for free"),
        products=(taster,),
        add_ons=(),
        settings=(),
    )


def _with_crm(offer: Offer, addresses: Addresses) -> Offer:
    hook = WebhookIn(url=f"{addresses.crm}/hooks/crm/customers")
    setting = _setting("crm", "offer", offer.named.id, "Customer list", hook)
    return replace(offer, settings=(*offer.settings, setting))


def _course(slug: str, cents: int, rng: Random, access: KajabiGrantIn) -> Product:
    settings = [_grant(f"grant-{slug}", "product", slug, access)]
    if rng.random() < SYSTEME_SHARE:
        contact = SystemeContactIn(tags=(slug, "customer"))
        settings.append(_setting(f"contact-{slug}", "product", slug, "Mailing list", contact))
    return _product(slug, access.offer_name, Form.COURSE, cents, *settings)


def _product(slug: str, name: str, form: Form, cents: int, *settings: Setting) -> Product:
    return Product(id=slug, name=name, form=form, cents=cents, settings=settings)


def _offer_settings(topic: Topic, rng: Random, addresses: Addresses) -> tuple[Setting, ...]:
    offer = f"{topic.slug}-offer"
    first, better = (
        CustomEmailIn(subject=f"Welcome to {topic.name}", body=body)
        for body in (
            "Hello {{ customer.first_name }}!",
            "Hello {{ customer.first_name }}, here is how to begin.",
        )
    )
    welcome = _setting(f"welcome-{topic.slug}", "offer", offer, "Welcome email", first, better)
    if rng.random() >= OFFER_GRANT_SHARE:
        return (welcome,)
    access = _by_url(f"{topic.name} club", f"{topic.slug}-club", addresses)
    return (welcome, _grant(f"club-{topic.slug}", "offer", offer, access))


def _grant(setting_id: str, level: Level, level_id: str, access: KajabiGrantIn) -> Setting:
    return _setting(setting_id, level, level_id, f"Access to {access.offer_name}", access)


def _by_url(name: str, slug: str, addresses: Addresses) -> KajabiGrantIn:
    """Name an offer's two addresses, in the shape that Kajabi's have."""
    offer = f"{addresses.kajabi}/webhooks/offers/{slug}/{KAJABI_SITE}"
    return KajabiGrantIn(
        offer_name=name,
        activation_url=f"{offer}/activate",
        deactivation_url=f"{offer}/deactivate",
        send_grant_email=True,
    )


def _by_api(name: str, slug: str) -> KajabiGrantIn:
    """Name an offer by the number that it has in Kajabi's public API."""
    offer_id = str(crc32(slug.encode()))
    return KajabiGrantIn(offer_name=name, offer_id=offer_id, send_grant_email=True)


def _setting(
    setting_id: str,
    level: Level,
    level_id: str,
    name: str,
    *revisions: PublishedSettingsIn,
) -> Setting:
    return Setting(id=setting_id, level=level, level_id=level_id, name=name, revisions=revisions)
