"""A refund that only waits for a setting says which, instead of sending a person to look it up."""

import pytest

from domain.order.stages import TransferStage
from projections.order_view.transfer_words import unresolved_says


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("credentials_missing", "The shop has not set Paytrail's credentials: set them"),
        ("credentials_refused", "Paytrail refuses the shop's credentials: set the right ones"),
        ("public_url_not_set", "Paytrail needs an address to call back: set LEDGER_PUBLIC_URL"),
    ],
)
def test_what_is_missing_is_named_and_that_it_then_goes_on(code: str, words: str) -> None:
    says = unresolved_says("paytrail", code, TransferStage.UNRESOLVED)
    assert says.startswith(words)
    assert says.endswith("Then it goes on.")


def test_anything_else_is_looked_up_by_a_person() -> None:
    says = unresolved_says("paytrail", "timeout", TransferStage.UNRESOLVED)
    assert "Look it up in Paytrail's own service" in says
