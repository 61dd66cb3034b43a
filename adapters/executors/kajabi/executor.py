"""Grant a Kajabi offer: by its activation URL, or by the public API where an offer id is set.

Webhooks: help.kajabi.com, article 360037245374 (what is posted), learn.kajabi.com, resource
fh8nuxw8yoi8w4wcoowsa (`send_offer_grant_email`). The rule to know: what is granted already is a
success, and `external_user_id` is the same for one customer for ever, since Kajabi refuses
another one for a known email and takes access back by it.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from adapters.executors.calls import call, outcome_within
from adapters.executors.kajabi.api import KajabiApi
from adapters.executors.kajabi.member import GRANTED_ALREADY, unless_so_already
from adapters.executors.kajabi.removal_target import encode_target, webhook_target
from adapters.outbound_http import HttpAnswer, OutboundHttp
from adapters.postgres.secrets import Secrets
from domain.configuration.settings import KajabiGrant
from domain.order.running import CALLS_SECONDS_MAX
from domain.order.values import Answer, Customer
from processors.ports import Failed, Outcome, Succeeded, Task

JSON_HEADERS: Mapping[str, str] = {"Content-Type": "application/json"}
SENDS_EMAIL = "send_offer_grant_email"


class KajabiGrantExecutor:
    """Carries out `kajabi_grant`, each action the way that its settings name."""

    def __init__(
        self,
        http: OutboundHttp,
        secrets: Secrets,
        api_url: str,
        *,
        seconds_max: float = CALLS_SECONDS_MAX,
    ) -> None:
        self._http = http
        self._api = KajabiApi(http, secrets, api_url)
        self._seconds_max = seconds_max

    async def execute(self, task: Task) -> Outcome:
        """Grant the offer to the order's customer."""
        settings, customer = task.action.settings, task.order.customer
        assert isinstance(settings, KajabiGrant)
        assert customer is not None
        if settings.is_by_api:
            granting = self._api.grant(task.order.shop, settings, customer)
        elif settings.activation_url:
            granting = self._grant(settings, customer)
        else:
            sentence = "The setting has neither an activation URL nor an offer id."
            return Failed(code="not_configured", message=sentence)
        return await outcome_within(granting, self._seconds_max)

    async def _grant(self, settings: KajabiGrant, customer: Customer) -> Outcome:
        target = webhook_target(settings, customer)
        answer = await self._activate(settings, msgspec.json.encode(target.member))
        return Succeeded(
            answer=Answer(
                recipient=customer.email,
                excerpt=answer.excerpt,
                reference=target.external_user_id,
                removal_target=encode_target(target) if settings.deactivation_url else "",
            )
        )

    async def _activate(self, settings: KajabiGrant, body: bytes) -> HttpAnswer:
        url = _activation_url(settings)
        activating = call(self._http, "POST", url, headers=JSON_HEADERS, body=body)
        return await unless_so_already(activating, GRANTED_ALREADY)


def _activation_url(settings: KajabiGrant) -> str:
    """Ask for Kajabi's own email where it is wanted; the rest of the URL stays as it was given."""
    parts = urlsplit(settings.activation_url)
    given = [part for part in parts.query.split("&") if part]
    others = [part for part in given if part.partition("=")[0] != SENDS_EMAIL]
    query = [*others, f"{SENDS_EMAIL}=true"] if settings.send_grant_email else given
    return parts._replace(query="&".join(query)).geturl()
