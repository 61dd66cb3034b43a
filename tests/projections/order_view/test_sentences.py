"""Every fact of an order has its sentence."""

from typing import get_args

from domain.catalogue import NAMES_BY_TYPE
from domain.order.events import OrderFact
from projections.order_view.sentences import SENTENCE_BY_NAME


def test_every_fact_of_an_order_has_a_sentence_and_nothing_else_has() -> None:
    assert SENTENCE_BY_NAME.keys() == {NAMES_BY_TYPE[fact] for fact in get_args(OrderFact)}
