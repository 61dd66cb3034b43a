"""What people do with the made-up order of `examples`, and a setting of its shop."""

from collections.abc import Mapping
from uuid import UUID

from msgspec.structs import asdict

from adapters.commands.operating import CommandAnswer
from adapters.http_api.examples import AT, FACTS, MESSAGE_ID, NOW, ORDER_ID, SHOP
from adapters.reading.setting_store import SettingPage, summary_of
from domain.configuration.events import ActionConfigured
from domain.configuration.settings import AccessRemoval, ActionLevel, Webhook
from domain.identifiers import ActionId, SettingId, setting_stream
from domain.message import Actor, ActorKind, Metadata, Recorded
from domain.order.action_runs import requested_run
from domain.order.commands.actions import ConfirmManualRemoval, RerunAction
from domain.order.commands.lifecycle import AddNote, CompleteOrder
from domain.order.commands.persons import PersonsWish
from domain.order.completing import fold as folded
from domain.order.decide import decide
from domain.order.events import ActionAdded, ActionFailed
from domain.order.evolving.lifecycle import as_planned
from domain.order.state import Order
from domain.order.values import PlannedAction, RunCause
from projections.order_view.firing import effects
from projections.order_view.view import fold
from projections.setting_view.view import setting_view

ORDER = fold(FACTS)
BY = "Till (00112233aabbccdd)"


REMOVAL = PlannedAction(
    action_id=ActionId("refund-1/remove/course"),
    name="Remove access: Watercolours",
    level=ActionLevel.ORDER,
    settings=AccessRemoval(granted_by="course", refund_id="refund-1"),
)
"""What a refund added to the order, and what could not be done."""
AFTER_REFUND = folded(
    ORDER,
    [
        ActionAdded(at=NOW, action=REMOVAL),
        requested_run(ORDER, as_planned(REMOVAL), RunCause.REFUND, NOW),
        ActionFailed(at=NOW, action_id=REMOVAL.action_id, run=1, attempt=1, code="manual_step"),
    ],
    NOW,
)


def answer_to(wish: PersonsWish, order: Order = ORDER) -> CommandAnswer:
    """Answer a wish about the made-up order, as it is or as something made it."""
    decided = decide(wish, order)
    last = len(FACTS) + len(decided)
    return CommandAnswer(
        **asdict(effects(wish, order, decided)),
        order_id=ORDER_ID,
        is_dry_run=False,
        by=BY,
        recorded_at=NOW,
        is_repeat=False,
        version=last,
        position=last,
    )


SETTING = setting_view(
    [
        Recorded(
            event_id=UUID(int=1),
            stream=setting_stream(SHOP, SettingId("crm")),
            version=1,
            position=1,
            recorded_at=AT,
            metadata=Metadata(
                actor=Actor(ActorKind.CHECKOUT, SHOP),
                correlation_id=MESSAGE_ID,
                causation_id=MESSAGE_ID,
                command_id=MESSAGE_ID,
            ),
            event=ActionConfigured(
                at=AT,
                shop=SHOP,
                setting_id=SettingId("crm"),
                level=ActionLevel.OFFER,
                level_id="watercolours",
                name="Tell the CRM",
                settings=Webhook(url="https://crm.example.com/orders"),
                revision=1,
            ),
        )
    ]
)

COMMAND_EXAMPLES: Mapping[str, object] = {
    "completeOrder": answer_to(CompleteOrder(now=NOW, command_id="7f9c2ba4", by=BY)),
    "rerunAction": answer_to(
        RerunAction(now=NOW, command_id="7f9c2ba5", by=BY, action_id=ActionId("receipt"))
    ),
    "confirmManualRemoval": answer_to(
        ConfirmManualRemoval(now=NOW, command_id="7f9c2ba7", by=BY, action_id=REMOVAL.action_id),
        AFTER_REFUND,
    ),
    "addNote": answer_to(AddNote(now=NOW, command_id="7f9c2ba6", by=BY, text="Has called.")),
    "listSettings": SettingPage(settings=(summary_of(SETTING),), next_cursor=None),
    "showSetting": SETTING,
}
"""By operation id."""
