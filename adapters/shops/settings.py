"""The settings of a shop: one row, read anew at most a second after it was changed elsewhere.

The rule to know: a shop that has set nothing has the defaults below, so nobody asks whether
there are settings. The alert webhook's address is a secret: it is masked in every output.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct, ValidationError, convert
from msgspec.structs import asdict

from adapters.auth.shops import UnknownShop
from adapters.mail.letter import AddressWrong, address_of
from adapters.outbound_http import UrlRefused, endpoint_of
from adapters.postgres.database import Pool
from adapters.postgres.query import fetch
from adapters.shops.zones import ZONE_DEFAULT, UnknownZone, zone_named
from domain.identifiers import ShopId
from projections.query import Query

CACHE_SECONDS = 1.0
GRACE_SECONDS_DEFAULT = 300
ALERT_AGE_SECONDS_DEFAULT = 3_600
WAIT_SECONDS_MAX = 7 * 24 * 3_600
LABEL_LENGTH_MAX = 200
ADDRESS_LENGTH_MAX = 1_000
EMAIL_LENGTH_MAX = 254
URL_LENGTH_MAX = 2_000
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f]*(?!\n)$"
"""`$` alone lets a last newline through, and a newline begins another header of an email."""
WEB_ADDRESS = r"^(https?://[^\s/@]+(/\S*)?)?(?!\n)$"

CREDIT_NOTE_PREFIX_LENGTH_MAX = 20
CREDIT_NOTE_PREFIX = r"^([A-Za-z0-9._-]*[A-Za-z._-])?(?!\n)$"
"""No digit before the number, so that no two prefixes make one number; fit for a file's name."""

EMAIL_FIELDS = ("sender", "reply_to", "alert_email")

Label: TypeAlias = Annotated[str, Meta(max_length=LABEL_LENGTH_MAX, pattern=ONE_LINE)]
Lines: TypeAlias = Annotated[
    str, Meta(max_length=ADDRESS_LENGTH_MAX, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f]*$")
]
WebAddress: TypeAlias = Annotated[str, Meta(max_length=URL_LENGTH_MAX, pattern=WEB_ADDRESS)]
OptionalEmail: TypeAlias = Annotated[
    str,
    Meta(
        max_length=EMAIL_LENGTH_MAX, pattern=r"^([^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+)?(?!\n)$"
    ),
]
NumberPrefix: TypeAlias = Annotated[
    str, Meta(max_length=CREDIT_NOTE_PREFIX_LENGTH_MAX, pattern=CREDIT_NOTE_PREFIX)
]
ZoneName: TypeAlias = Annotated[str, Meta(min_length=1, max_length=LABEL_LENGTH_MAX)]
CountryCode: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Z]{2}(?!\n)$")]
Seconds: TypeAlias = Annotated[int, Meta(ge=0, le=WAIT_SECONDS_MAX)]

SELECT = """
SELECT
    s.name AS display_name,
    t.sender,
    t.reply_to,
    t.business_id,
    t.address,
    t.credit_note_prefix,
    t.grace_seconds,
    t.alert_email,
    t.alert_webhook_url,
    t.alert_age_seconds,
    t.zone,
    t.country
FROM access.shop_settings AS t
INNER JOIN access.shops AS s USING (shop)
WHERE t.shop = %(shop)s
"""

SELECT_NAME = """
SELECT name
FROM access.shops
WHERE shop = %(shop)s
"""

PUT = """
WITH named AS (
    UPDATE access.shops
    SET name = %(display_name)s
    WHERE shop = %(shop)s
    RETURNING shop
)
INSERT INTO access.shop_settings (
    shop,
    sender,
    reply_to,
    business_id,
    address,
    credit_note_prefix,
    grace_seconds,
    alert_email,
    alert_webhook_url,
    alert_age_seconds,
    zone,
    country
)
SELECT
    shop,
    %(sender)s,
    %(reply_to)s,
    %(business_id)s,
    %(address)s,
    %(credit_note_prefix)s,
    %(grace_seconds)s,
    %(alert_email)s,
    %(alert_webhook_url)s,
    %(alert_age_seconds)s,
    %(zone)s,
    %(country)s
FROM named
ON CONFLICT ON CONSTRAINT shop_settings_pkey DO UPDATE
SET
    sender = excluded.sender,
    reply_to = excluded.reply_to,
    business_id = excluded.business_id,
    address = excluded.address,
    credit_note_prefix = excluded.credit_note_prefix,
    grace_seconds = excluded.grace_seconds,
    alert_email = excluded.alert_email,
    alert_webhook_url = excluded.alert_webhook_url,
    alert_age_seconds = excluded.alert_age_seconds,
    zone = excluded.zone,
    country = excluded.country
"""


class ShopSettings(Struct, frozen=True, kw_only=True):
    """What a merchant sets for a shop; empty text is not set."""

    display_name: Label = ""
    """The shop's name for people; `Shops` knows it too."""
    sender: OptionalEmail = ""
    """The address that its emails come from."""
    reply_to: OptionalEmail = ""
    business_id: Label = ""
    """The business or VAT id on receipts."""
    address: Lines = ""
    """The postal address on receipts, in lines."""
    credit_note_prefix: NumberPrefix = ""
    """What stands before the numbers of its credit notes; those issued keep theirs."""
    grace_seconds: Seconds = GRACE_SECONDS_DEFAULT
    """How long an action may be unfinished before its order asks for a look."""
    alert_email: OptionalEmail = ""
    alert_webhook_url: WebAddress = ""
    alert_age_seconds: Seconds = ALERT_AGE_SECONDS_DEFAULT
    """How long a cause of trouble may stand before it is told of once more."""
    zone: ZoneName = ZONE_DEFAULT
    """Where the shop's days begin, by its name in the IANA database."""
    country: CountryCode = "FI"
    """How amounts and dates are written for the shop's people (ISO 3166)."""

    @property
    def grace(self) -> timedelta:
        """The same as a length of time."""
        return timedelta(seconds=self.grace_seconds)

    @property
    def alert_age(self) -> timedelta:
        """How long a cause stands before it is told of once more."""
        return timedelta(seconds=self.alert_age_seconds)


class _Named(Struct, frozen=True):
    """A shop that has set nothing."""

    name: str


class ShopSettingsStore:
    """The table of settings, and what was read of it a moment ago."""

    def __init__(self, pool: Pool, clock: Callable[[], float] = time.monotonic) -> None:
        self._pool = pool
        self._clock = clock
        self._read: dict[ShopId, tuple[float, ShopSettings]] = {}

    async def get(self, shop: ShopId) -> ShopSettings:
        """Read a shop's settings; of a shop that is not served, the defaults under its id."""
        read_at, settings = self._read.get(shop, (-CACHE_SECONDS, None))
        now = self._clock()
        if settings is None or now - read_at >= CACHE_SECONDS:
            settings = await self._fetch(shop)
            self._read[shop] = (now, settings)
        return settings

    async def put(self, shop: ShopId, settings: ShopSettings) -> None:
        """Replace a shop's settings; raise UnknownShop, or ValidationError for a wrong value."""
        values = asdict(_checked(settings))
        async with self._pool.connection() as connection:
            cursor = await connection.execute(PUT, {"shop": shop, **values})
        if not cursor.rowcount:
            raise UnknownShop(f"There is no shop {shop}.")
        self._read.pop(shop, None)

    async def _fetch(self, shop: ShopId) -> ShopSettings:
        values: dict[str, object] = {"shop": shop}
        found = await fetch(self._pool, Query(sql=SELECT, parameters=values, result=ShopSettings))
        if found:
            return found[0]
        named = await fetch(self._pool, Query(sql=SELECT_NAME, parameters=values, result=_Named))
        return ShopSettings(display_name=named[0].name if named else shop)


def _checked(settings: ShopSettings) -> ShopSettings:
    """Refuse what could never be used: nobody is there to see it when a letter is to be sent."""
    checked = convert(asdict(settings), ShopSettings)
    for field in EMAIL_FIELDS:
        _try(field, getattr(checked, field), lambda email: address_of("", email))
    _try("alert_webhook_url", checked.alert_webhook_url, endpoint_of)
    _try("zone", checked.zone, zone_named)
    return checked


def _try(field: str, value: str, use: Callable[[str], object]) -> None:
    if not value:
        return
    try:
        use(value)
    except (AddressWrong, UrlRefused, UnknownZone) as error:
        raise ValidationError(f"{error} - at `$.{field}`") from error
