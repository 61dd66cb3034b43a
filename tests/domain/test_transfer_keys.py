"""A transfer's idempotency key says which transfer it is."""

import pytest

from domain.identifiers import RefundId, TransferId
from domain.order.transfer_plan import transfer_key, transfer_named
from tests.examples import ORDER_ID, paid
from tests.spec import order_after


@pytest.mark.parametrize("refund", ["refund-1", "a/b", "öljy 1"])
def test_order_and_transfer_are_read_back_from_a_key(refund: str) -> None:
    key = transfer_key(order_after(*paid()), RefundId(refund), 2)
    assert transfer_named(key) == (ORDER_ID, TransferId(f"{refund}/2"))


@pytest.mark.parametrize("text", ["", "refund-1/1", "no-order/refund-1/1"])
def test_any_other_text_is_no_key(text: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        transfer_named(text)
