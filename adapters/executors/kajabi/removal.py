"""Take back the course access that a grant of the same order gave (`access_removal`).

The rule to know: what is removed is what was stored when the access was granted, never what the
latest settings name; of a grant that told nothing, what its own run asked for. An access that
another grant of the customer still justifies is left alone. A forced re-run asks the same again.
"""

from collections.abc import Awaitable

import msgspec

from adapters.executors.calls import call, outcome_within
from adapters.executors.kajabi.api import KajabiApi
from adapters.executors.kajabi.executor import JSON_HEADERS
from adapters.executors.kajabi.member import REMOVED_ALREADY, unless_so_already
from adapters.executors.kajabi.removal_target import (
    ByApi,
    ByWebhook,
    decode_target,
    webhook_target,
)
from adapters.outbound_http import OutboundHttp
from adapters.postgres.secrets import Secrets
from adapters.reading.grants import Grants, GrantsBehind
from domain.configuration.settings import AccessRemoval, KajabiGrant
from domain.identifiers import ActionId
from domain.order.access import is_removed_by_hand, may_be_given_yet
from domain.order.parts import ActionState
from domain.order.running import CALLS_SECONDS_MAX
from domain.order.sparing import Spared
from domain.order.stages import CancelReason
from domain.order.values import Answer, Customer
from processors.ports import Failed, Outcome, Succeeded, Task, Unwanted

ASK_AGAIN_SECONDS = 60
"""So that a removal's attempts last longer than those of the grant that it waits for."""
BEHIND = Failed(
    code="grants_behind",
    message="The ledger's list of who has which access is behind; nothing was removed.",
    is_retryable=True,
)


class AccessRemovalExecutor:
    """Carries out `access_removal`, each the way that its grant was made."""

    def __init__(
        self,
        http: OutboundHttp,
        secrets: Secrets,
        api_url: str,
        grants: Grants,
        *,
        seconds_max: float = CALLS_SECONDS_MAX,
    ) -> None:
        self._http = http
        self._api = KajabiApi(http, secrets, api_url)
        self._grants = grants
        self._seconds_max = seconds_max

    async def execute(self, task: Task) -> Outcome:
        """Remove the access, unless something else justifies it or nobody can tell what it is."""
        settings, customer = task.action.settings, task.order.customer
        assert isinstance(settings, AccessRemoval)
        assert customer is not None
        grant = task.order.actions_by_id[ActionId(settings.granted_by)]
        try:
            await self._grants.follow()
        except GrantsBehind:
            return BEHIND
        spared = (await self._grants.spared(task.order, {grant.action_id})).get(grant.action_id)
        if spared is not None:
            return _left_alone(spared)
        if may_be_given_yet(grant, task.now):
            return _under_way(grant)
        removing = self._removing(task, grant, customer)
        if removing is None:
            return _manual_step(task, grant, customer)
        return await outcome_within(removing, self._seconds_max)

    def _removing(
        self, task: Task, grant: ActionState, customer: Customer
    ) -> Awaitable[Outcome] | None:
        """Choose how: by what the grant told, else by what it asked for; None where neither is."""
        settings = grant.granted_settings or grant.settings
        assert isinstance(settings, KajabiGrant)
        shop = task.order.shop
        if is_removed_by_hand(grant):
            return None
        if grant.removal_target:
            target = decode_target(grant.removal_target)
            if isinstance(target, ByApi):
                return self._api.revoke(shop, target, customer.email)
            return self._deactivate(target)
        if settings.is_by_api:
            return self._api.revoke_if_granted(shop, settings, customer)
        return self._deactivate(webhook_target(settings, customer))

    async def _deactivate(self, target: ByWebhook) -> Outcome:
        body = msgspec.json.encode(target.member)
        url = target.deactivation_url
        deactivating = call(self._http, "POST", url, headers=JSON_HEADERS, body=body)
        answer = await unless_so_already(deactivating, REMOVED_ALREADY)
        return Succeeded(
            answer=Answer(
                recipient=target.email, excerpt=answer.excerpt, reference=target.external_user_id
            )
        )


def _left_alone(spared: Spared) -> Outcome:
    """Say whose access it is; what is only about to be given is asked again a little later."""
    if spared.is_held:
        return Unwanted(reason=CancelReason.ACCESS_STILL_JUSTIFIED, justified_by=spared.by)
    return Failed(
        code="access_about_to_be_given",
        message=(
            f"Order {spared.by.number} is about to give this access ({spared.by.action}), so it "
            "is left alone until that is known."
        ),
        is_retryable=True,
        retry_after_seconds=ASK_AGAIN_SECONDS,
    )


def _under_way(grant: ActionState) -> Failed:
    sentence = f"{grant.name!r} is still under way; what it gives can be removed after it ended."
    return Failed(code="grant_under_way", message=sentence, is_retryable=True)


def _manual_step(task: Task, grant: ActionState, customer: Customer) -> Failed:
    """Leave it to a person, with what there is to do."""
    settings = grant.granted_settings or grant.settings
    assert isinstance(settings, KajabiGrant)
    return Failed(
        code="manual_step",
        message=(
            f"{_why(grant)} In Kajabi, open People, the member {customer.email}, and revoke the "
            f"offer {settings.offer_name!r} if it is there. Then say so: `order-ledger orders "
            f"removed-by-hand {task.order.number} {task.action.action_id}`."
        ),
    )


def _why(grant: ActionState) -> str:
    if grant.run == 0:
        return (
            "The access was given before the ledger knew the order, so only a person can remove it."
        )
    if grant.holds_access:
        return "The offer was granted without a deactivation URL, so only a person can remove it."
    return "The offer has no deactivation URL, and nobody can tell whether it was granted."
