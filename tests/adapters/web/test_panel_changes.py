"""What is marked in an order's past: the places that its last fact changed."""

from datetime import timedelta

import pytest

from adapters.web.panel.changes import changed_places
from projections.order_view.details import OrderDetails
from projections.order_view.view import view
from tests.stories import BEGAN_AT, COURSE, recorded

FACTS = recorded(COURSE)


def _view(version: int) -> OrderDetails:
    sheet = view(FACTS[:version], BEGAN_AT, timedelta(minutes=5))
    assert sheet is not None
    return sheet


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        pytest.param(3, {"status", "payment_status", "payment.pay-1"}, id="payment started"),
        pytest.param(
            5,
            {"status", "payment_status", "payment.pay-2", "general.received"},
            id="payment received",
        ),
        pytest.param(6, {"action.grant"}, id="action requested"),
        pytest.param(14, {"refund.refund-1"}, id="refund in force"),
        pytest.param(15, {"external_refund.external-1"}, id="external refund"),
        pytest.param(16, {"note.1"}, id="note"),
    ],
)
def test_a_fact_marks_the_places_that_it_changed(version: int, expected: set[str]) -> None:
    changed = changed_places(_view(version - 1), _view(version))

    assert expected <= changed
    assert not any(place.startswith("customer") for place in changed)


def test_the_billing_form_is_marked_as_a_whole_when_it_comes() -> None:
    changed = changed_places(_view(1), _view(2))

    assert {place for place in changed if place.startswith("customer")} == {"customer"}
    assert "line.course" in changed


def test_two_views_of_the_same_version_mark_nothing() -> None:
    assert changed_places(_view(16), _view(16)) == frozenset()


def test_the_first_fact_marks_nothing_as_all_is_new() -> None:
    assert changed_places(None, _view(1)) == frozenset()
