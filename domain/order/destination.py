"""Where an action of an order goes: a removal to whoever gave the access.

The rule to know: it is told from settings alone, so that it stands in the clear; what a removal
names there is sealed with its grant.
"""

from domain.configuration.destinations import KAJABI_API, destination_of, host_of
from domain.configuration.settings import AccessRemoval, KajabiGrant
from domain.identifiers import ActionId
from domain.order.parts import ActionState
from domain.order.state import Order


def destination_in(order: Order, action: ActionState) -> str:
    """Name who receives an action of this order."""
    settings = action.settings
    given = _given_by(order, settings) if isinstance(settings, AccessRemoval) else None
    if given is None:
        return destination_of(settings)
    host = KAJABI_API if given.is_by_api else host_of(given.deactivation_url)
    return host or destination_of(settings)


def _given_by(order: Order, removal: AccessRemoval) -> KajabiGrant | None:
    grant = order.actions_by_id.get(ActionId(removal.granted_by))
    given = grant and (grant.granted_settings or grant.settings)
    return given if isinstance(given, KajabiGrant) else None
