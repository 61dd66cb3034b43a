"""What a customer puts together on the billing form: lines, discounts, and what is done after."""

from random import Random

from msgspec import Struct
from msgspec.structs import replace

from adapters.messaging.contracts import ActionIn, DiscountIn, LineIn
from domain.order.values import LineKind
from scripts.feeding.catalogue import AddOn, Offer, Product, Setting, Shop
from scripts.feeding.wares import CODE_WEIGHTS, CODES, Code, price_in, vat_rate_of

BUMP_SHARE = 0.25
PRE_UPSELL_SHARE = 0.12
CODE_SHARE = 0.16
SEATS_SHARE = 0.03
SEATS_MAX = 5
EARLIER_REVISION_SHARE = 0.05
STATED_VAT_SHARE = 0.2
BASIS_POINTS = 10_000


class Basket(Struct, frozen=True, kw_only=True):
    """The part of an order that the customer chose."""

    lines: tuple[LineIn, ...]
    discounts: tuple[DiscountIn, ...]
    actions: tuple[ActionIn, ...]

    @property
    def total(self) -> int:
        """What is to be paid, in minor units."""
        return sum(line.list_price for line in self.lines) - sum(
            discount.amount for discount in self.discounts
        )


class Choice(Struct, frozen=True, kw_only=True):
    """What the customer ticked."""

    add_ons: tuple[AddOn, ...]
    code: Code | None
    seats: int
    is_vat_stated: bool
    """Whether this checkout works the VAT out by itself."""
    is_earlier_revision: bool
    """Whether the form was opened before the latest settings were published."""


def choose(rng: Random, offer: Offer) -> Choice:
    """Tick boxes as customers do."""
    return Choice(
        add_ons=tuple(add_on for add_on in offer.add_ons if rng.random() < _share(add_on)),
        code=rng.choices(CODES, CODE_WEIGHTS)[0] if rng.random() < CODE_SHARE else None,
        seats=rng.randint(2, SEATS_MAX) if rng.random() < SEATS_SHARE else 1,
        is_vat_stated=rng.random() < STATED_VAT_SHARE,
        is_earlier_revision=rng.random() < EARLIER_REVISION_SHARE,
    )


def fill(shop: Shop, offer: Offer, choice: Choice, country: str, currency: str) -> Basket:
    """Make the order of a choice; prices include the VAT of the customer's country."""
    bought = _bought(offer, choice)
    lines = tuple(
        _line(number, add_on, choice, country, currency) for number, add_on in enumerate(bought, 1)
    )
    discounts = _discounts(choice.code, lines, currency)
    if choice.is_vat_stated and not discounts:
        lines = tuple(map(_with_vat, lines))
    return Basket(lines=lines, discounts=discounts, actions=_actions(shop, offer, bought, choice))


def _share(add_on: AddOn) -> float:
    return BUMP_SHARE if add_on.kind is LineKind.ORDER_BUMP else PRE_UPSELL_SHARE


def _bought(offer: Offer, choice: Choice) -> list[AddOn]:
    replaced = {add_on.replaces for add_on in choice.add_ons}
    kept = [product for product in offer.products if product.name not in replaced]
    return [AddOn(product=product, kind=LineKind.PRODUCT) for product in kept] + list(
        choice.add_ons
    )


def _line(number: int, bought: AddOn, choice: Choice, country: str, currency: str) -> LineIn:
    product = bought.product
    quantity = choice.seats if bought.kind is LineKind.PRODUCT else 1
    return LineIn(
        line_id=f"line-{number}",
        kind=bought.kind,
        product_id=product.id,
        name=product.name,
        quantity=quantity,
        list_price=quantity * _price(product, currency),
        vat_rate=vat_rate_of(product.form, country),
        replaces_product=bought.replaces,
    )


def _price(product: Product, currency: str) -> int:
    return price_in(currency, product.cents) if product.cents else 0


def _discounts(
    code: Code | None, lines: tuple[LineIn, ...], currency: str
) -> tuple[DiscountIn, ...]:
    if code is None:
        return ()
    eligible = lines[:1] if code.is_for_main_product else lines
    price = sum(line.list_price for line in eligible)
    fixed = price_in(currency, code.cents) if code.cents else 0
    amount = min(price, fixed or price * code.percent // 100)
    line_ids = tuple(line.line_id for line in eligible) if code.is_for_main_product else ()
    return (DiscountIn(code=code.name, amount=amount, line_ids=line_ids),) if amount else ()


def _with_vat(line: LineIn) -> LineIn:
    """State the VAT within the price, rounded half up."""
    whole = BASIS_POINTS + line.vat_rate
    vat = (2 * line.list_price * line.vat_rate + whole) // (2 * whole)
    return replace(line, discount=0, vat=vat)


def _actions(shop: Shop, offer: Offer, bought: list[AddOn], choice: Choice) -> tuple[ActionIn, ...]:
    of_lines = [
        _action(setting, choice, f"line-{number}")
        for number, add_on in enumerate(bought, 1)
        for setting in add_on.product.settings
    ]
    of_order = [_action(setting, choice) for setting in (*offer.settings, *shop.settings)]
    return (*of_lines, *of_order)


def _action(setting: Setting, choice: Choice, line_id: str | None = None) -> ActionIn:
    revision = 1 if choice.is_earlier_revision else len(setting.revisions)
    return ActionIn(
        action_id=setting.id,
        name=setting.name,
        level=setting.level,
        settings=setting.revisions[revision - 1],
        line_id=line_id,
        setting_id=setting.id,
        revision=revision,
    )
