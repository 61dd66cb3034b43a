"""What is bought, and what then is to happen: lines and actions in few words."""

from domain.configuration.settings import ActionLevel, ActionSettings
from domain.identifiers import ActionId, LineId, SettingId
from domain.order.commands.lifecycle import LineAsked
from domain.order.values import LineKind, PlannedAction


def line(
    line_id: str,
    name: str,
    price: int,
    *,
    kind: LineKind = LineKind.PRODUCT,
    quantity: int = 1,
    vat_rate: int = 2_550,
) -> LineAsked:
    """Name a product bought."""
    return LineAsked(
        line_id=LineId(line_id),
        kind=kind,
        product_id=f"product-{line_id}",
        name=name,
        quantity=quantity,
        list_price=price,
        vat_rate=vat_rate,
    )


def planned(
    action_id: str, name: str, settings: ActionSettings, *, line_id: str = "", setting_id: str = ""
) -> PlannedAction:
    """Name an action: of a line, or of the whole offer."""
    return PlannedAction(
        action_id=ActionId(action_id),
        name=name,
        level=ActionLevel.PRODUCT if line_id else ActionLevel.OFFER,
        settings=settings,
        line_id=LineId(line_id) if line_id else None,
        setting_id=SettingId(setting_id) if setting_id else None,
        revision=1 if setting_id else 0,
    )
