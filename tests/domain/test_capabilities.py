"""What providers are said to pay back by themselves: one line for each documented limit."""

from datetime import timedelta

import pytest

from domain.order.providers import EURO, STRIPE_STEPS, Capability, capability_of


@pytest.mark.parametrize(
    ("provider", "sub_method", "expected"),
    [
        ("stripe", "visa", Capability(step_by_currency=STRIPE_STEPS)),
        ("paytrail", "osuuspankki", Capability(currencies=EURO)),
        ("paytrail", "spankki", Capability(currencies=EURO, by_email=True)),
        ("paytrail", "alandsbanken", Capability(currencies=EURO, by_email=True)),
        *(
            (
                "paytrail",
                nordea,
                Capability(currencies=EURO, repeatedly=False, age_max=timedelta(weeks=13)),
            )
            for nordea in ("nordea", "nordea-business")
        ),
        (
            "epassi",
            "",
            Capability(currencies=EURO, partially=False, age_max=timedelta(weeks=1)),
        ),
        ("invoice", "", None),
    ],
)
def test_a_provider_can_what_its_documentation_says(
    provider: str, sub_method: str, expected: Capability | None
) -> None:
    assert capability_of(provider, sub_method) == expected
