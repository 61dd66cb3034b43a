"""The demo shop: what it has set, its keys to the sandbox, and the trouble it begins with."""

from adapters.bootstrap import Parts
from adapters.postgres.secrets import (
    CREDENTIAL_NAMES,
    EPASSI_REFUND_URL,
    EPASSI_SECRET,
    EPASSI_SITE,
    PAYTRAIL_ACCOUNT,
    PAYTRAIL_SECRET,
    STRIPE_WEBHOOK_SECRET,
)
from adapters.providers.stripe import STRIPE
from adapters.shops.settings import ShopSettings
from adapters.up import DEMO_SHOP
from scripts.feeding.catalogue import shop_named
from scripts.receivers import epassi, paytrail_signing, stripe_webhooks
from scripts.receivers.client import Sandbox
from scripts.receivers.places import Receiver
from scripts.receivers.stripe_control import Listener
from scripts.receivers.trouble import Kind, Trouble

GRACE_SECONDS = 20
"""So short that a person sees attention rise and fall."""
DEMO_CREDENTIAL = "any-key-opens-the-sandbox"
VERIFIED_CREDENTIALS = {
    PAYTRAIL_ACCOUNT: paytrail_signing.ACCOUNT,
    PAYTRAIL_SECRET: paytrail_signing.SECRET,
    EPASSI_SITE: epassi.SITE,
    EPASSI_SECRET: epassi.SECRET,
    STRIPE_WEBHOOK_SECRET: stripe_webhooks.SECRET,
}
"""What the sandbox signs with, and holds signatures against."""
TROUBLED_OFFER = shop_named(DEMO_SHOP).offers[0].products[0].id
FORMER_BOOKS = f"{Receiver.BOOKS}/orders"
"""What orders name whose form was opened before the bookkeeping's newest settings."""
FIRST_TROUBLE = (
    (f"{Receiver.KAJABI}/{TROUBLED_OFFER}", Kind.ERROR),
    (FORMER_BOOKS, Kind.ERROR),
    (Receiver.CRM, Kind.HANG),
)
SETTINGS = ShopSettings(
    display_name="Demo shop",
    sender="no-reply@example.com",
    reply_to="help@example.com",
    business_id="1234567-8",
    address="Example Street 1\n00100 Helsinki\nFinland",
    grace_seconds=GRACE_SECONDS,
)


async def prepare_demo(parts: Parts, sandbox: Sandbox) -> None:
    """Set up the demo shop, where nobody has yet."""
    if not (await parts.shop_settings.get(DEMO_SHOP)).sender:
        await parts.shop_settings.put(DEMO_SHOP, SETTINGS)
    refund_url = {EPASSI_REFUND_URL: f"{sandbox.places.url(Receiver.EPASSI)}{epassi.PATH}"}
    credentials = dict.fromkeys(CREDENTIAL_NAMES, DEMO_CREDENTIAL) | VERIFIED_CREDENTIALS
    for name, credential in (credentials | refund_url).items():
        if not await parts.secrets.valid(DEMO_SHOP, name):
            await parts.secrets.set(DEMO_SHOP, name, credential)
    told_at = f"{parts.settings.api_url}/webhooks/{STRIPE}/{DEMO_SHOP}"
    sandbox.listen_to_stripe(Listener(url=told_at))


def first_trouble(sandbox: Sandbox) -> None:
    """Let some receivers fail until they are calmed."""
    for target, kind in FIRST_TROUBLE:
        sandbox.trouble(Trouble(target=target, kind=kind))
