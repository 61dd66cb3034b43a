"""What carries actions out in the outside world: one executor per kind, behind one port.

The rule to know: a kind without an executor is never claimed from the work list; it waits.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from adapters.executors.email.custom import CustomEmailExecutor
from adapters.executors.email.post import Post
from adapters.executors.email.receipt import ReceiptEmailExecutor
from adapters.executors.kajabi import KajabiGrantExecutor
from adapters.executors.smtp import Mailer
from adapters.executors.systeme import SystemeContactExecutor
from adapters.executors.webhook import WebhookExecutor
from adapters.outbound_http import OutboundHttp
from adapters.postgres.secrets import Secrets
from adapters.settings import Settings
from adapters.shops.settings import ShopSettingsStore
from processors.ports import Executor


@asynccontextmanager
async def open_executors(
    *, settings: Settings, shop_settings: ShopSettingsStore, secrets: Secrets
) -> AsyncIterator[Mapping[str, Executor]]:
    """Construct the executors by the kind that each carries out; close what they hold."""
    mailer = Mailer(settings.smtp_url)
    post = Post(mailer=mailer, settings_of=shop_settings.get, mail_from=settings.mail_from)
    try:
        async with OutboundHttp(settings.inner_addresses) as http:
            yield {
                "receipt_email": ReceiptEmailExecutor(post),
                "custom_email": CustomEmailExecutor(post),
                "webhook": WebhookExecutor(http, secrets),
                "kajabi_grant": KajabiGrantExecutor(http, secrets, settings.kajabi_api_url),
                "systeme_contact": SystemeContactExecutor(http, secrets, settings.systeme_api_url),
            }
    finally:
        await mailer.close()
