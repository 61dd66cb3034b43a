"""Takes alerts out of the house: an email by the mail server, a webhook signed like any other.

The rule to know: the id of a message is the alert's, on every try; whoever gets it twice can tell.
"""

from datetime import datetime

from msgspec import Struct

from adapters.alerts.channel import Channel
from adapters.alerts.store import Alert
from adapters.alerts.telling import body_of, letter_of
from adapters.mail.post import Post, Recipient
from adapters.shops.settings import ShopSettings
from adapters.webhooks.signing import SignedPost
from processors.ports import Failed, Outcome, Succeeded

NOT_WANTED = Failed(code="not_wanted", message="The shop wants no alerts this way any more.")


class AlertSender(Struct, frozen=True, kw_only=True):
    """What alerts are sent with."""

    post: Post
    signed: SignedPost

    async def send(self, alert: Alert, settings: ShopSettings, now: datetime) -> Outcome:
        """Send one message; never raises for what the other side does."""
        match alert.channel:
            case Channel.EMAIL:
                return await self._email(alert, settings, now)
            case Channel.WEBHOOK:
                return await self._webhook(alert, settings, now)

    async def _email(self, alert: Alert, settings: ShopSettings, now: datetime) -> Outcome:
        if not settings.alert_email:
            return NOT_WANTED
        to = Recipient(email=settings.alert_email)
        letter = letter_of(alert.notices, settings)
        return await self.post.send(letter, to, settings, key=alert.alert_id, now=now)

    async def _webhook(self, alert: Alert, settings: ShopSettings, now: datetime) -> Outcome:
        url = settings.alert_webhook_url
        if not url:
            return NOT_WANTED
        body = body_of(alert.shop, alert.notices)
        answer = await self.signed.send(
            alert.shop, url, message_id=alert.alert_id, now=now, body=body
        )
        return answer if isinstance(answer, Failed) else Succeeded()
