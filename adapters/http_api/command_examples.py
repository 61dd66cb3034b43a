"""What people do with the made-up order of `examples`, and a setting of its shop."""

from collections.abc import Mapping
from uuid import UUID

from msgspec.structs import asdict

from adapters.commands.operating import CommandAnswer
from adapters.http_api.examples import AT, FACTS, MESSAGE_ID, NOW, ORDER_ID, SHOP
from adapters.reading.setting_store import SettingPage, summary_of
from domain.configuration.events import ActionConfigured
from domain.configuration.settings import ActionLevel, Webhook
from domain.identifiers import ActionId, SettingId, setting_stream
from domain.message import Actor, ActorKind, Metadata, Recorded
from domain.order.commands.actions import RerunAction
from domain.order.commands.lifecycle import AddNote, CompleteOrder
from domain.order.decide import decide
from domain.order.state import Order
from projections.order_view.cautions import PersonsWish
from projections.order_view.firing import effects
from projections.order_view.view import fold
from projections.setting_view.view import setting_view

ORDER = fold(FACTS)
BY = "Till (00112233aabbccdd)"


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
    "addNote": answer_to(AddNote(now=NOW, command_id="7f9c2ba6", by=BY, text="Has called.")),
    "listSettings": SettingPage(settings=(summary_of(SETTING),), next_cursor=None),
    "showSetting": SETTING,
}
"""By operation id."""
