"""`secrets`: what actions and refunds sign or sign in with. Values come by stdin alone.

The rule to know: only `show` prints a value, one at a time, for a receiver that must verify. What
others made is theirs to show, so a credential is never shown again.
"""

import base64
import getpass
import sys
from binascii import Error as NotBase64

from cyclopts import App

from adapters.cli.exits import NotFound, Refused, WrongUse
from adapters.cli.options import SHOP_OPTIONS, ShopOptions
from adapters.cli.output import print_json, say, show, table
from adapters.cli.reaching import ledger, the_shop
from adapters.display.times import exact
from adapters.outbound_http import UrlRefused
from adapters.postgres.secrets import CREDENTIAL_NAMES, WEBHOOK_SECRET_PREFIX
from adapters.webhooks.secret_names import WEBHOOK_NAME_PREFIX, known_secret_name

SECRET_CHARACTERS_MAX = 500
SIGNING_BYTES = range(24, 65)
"""What Standard Webhooks allows."""
NEW_CREDENTIAL = "Make a new one there, then set it."
NAMES_ADVICE = f"Names are {', '.join(CREDENTIAL_NAMES)} and {WEBHOOK_NAME_PREFIX}URL."

app = App(name="secrets", help="What actions sign or sign in with.")


@app.command(name="list")
async def list_secrets(*, options: ShopOptions = SHOP_OPTIONS) -> None:
    """List the names of a shop's valid secrets, without their values."""
    async with ledger(options) as parts:
        secrets = await parts.secrets.list(await the_shop(parts, options))
    if options.json:
        print_json({"secrets": secrets})
        return
    rows = table("Secret", "Generation", "Since", "Valid until", numbers=["Generation"])
    for secret in secrets:
        until = exact(secret.retires_at) if secret.retires_at else ""
        rows.add_row(secret.name, str(secret.generation), exact(secret.created_at), until)
    show(rows)


@app.command(name="set")
async def set_secret(name: str, *, options: ShopOptions = SHOP_OPTIONS) -> None:
    """Set a secret to what stands on stdin, or is typed unseen; the one before is void at once.

    Parameters
    ----------
    name
        stripe.api_key, systeme.api_key or another credential, or webhook:URL.
    """
    known = _known(name)
    value = _fitting(known, _read_value(known))
    async with ledger(options) as parts:
        shop = await the_shop(parts, options)
        await parts.secrets.set(shop, known, value)
    _answer(known, f"The secret {known} is set.", options)


@app.command(name="rotate")
async def rotate_secret(name: str, *, options: ShopOptions = SHOP_OPTIONS) -> None:
    """Make a new signing secret; the one before stays valid beside it for 24 hours.

    Parameters
    ----------
    name
        webhook:URL; the URL's query is left out of account. Or as `secrets list` shows it.
    """
    known = _known(name)
    if known in CREDENTIAL_NAMES:
        raise WrongUse(f"{known} is made by its provider", NEW_CREDENTIAL)
    async with ledger(options) as parts:
        await parts.secrets.rotate(await the_shop(parts, options), known)
    _answer(known, f"The secret {known} is new; one before it stays valid for 24 hours.", options)


@app.command(name="show")
async def show_secret(name: str, *, options: ShopOptions = SHOP_OPTIONS) -> None:
    """Print the newest value of one secret.

    Parameters
    ----------
    name
        webhook:URL, or as `secrets list` shows it. Credentials are never shown again.
    """
    known = _known(name)
    if known in CREDENTIAL_NAMES:
        advice = f"It is kept where it was made; {NEW_CREDENTIAL}"
        raise Refused(f"{known} is never shown again", advice, code="secret_not_shown")
    async with ledger(options) as parts:
        values = await parts.secrets.valid(await the_shop(parts, options), known)
    if not values:
        raise NotFound(f"there is no secret {known}", "`order-ledger secrets rotate` makes it.")
    print_json({"name": known, "secret": values[0]}) if options.json else say(values[0])


def _known(name: str) -> str:
    if name in CREDENTIAL_NAMES:
        return name
    if not name.startswith(WEBHOOK_NAME_PREFIX):
        raise WrongUse(f"no action needs a secret {name!r}", NAMES_ADVICE)
    try:
        return known_secret_name(name)
    except UrlRefused as refusal:
        raise WrongUse(str(refusal), NAMES_ADVICE) from refusal


def _read_value(name: str) -> str:
    text = getpass.getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.read()
    return text.strip()


def _fitting(name: str, value: str) -> str:
    if not 1 <= len(value) <= SECRET_CHARACTERS_MAX or not _is_visible_ascii(value):
        raise Refused(f"{name} must have 1 to {SECRET_CHARACTERS_MAX} visible ASCII characters")
    if name not in CREDENTIAL_NAMES and not _is_signing_secret(value):
        raise Refused(f"{name} must be {WEBHOOK_SECRET_PREFIX} and 24 to 64 bytes in base64")
    return value


def _is_visible_ascii(value: str) -> bool:
    return value.isascii() and value.isprintable() and " " not in value


def _is_signing_secret(value: str) -> bool:
    try:
        secret = base64.b64decode(value.removeprefix(WEBHOOK_SECRET_PREFIX), validate=True)
    except NotBase64:
        return False
    return value.startswith(WEBHOOK_SECRET_PREFIX) and len(secret) in SIGNING_BYTES


def _answer(name: str, sentence: str, options: ShopOptions) -> None:
    print_json({"name": name}) if options.json else say(sentence)
