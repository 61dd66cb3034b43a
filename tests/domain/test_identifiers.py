"""Names of streams carry their shop; amounts know their currency's digits."""

import pytest

from domain.identifiers import OrderId, ShopId, order_id_of, order_stream, setting_stream, shop_of
from domain.money import Money, exponent_of
from tests.examples import HOOK_SETTING, ORDER_ID, SHOP


def test_an_orders_stream_names_its_shop_and_order() -> None:
    stream = order_stream(SHOP, ORDER_ID)
    assert stream == f"order/courses/{ORDER_ID}"
    assert (shop_of(stream), order_id_of(stream)) == (SHOP, ORDER_ID)


def test_a_settings_stream_is_no_orders() -> None:
    stream = setting_stream(ShopId("courses"), HOOK_SETTING)
    assert shop_of(stream) == "courses"
    with pytest.raises(ValueError, match="not the stream of an order"):
        order_id_of(stream)


def test_order_ids_are_uuids() -> None:
    assert isinstance(order_id_of(order_stream(SHOP, OrderId(ORDER_ID))), type(ORDER_ID))


def test_an_amount_is_written_with_the_digits_of_its_currency() -> None:
    assert [str(Money(1_050, code)) for code in ("EUR", "JPY")] == ["10.50 EUR", "1050 JPY"]


@pytest.mark.parametrize(
    ("currency", "digits"), [("EUR", 2), ("RSD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)]
)
def test_digits_of_a_currency_are_those_of_iso_4217(currency: str, digits: int) -> None:
    assert exponent_of(currency) == digits
