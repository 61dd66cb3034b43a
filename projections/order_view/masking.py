"""Secrets in action settings never leave the ledger: every output goes through `masked`."""

from urllib.parse import urlsplit

from msgspec.structs import replace

from domain.configuration.destinations import host_of
from domain.configuration.settings import ActionSettings, KajabiGrant, Webhook
from domain.order.events import (
    ActionAdded,
    ActionOutcomeLate,
    ActionReconfigured,
    ActionRequested,
    ActionSucceeded,
    OrderFact,
    OrderPlaced,
    OrderRevised,
)
from domain.order.values import Answer, PlannedAction

MASK = "•••"


def masked(settings: ActionSettings) -> ActionSettings:
    """Hide the secrets of an action's settings; what remains says which receiver it is."""
    match settings:
        case KajabiGrant(activation_url=activation, deactivation_url=deactivation):
            return replace(
                settings,
                activation_url=host_only(activation),
                deactivation_url=host_only(deactivation),
            )
        case Webhook(url=url):
            return replace(settings, url=_without_credentials(url))
        case _:
            return settings


def masked_fact(fact: OrderFact) -> OrderFact:
    """Hide the secrets of every setting that a fact carries."""
    match fact:
        case OrderPlaced(actions=actions) | OrderRevised(actions=actions):
            return replace(fact, actions=tuple(_masked_action(action) for action in actions))
        case ActionAdded(action=action):
            return replace(fact, action=_masked_action(action))
        case ActionRequested(settings=settings) | ActionReconfigured(settings=settings):
            return replace(fact, settings=masked(settings))
        case (
            ActionSucceeded(personal=Answer() as answer)
            | ActionOutcomeLate(personal=Answer() as answer)
        ):
            return replace(fact, personal=replace(answer, removal_target=""))
        case _:
            return fact


def host_only(url: str) -> str:
    """Hide all of a web address that is a secret but where it leads."""
    origin, _ = _origin_and_path(url)
    return f"{origin}/{MASK}" if origin else MASK if url else ""


def _masked_action(action: PlannedAction) -> PlannedAction:
    return replace(action, settings=masked(action.settings))


def _without_credentials(url: str) -> str:
    origin, path = _origin_and_path(url)
    if not origin:
        return MASK if url else ""
    query = f"?{MASK}" if "?" in url or "#" in url else ""
    return f"{origin}{path}{query}"


def _origin_and_path(url: str) -> tuple[str, str]:
    """Split a web address; ("", "") for anything that is not plainly one."""
    host = host_of(url)
    if not host:
        return "", ""
    parts = urlsplit(url)
    credentials = f"{MASK}@" if "@" in parts.netloc else ""
    return f"{parts.scheme}://{credentials}{host}", parts.path
