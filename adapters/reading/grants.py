"""Which access a customer has, and which a refund would leave alone because of it.

The rule to know: of its own order the order itself tells, of the customer's others the read model;
whoever removes something first waits until that model knows all that is recorded.
"""

from collections.abc import Collection, Mapping

from adapters.postgres.database import Pool
from adapters.postgres.journal import Journal
from adapters.postgres.query import fetch
from adapters.running.waiting import wait_for
from domain.identifiers import ActionId, CustomerKeyId, ShopId
from domain.order.claims import removable_access
from domain.order.sparing import Spared, justified_within
from domain.order.state import Order
from domain.order.values import Justification
from projections.grants.projection import GRANTS
from projections.grants.queries import GrantListed, access_of, justifying

BEHIND_SECONDS_MAX = 5.0


class GrantsBehind(Exception):
    """The read model of grants does not know yet what is recorded."""


class Grants:
    """Asks who has which access. It keeps nothing of its own."""

    def __init__(
        self, pool: Pool, journal: Journal, *, wait_seconds_max: float = BEHIND_SECONDS_MAX
    ) -> None:
        self._pool = pool
        self._journal = journal
        self._wait_seconds_max = wait_seconds_max

    async def follow(self) -> None:
        """Wait until all that is recorded by now is known; raise GrantsBehind."""
        head = await self._journal.head()
        if not await wait_for(
            self._pool, head, [GRANTS.name], timeout_seconds=self._wait_seconds_max
        ):
            raise GrantsBehind

    async def spared(self, order: Order, going: Collection[ActionId]) -> Mapping[ActionId, Spared]:
        """Of an order's grants whose access is to go, give those that something else justifies.

        `going` holds all that go together: two grants of one course do not spare each other.
        """
        target_by_action = {
            action_id: removable_access(order.actions_by_id[action_id]) for action_id in going
        }
        reasons = await self._justified_elsewhere(order, set(target_by_action.values()))
        for target, spared in justified_within(order, going).items():
            if spared.is_held or target not in reasons:
                reasons[target] = spared
        return {
            action_id: reasons[target]
            for action_id, target in target_by_action.items()
            if target in reasons
        }

    async def access_of(self, shop: ShopId, customer: CustomerKeyId) -> list[GrantListed]:
        """List what a customer has access to, or soon will, and by which orders."""
        return await fetch(self._pool, access_of(shop, customer))

    async def _justified_elsewhere(
        self, order: Order, targets: Collection[str]
    ) -> dict[str, Spared]:
        if order.customer_key is None or order.order_id is None:
            return {}
        asked = justifying(order.shop, order.customer_key, order.order_id, targets)
        found = await fetch(self._pool, asked)
        return {
            one.target: Spared(
                by=Justification(
                    order_id=one.order_id,
                    number=one.number,
                    action_id=one.action_id,
                    action=one.action,
                ),
                is_held=one.is_held,
            )
            for one in reversed(found)
        }
