"""`shops show` and `shops set`: what a merchant sets for a whole shop."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import msgspec
from cyclopts import Parameter
from msgspec.structs import replace

from adapters.bootstrap import Parts
from adapters.cli import access
from adapters.cli.exits import WrongUse
from adapters.cli.options import COMMON_OPTIONS, CommonOptions, ShopOptions
from adapters.cli.output import fields, print_json, say, show
from adapters.cli.reaching import ledger, the_shop
from adapters.shops.settings import ShopSettings
from domain.identifiers import ShopId
from projections.order_view.masking import host_only


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is set anew; what is left out stays as it is, and empty text takes it away."""

    name: str | None = None
    """The shop's name for people."""
    sender: str | None = None
    """The address that its emails come from."""
    reply_to: str | None = None
    """Where answers to its emails go."""
    business_id: str | None = None
    """The business or VAT id on receipts."""
    address: str | None = None
    """The postal address on receipts; \\n begins a new line."""
    grace: timedelta | None = None
    """How long actions may be unfinished before their order asks for a look: 20s, 5m."""
    alert_email: str | None = None
    """Who is told of trouble by email."""
    alert_webhook: str | None = None
    """Which address is told of trouble by a signed webhook."""
    alert_age: timedelta | None = None
    """How long a cause of trouble may stand before it is told of once more: 1h."""


app = access.shops_app

NO_CHANGES = Changes()
FIELD_BY_OPTION = {
    "name": "display_name",
    "grace": "grace_seconds",
    "alert_webhook": "alert_webhook_url",
    "alert_age": "alert_age_seconds",
}
OPTION_BY_FIELD = {field: option for option, field in FIELD_BY_OPTION.items()}


@app.command(name="set")
async def set_shop(
    shop: str, *, changes: Changes = NO_CHANGES, options: CommonOptions = COMMON_OPTIONS
) -> None:
    """Change what a shop has set.

    Parameters
    ----------
    shop
        Its id.
    """
    values = {name: value for name, value in asdict(changes).items() if value is not None}
    if not values:
        raise WrongUse("nothing is to be changed", "For example: --grace 20s")
    async with ledger(options) as parts:
        shop_id = await _known(parts, options, shop)
        changed = replace(
            await parts.shop_settings.get(shop_id),
            **{FIELD_BY_OPTION.get(name, name): _stored(value) for name, value in values.items()},
        )
        try:
            await parts.shop_settings.put(shop_id, changed)
        except msgspec.ValidationError as error:
            raise WrongUse(_sentence(error)) from error
    _tell(shop, changed, options)


@app.command(name="show")
async def show_shop(shop: str, *, options: CommonOptions = COMMON_OPTIONS) -> None:
    """Show what a shop has set.

    Parameters
    ----------
    shop
        Its id.
    """
    async with ledger(options) as parts:
        shop_id = await _known(parts, options, shop)
        settings = await parts.shop_settings.get(shop_id)
    _tell(shop, settings, options)


async def _known(parts: Parts, options: CommonOptions, shop: str) -> ShopId:
    return await the_shop(parts, ShopOptions(data=options.data, json=options.json, shop=shop))


def _stored(value: Any) -> Any:
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return value.replace("\\n", "\n")


def _sentence(error: msgspec.ValidationError) -> str:
    field = str(error).rpartition("$.")[2].rstrip("`")
    option = OPTION_BY_FIELD.get(field, field).replace("_", "-")
    return f"--{option} cannot be set to this value"


def _tell(shop: str, settings: ShopSettings, options: CommonOptions) -> None:
    shown = replace(settings, alert_webhook_url=host_only(settings.alert_webhook_url))
    if options.json:
        print_json({"shop": shop, **msgspec.structs.asdict(shown)})
        return
    say(f"The shop {shop} is called {shown.display_name}.")
    show(
        fields(
            ("Sender", shown.sender),
            ("Reply to", shown.reply_to),
            ("Business id", shown.business_id),
            ("Address", shown.address),
            ("Grace", str(shown.grace)),
            ("Alerts to", " ".join(filter(None, (shown.alert_email, shown.alert_webhook_url)))),
            ("Alert age", str(timedelta(seconds=shown.alert_age_seconds))),
        )
    )
