"""From what a person chooses to the wish: a refund's id is derived, never made anew per try."""

from uuid import UUID

from msgspec.structs import replace

from adapters.commands.wishes import refund_id_of
from domain.identifiers import OrderId
from projections.order_view.refund_sentences import NEW_REFUND
from tests.examples import paid
from tests.spec import order_after

ORDER = order_after(*paid())


def test_a_refunds_id_is_the_same_for_the_same_order_and_key_for_ever() -> None:
    assert refund_id_of(ORDER, "k-1") == refund_id_of(ORDER, "k-1") == "r-9c0e398fb6"


def test_another_key_or_another_order_is_another_refund() -> None:
    other = replace(ORDER, order_id=OrderId(UUID(int=1)))
    ids = {refund_id_of(ORDER, "k-1"), refund_id_of(ORDER, "k-2"), refund_id_of(other, "k-1")}
    assert len(ids) == 3


def test_a_dry_run_without_a_key_names_no_refund_that_there_will_be() -> None:
    assert refund_id_of(ORDER, "") == NEW_REFUND
