"""Takes alerts out of the house: an email by the mail server, a webhook signed like any other.

The rule to know: the id of a message is the alert's, on every try; whoever gets it twice can tell.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import psycopg
from msgspec import Struct

from adapters.alerts.store import Alert, Channel
from adapters.alerts.telling import body_of, letter_of
from adapters.executors.email.letter import AddressWrong, Parties, address_of, message_of
from adapters.executors.email.post import SENDER_NOT_SET
from adapters.executors.smtp import Mailer
from adapters.executors.webhook import SECRETS_UNAVAILABLE, signed_headers
from adapters.outbound_http import HttpAnswer, OutboundHttp, UrlRefused, endpoint_of, outcome_of
from adapters.postgres.secrets import Secrets
from adapters.settings import Settings
from adapters.shops.settings import ShopSettings
from processors.ports import Failed, Outcome, Succeeded

NOT_WANTED = Failed(code="not_wanted", message="The shop wants no alerts this way any more.")


class AlertSender(Struct, frozen=True, kw_only=True):
    """What alerts are sent with."""

    mailer: Mailer
    http: OutboundHttp
    secrets: Secrets
    mail_from: str = ""
    """The sender for shops that have set none."""

    async def send(self, alert: Alert, settings: ShopSettings, now: datetime) -> Outcome:
        """Send one message; never raises for what the other side does."""
        match alert.channel:
            case Channel.EMAIL:
                return await self._email(alert, settings, now)
            case Channel.WEBHOOK:
                return await self._post(alert, settings, now)

    async def _email(self, alert: Alert, settings: ShopSettings, now: datetime) -> Outcome:
        sender = settings.sender or self.mail_from
        if not settings.alert_email:
            return NOT_WANTED
        if not sender:
            return SENDER_NOT_SET
        try:
            parties = Parties(
                sender=address_of(settings.display_name, sender),
                reply_to=None,
                recipient=address_of("", settings.alert_email),
            )
        except AddressWrong as error:
            return Failed(code="address_wrong", message=str(error))
        letter = letter_of(alert.notices, settings)
        return await self.mailer.send(message_of(letter, parties, alert.alert_id, now))

    async def _post(self, alert: Alert, settings: ShopSettings, now: datetime) -> Outcome:
        url = settings.alert_webhook_url
        if not url:
            return NOT_WANTED
        try:
            secrets = await self.secrets.of_webhook(alert.shop, endpoint_of(url))
        except UrlRefused as refusal:
            return Failed(code="url_refused", message=str(refusal))
        except psycopg.OperationalError:
            return SECRETS_UNAVAILABLE
        body = body_of(alert.shop, alert.notices)
        headers = signed_headers(alert.alert_id, now, body, secrets)
        said = await self.http.request("POST", url, headers=headers, body=body)
        if failed := outcome_of(said):
            return failed
        assert isinstance(said, HttpAnswer)
        return Succeeded()


@asynccontextmanager
async def open_alert_sender(settings: Settings, secrets: Secrets) -> AsyncIterator[AlertSender]:
    """Construct what alerts are sent with; close what it holds."""
    mailer = Mailer(settings.smtp_url)
    try:
        async with OutboundHttp(settings.inner_addresses) as http:
            yield AlertSender(
                mailer=mailer, http=http, secrets=secrets, mail_from=settings.mail_from
            )
    finally:
        await mailer.close()
