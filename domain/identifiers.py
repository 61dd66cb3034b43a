"""Names of things. A stream's name carries its shop, so no shop can ever reach another's facts."""

from typing import NewType
from uuid import UUID

ShopId = NewType("ShopId", str)
OrderId = NewType("OrderId", UUID)
LineId = NewType("LineId", str)
PaymentId = NewType("PaymentId", str)
ActionId = NewType("ActionId", str)
SettingId = NewType("SettingId", str)
RefundId = NewType("RefundId", str)
TransferId = NewType("TransferId", str)
ExternalRefundId = NewType("ExternalRefundId", str)
DisputeId = NewType("DisputeId", str)
CustomerKeyId = NewType("CustomerKeyId", UUID)
StreamName = NewType("StreamName", str)

ORDER_CATEGORY = "order"
SETTING_CATEGORY = "setting"
CREDIT_NOTES_CATEGORY = "credit_notes"


def order_stream(shop: ShopId, order_id: OrderId) -> StreamName:
    """Name the stream of one order."""
    return StreamName(f"{ORDER_CATEGORY}/{shop}/{order_id}")


def setting_stream(shop: ShopId, setting_id: SettingId) -> StreamName:
    """Name the stream of one action setting."""
    return StreamName(f"{SETTING_CATEGORY}/{shop}/{setting_id}")


def credit_notes_stream(shop: ShopId) -> StreamName:
    """Name the stream of one shop's credit notes."""
    return StreamName(f"{CREDIT_NOTES_CATEGORY}/{shop}")


def shop_of(stream: StreamName) -> ShopId:
    """Read the shop out of a stream's name."""
    return ShopId(stream.split("/", 2)[1])


def order_id_of(stream: StreamName) -> OrderId:
    """Read the order out of an order stream's name; ValueError for any other stream."""
    category, _, order_id = stream.split("/", 2)
    if category != ORDER_CATEGORY:
        raise ValueError(f"{stream!r} is not the stream of an order")
    return OrderId(UUID(order_id))
