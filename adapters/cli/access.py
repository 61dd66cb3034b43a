"""`shops` and `keys`: who may reach what. A new key's text is printed once and kept nowhere.

What a shop has set is in `shop_settings`, under the same word.
"""

from datetime import timedelta
from typing import Annotated

import msgspec
from cyclopts import App, Parameter, validators

from adapters.auth.keys import Key
from adapters.auth.roles import Role
from adapters.cli.exits import NotFound, WrongUse
from adapters.cli.options import COMMON_OPTIONS, CommonOptions
from adapters.cli.output import print_json, say, show, table
from adapters.cli.reaching import ledger
from adapters.clock import utc_now
from adapters.display.times import exact
from adapters.display.words import words_of
from domain.identifiers import ShopId

KEY_LIFE_DAYS = 365

shops_app = App(name="shops", help="Serve shops.")
keys_app = App(name="keys", help="Issue and revoke the access keys of programs.")


@shops_app.command(name="add")
async def add_shop(shop: str, *, name: str = "", options: CommonOptions = COMMON_OPTIONS) -> None:
    """Serve a shop, rename it, or open it again.

    Parameters
    ----------
    shop
        Its id: lower-case letters, digits, - and _.
    name
        Its name for people; its id if left out.
    """
    async with ledger(options) as parts:
        try:
            await parts.shops.add(ShopId(shop), name or shop)
        except msgspec.ValidationError as error:
            raise WrongUse(
                f"{shop!r} cannot be a shop's id", "Use lower-case letters, digits, - and _."
            ) from error
    print_json({"shop": shop}) if options.json else say(f"The shop {shop} is served.")


@shops_app.command(name="list")
async def list_shops(*, options: CommonOptions = COMMON_OPTIONS) -> None:
    """List the shops, closed ones too."""
    async with ledger(options) as parts:
        shops = await parts.shops.list()
    if options.json:
        print_json({"shops": shops})
        return
    rows = table("Shop", "Name", "Since", "Closed")
    for shop in shops:
        closed = exact(shop.revoked_at) if shop.revoked_at else ""
        rows.add_row(shop.shop, shop.name, exact(shop.created_at), closed)
    show(rows)


@keys_app.command(name="add")
async def add_key(
    name: str,
    *,
    role: Role = Role.VIEWER,
    shop: Annotated[list[str], Parameter(negative=())],
    days: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=3_650))] = KEY_LIFE_DAYS,
    options: CommonOptions = COMMON_OPTIONS,
) -> None:
    """Issue a key. Its text is printed now and never again.

    Parameters
    ----------
    name
        What it is for.
    role
        What its holder may do.
    shop
        A shop that it reaches; may be repeated.
    days
        How long it lives.
    """
    async with ledger(options) as parts:
        shops = [ShopId(one) for one in shop]
        issued = await parts.keys.issue(name, role, shops, timedelta(days=days))
    if options.json:
        print_json({"key_id": issued.key_id, "key": issued.text})
        return
    say(issued.text)
    say(f"Keep it now: it is not shown again. Its id is {issued.key_id}.")


@keys_app.command(name="list")
async def list_keys(*, options: CommonOptions = COMMON_OPTIONS) -> None:
    """List all keys, without their secrets."""
    async with ledger(options) as parts:
        keys = await parts.keys.list()
    if options.json:
        print_json({"keys": keys})
        return
    rows = table("Key", "Name", "Role", "Shops", "State", "Expires")
    for key in keys:
        shops = ", ".join(key.shops)
        rows.add_row(
            key.key_id, key.name, words_of(key.role), shops, _state(key), exact(key.expires_at)
        )
    show(rows)


@keys_app.command(name="revoke")
async def revoke_key(key_id: str, *, options: CommonOptions = COMMON_OPTIONS) -> None:
    """Refuse a key from now on."""
    async with ledger(options) as parts:
        if not await parts.keys.revoke(key_id):
            raise NotFound(f"no key {key_id} is in use", "`order-ledger keys list` shows them.")
    print_json({"key_id": key_id}) if options.json else say(f"The key {key_id} is revoked.")


def _state(key: Key) -> str:
    if key.revoked_at:
        return "Revoked"
    return "Expired" if key.expires_at <= utc_now() else "In use"
