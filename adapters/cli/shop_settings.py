"""`shops show` and `shops set`: what a merchant sets for a whole shop."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter, Token
from msgspec.structs import replace

from adapters.alerts.channel import wanted_channels
from adapters.alerts.listing import last_alerts
from adapters.bootstrap import Parts
from adapters.cli import access
from adapters.cli.alerts import state_of
from adapters.cli.exits import WrongUse
from adapters.cli.options import COMMON_OPTIONS, CommonOptions, ShopOptions
from adapters.cli.output import fields, print_json, say, show
from adapters.cli.reaching import ledger, the_shop
from adapters.display.times import exact
from adapters.shops.settings import (
    ADDRESS_LENGTH_MAX,
    CREDIT_NOTE_PREFIX_LENGTH_MAX,
    LABEL_LENGTH_MAX,
    WAIT_SECONDS_MAX,
)
from domain.configuration.masking import host_only
from domain.identifiers import ShopId

WAIT_WANTED = f"0s to {WAIT_SECONDS_MAX // 86_400}d"
SECONDS_BY_LETTER = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
WRITTEN = re.compile(r"(\d{1,9})([smhd])")


def _duration(_: type, tokens: Sequence[Token]) -> timedelta:
    written = WRITTEN.fullmatch(tokens[0].value)
    if written is None:
        raise ValueError(f"{tokens[0].value!r} is no length of time; write it as 90s, 5m or 1h")
    return timedelta(seconds=int(written[1]) * SECONDS_BY_LETTER[written[2]])


Duration = Annotated[timedelta | None, Parameter(converter=_duration, n_tokens=1)]


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
    credit_note_prefix: str | None = None
    """What stands before the numbers of its credit notes from now on: KL-."""
    grace: Duration = None
    """How long actions may be unfinished before their order asks for a look: 20s, 5m."""
    alert_email: str | None = None
    """Who is told of trouble by email."""
    alert_webhook: str | None = None
    """Which address is told of trouble by a signed webhook."""
    alert_age: Duration = None
    """How long a cause of trouble may stand before it is told of once more: 1h."""
    zone: str | None = None
    """Where its days begin, for reports: Europe/Helsinki."""
    country: str | None = None
    """How amounts and dates are written on its pages, by a country's code: FI."""


app = access.shops_app

NO_CHANGES = Changes()
FIELD_BY_OPTION = {
    "name": "display_name",
    "grace": "grace_seconds",
    "alert_webhook": "alert_webhook_url",
    "alert_age": "alert_age_seconds",
}
PREFIX_WANTED = (
    f"at most {CREDIT_NOTE_PREFIX_LENGTH_MAX} of A-Z a-z 0-9 . _ -, the last of them no digit"
)
EMAIL_WANTED = "one email address, such as shop@example.com"
WANTED_BY_FIELD = {
    "sender": EMAIL_WANTED,
    "reply_to": EMAIL_WANTED,
    "alert_email": EMAIL_WANTED,
    "alert_webhook_url": "a web address, such as https://alerts.example.com/ledger",
    "address": f"at most {ADDRESS_LENGTH_MAX:,} characters",
    "credit_note_prefix": PREFIX_WANTED,
    "country": "a country's code in two capital letters, such as FI",
    "zone": "a time zone of the IANA database, such as Europe/Helsinki",
    "grace_seconds": WAIT_WANTED,
    "alert_age_seconds": WAIT_WANTED,
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
            raise _not_set(error) from error
        await _tell(parts, shop_id, options)


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
        await _tell(parts, shop_id, options)


async def _known(parts: Parts, options: CommonOptions, shop: str) -> ShopId:
    return await the_shop(parts, ShopOptions(data=options.data, json=options.json, shop=shop))


def _stored(value: Any) -> Any:
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return value.replace("\\n", "\n")


def _not_set(error: msgspec.ValidationError) -> WrongUse:
    field = str(error).rpartition("$.")[2].rstrip("`")
    option = OPTION_BY_FIELD.get(field, field).replace("_", "-")
    wanted = WANTED_BY_FIELD.get(field, f"at most {LABEL_LENGTH_MAX} characters on one line")
    return WrongUse(f"--{option} cannot be set to this value", f"It takes {wanted}.")


async def _tell(parts: Parts, shop: ShopId, options: CommonOptions) -> None:
    settings = await parts.shop_settings.get(shop)
    alerts = await last_alerts(parts.pool, shop, wanted_channels(settings))
    shown = replace(settings, alert_webhook_url=host_only(settings.alert_webhook_url))
    if options.json:
        print_json({"shop": shop, **msgspec.structs.asdict(shown), "last_alerts": alerts})
        return
    say(f"The shop {shop} is called {shown.display_name}.")
    show(
        fields(
            ("Sender", shown.sender),
            ("Reply to", shown.reply_to),
            ("Business id", shown.business_id),
            ("Address", shown.address),
            ("Credit notes", f"{shown.credit_note_prefix}1, {shown.credit_note_prefix}2 …"),
            ("Zone", shown.zone),
            ("Country", shown.country),
            ("Grace", str(shown.grace)),
            ("Alerts to", " ".join(filter(None, (shown.alert_email, shown.alert_webhook_url)))),
            ("Alert age", str(timedelta(seconds=shown.alert_age_seconds))),
            *((f"Last {one.channel}", f"{state_of(one)}, {exact(one.made_at)}") for one in alerts),
        )
    )
