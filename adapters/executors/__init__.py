"""What carries actions out in the outside world: one executor per kind, behind one port.

The rule to know: a kind without an executor is never claimed from the work list; it waits.
"""

from collections.abc import Mapping

from adapters.credit_notes.numbering import CreditNotes
from adapters.executors.email.custom import CustomEmailExecutor
from adapters.executors.email.customer_post import CustomerPost
from adapters.executors.email.receipt import ReceiptEmailExecutor
from adapters.executors.email.refund_confirmation import (
    RefundConfirmationExecutor,
    numbered_by,
)
from adapters.executors.kajabi.executor import KajabiGrantExecutor
from adapters.executors.kajabi.removal import AccessRemovalExecutor
from adapters.executors.systeme import SystemeContactExecutor
from adapters.executors.webhook import WebhookExecutor
from adapters.outside import Outside
from adapters.postgres.secrets import Secrets
from adapters.reading.grants import Grants
from adapters.settings import Settings
from adapters.shops.settings import ShopSettingsStore
from processors.ports import Executor


def executors_of(
    outside: Outside,
    *,
    settings: Settings,
    shop_settings: ShopSettingsStore,
    secrets: Secrets,
    grants: Grants,
    credit_notes: CreditNotes,
) -> Mapping[str, Executor]:
    """Construct the executors by the kind that each carries out."""
    post = CustomerPost(post=outside.post, settings_of=shop_settings.get)
    http = outside.http
    return {
        "receipt_email": ReceiptEmailExecutor(post),
        "custom_email": CustomEmailExecutor(post),
        "refund_confirmation": RefundConfirmationExecutor(post, numbered_by(credit_notes)),
        "webhook": WebhookExecutor(outside.signed),
        "kajabi_grant": KajabiGrantExecutor(http, secrets, settings.kajabi_api_url),
        "access_removal": AccessRemovalExecutor(http, secrets, settings.kajabi_api_url, grants),
        "systeme_contact": SystemeContactExecutor(http, secrets, settings.systeme_api_url),
    }
