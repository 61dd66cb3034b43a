"""Take back the course access that a grant of the same order gave (`access_removal`).

The rule to know: what is removed is what was stored when the access was granted, never what the
latest settings name; and an access that another grant of the customer still justifies is left
alone. A forced re-run asks the same again.
"""

from typing import assert_never

import msgspec

from adapters.executors.calls import call, outcome_within
from adapters.executors.kajabi.api import KajabiApi
from adapters.executors.kajabi.executor import JSON_HEADERS
from adapters.executors.kajabi.member import REMOVED_ALREADY, unless_so_already
from adapters.executors.kajabi.removal_target import ByApi, ByWebhook, decode_target
from adapters.outbound_http import OutboundHttp
from adapters.postgres.secrets import Secrets
from adapters.reading.grants import Grants, GrantsBehind
from domain.configuration.settings import AccessRemoval, KajabiGrant
from domain.identifiers import ActionId
from domain.order.parts import ActionState
from domain.order.running import CALLS_SECONDS_MAX
from domain.order.stages import CancelReason
from domain.order.values import Answer, Customer
from processors.ports import Failed, Outcome, Succeeded, Task, Unwanted

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
        spared = await self._grants.spared(task.order, {grant.action_id})
        if grant.action_id in spared:
            return Unwanted(
                reason=CancelReason.ACCESS_STILL_JUSTIFIED, justified_by=spared[grant.action_id]
            )
        if not grant.removal_target:
            return _without_target(task, grant, customer)
        return await outcome_within(self._remove(task, grant, customer), self._seconds_max)

    async def _remove(self, task: Task, grant: ActionState, customer: Customer) -> Outcome:
        target = decode_target(grant.removal_target)
        match target:
            case ByWebhook():
                return await self._deactivate(target)
            case ByApi():
                return await self._api.revoke(task.order.shop, target, customer.email)
            case _:
                assert_never(target)

    async def _deactivate(self, target: ByWebhook) -> Outcome:
        member = {
            "name": target.name,
            "email": target.email,
            "external_user_id": target.external_user_id,
        }
        body = msgspec.json.encode(member)
        url = target.deactivation_url
        deactivating = call(self._http, "POST", url, headers=JSON_HEADERS, body=body)
        answer = await unless_so_already(deactivating, REMOVED_ALREADY)
        return Succeeded(
            answer=Answer(
                recipient=target.email, excerpt=answer.excerpt, reference=target.external_user_id
            )
        )


def _without_target(task: Task, grant: ActionState, customer: Customer) -> Failed:
    """Leave it to a person, once the grant cannot tell any more what it gave."""
    if _is_under_way(grant):
        sentence = (
            f"{grant.name!r} is still under way; what it gives can be removed after it ended."
        )
        return Failed(code="grant_under_way", message=sentence, is_retryable=True)
    settings = grant.granted_settings or grant.settings
    offer = settings.offer_name if isinstance(settings, KajabiGrant) else grant.name
    return Failed(
        code="manual_step",
        message=(
            f"{_why(grant)} In Kajabi, open People, the member {customer.email}, and revoke the "
            f"offer {offer!r} if it is there. Then say so: `order-ledger orders removed-by-hand "
            f"{task.order.number} {task.action.action_id}`."
        ),
    )


def _is_under_way(grant: ActionState) -> bool:
    """Say whether a called-off grant may still take effect: its last attempt told nothing yet."""
    ends = {(grant.run, grant.attempt, is_success) for is_success in (True, False)}
    return grant.started_recorded_at is not None and not ends & grant.outcomes


def _why(grant: ActionState) -> str:
    if grant.holds_access:
        return "The offer was granted without a deactivation URL, so only a person can remove it."
    if grant.run == 0:
        return (
            "The access was given before the ledger knew the order, so only a person can remove it."
        )
    return "Nobody can tell whether the grant took effect before it was called off."
