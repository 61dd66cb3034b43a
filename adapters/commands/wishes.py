"""From what a person wants to the wish that the domain decides on."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, assert_never

from msgspec.structs import asdict

from adapters.commands.options import (
    CompleteOptions,
    NoteOptions,
    RemovedByHand,
    RerunOptions,
    Wanted,
)
from adapters.commands.refund_options import AllocateOptions, ConfirmOptions, RefundOptions
from adapters.commands.requests import Requester
from domain.identifiers import ActionId, ExternalRefundId, RefundId, SettingId
from domain.order.commands.actions import ConfirmManualRemoval, RerunAction
from domain.order.commands.lifecycle import AddNote, CompleteOrder
from domain.order.commands.persons import PersonsWish
from domain.order.commands.refunds import AllocateExternalRefund, RequestRefund
from domain.order.commands.transfers import ConfirmManualRefund
from domain.order.refund_amounts import filled
from domain.order.rejections import known_action
from domain.order.state import Order
from domain.order.values import LatestConfiguration
from projections.order_view.refund_sentences import NEW_REFUND

REFUND_ID_LETTERS = 10
"""Of a refund's id: 40 bits, within one order."""
NO_PROVIDERS: frozenset[str] = frozenset()
NO_LATEST: Mapping[SettingId, LatestConfiguration] = {}


def wish_of(  # noqa: PLR0911 - one case per kind of options
    wanted: Wanted,
    requester: Requester,
    now: datetime,
    order: Order,
    *,
    latest: Mapping[SettingId, LatestConfiguration] = NO_LATEST,
    providers: frozenset[str] = NO_PROVIDERS,
) -> PersonsWish:
    """Make the wish; `latest` matters where the latest configuration is wanted.

    `providers` are those that the shop has configured, and matter to a refund. Raises
    ActionUnknown.
    """
    options, about = wanted.options, wanted.about or ""
    every: dict[str, Any] = {"now": now, "command_id": requester.key, "by": requester.by}
    match options:
        case CompleteOptions():
            return CompleteOrder(**every, **asdict(options), latest=dict(latest))
        case RerunOptions():
            action = known_action(ActionId(about), order)
            newest = latest.get(action.setting_id) if action.setting_id else None
            every |= {"action_id": action.action_id, "latest": newest}
            return RerunAction(**every, **asdict(options))
        case RemovedByHand():
            removal = known_action(ActionId(about), order)
            return ConfirmManualRemoval(**every, action_id=removal.action_id)
        case NoteOptions():
            return AddNote(**every, **asdict(options))
        case RefundOptions():
            return _refund(options, requester, now, order, providers)
        case ConfirmOptions():
            return _confirmation(options, requester, now, RefundId(about))
        case AllocateOptions():
            return _allocation(options, requester, now, order, ExternalRefundId(about))
        case _:
            assert_never(options)


def refund_id_of(order: Order, key: str) -> RefundId:
    """Derive a refund's id from what it is: one wish about one order."""
    if not key:
        return NEW_REFUND
    digest = sha256(f"{order.order_id}\n{key}".encode()).hexdigest()
    return RefundId(f"r-{digest[:REFUND_ID_LETTERS]}")


def _refund(
    options: RefundOptions,
    requester: Requester,
    now: datetime,
    order: Order,
    providers: frozenset[str],
) -> RequestRefund:
    amounts = filled(
        [line.wanted for line in options.lines],
        options.excess,
        order,
        refund_payments=options.refund_payments,
    )
    return RequestRefund(
        now=now,
        refund_id=refund_id_of(order, requester.key),
        by=requester.by,
        lines=amounts.lines,
        excess=amounts.excess,
        refund_payments=options.refund_payments,
        by_hand=options.by_hand,
        remove_offer_access=options.remove_offer_access,
        reason=options.reason,
        tell_customer=options.tell_customer,
        providers=providers,
    )


def _confirmation(
    options: ConfirmOptions, requester: Requester, now: datetime, refund_id: RefundId
) -> ConfirmManualRefund:
    return ConfirmManualRefund(now=now, by=requester.by, refund_id=refund_id, **asdict(options))


def _allocation(
    options: AllocateOptions,
    requester: Requester,
    now: datetime,
    order: Order,
    external_refund_id: ExternalRefundId,
) -> AllocateExternalRefund:
    amounts = filled([line.wanted for line in options.lines], 0, order, refund_payments=False)
    return AllocateExternalRefund(
        now=now,
        external_refund_id=external_refund_id,
        refund_id=refund_id_of(order, requester.key),
        by=requester.by,
        lines=amounts.lines,
        settles=options.settles,
        remove_offer_access=options.remove_offer_access,
        tell_customer=options.tell_customer,
    )
