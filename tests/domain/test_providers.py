"""What providers can pay back by themselves, and what a person must."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from domain.money import Money
from domain.order.parts import Payment
from domain.order.providers import Obstacle, obstacle_to
from domain.order.values import TransferMethod
from tests.examples import ALL_PROVIDERS, PAYMENT, START, euros

PROVIDER, MANUAL = TransferMethod.PROVIDER, TransferMethod.MANUAL


def method_for(
    paid: Payment,
    amount: Money,
    *,
    was_touched: bool,
    providers: frozenset[str],
    now: datetime,
    is_customer_known: bool = True,
) -> TransferMethod:
    obstacle = obstacle_to(
        paid,
        amount,
        was_touched=was_touched,
        is_customer_known=is_customer_known,
        providers=providers,
        now=now,
    )
    return PROVIDER if obstacle is None else MANUAL


def payment(provider: str, sub_method: str = "", currency: str = "EUR") -> Payment:
    return Payment(
        payment_id=PAYMENT,
        provider=provider,
        method="bank",
        sub_method=sub_method,
        amount=Money(10_000, currency),
        received_at=START,
    )


@pytest.mark.parametrize(
    ("provider", "sub_method", "whole", "part"),
    [
        ("stripe", "", PROVIDER, PROVIDER),
        ("paytrail", "osuuspankki", PROVIDER, PROVIDER),
        ("paytrail", "spankki", PROVIDER, PROVIDER),
        ("paytrail", "nordea", PROVIDER, PROVIDER),
        ("epassi", "", PROVIDER, MANUAL),
        ("free", "", MANUAL, MANUAL),
        ("invoice", "", MANUAL, MANUAL),
    ],
)
def test_what_is_possible(
    provider: str, sub_method: str, whole: TransferMethod, part: TransferMethod
) -> None:
    """Stripe and Paytrail in full and in part, Epassi in full only, anything else by hand."""
    paid = payment(provider, sub_method)
    for amount, expected in ((10_000, whole), (9_999, part)):
        method = method_for(
            paid, euros(amount), was_touched=False, providers=ALL_PROVIDERS | {"free"}, now=START
        )
        assert method is expected


def test_an_epassi_payment_that_was_touched_is_no_whole_any_more() -> None:
    method = method_for(
        payment("epassi"), euros(10_000), was_touched=True, providers=ALL_PROVIDERS, now=START
    )
    assert method is MANUAL


def test_a_provider_that_the_shop_has_not_configured_is_not_asked() -> None:
    method = method_for(
        payment("epassi"),
        euros(10_000),
        was_touched=False,
        providers=frozenset({"stripe"}),
        now=START,
    )
    assert method is MANUAL


def test_paytrail_returns_euros_only() -> None:
    method = method_for(
        payment("paytrail", currency="SEK"),
        Money(1, "SEK"),
        was_touched=False,
        providers=ALL_PROVIDERS,
        now=START,
    )
    assert method is MANUAL


@pytest.mark.parametrize(
    ("age", "was_touched", "expected"),
    [
        (timedelta(weeks=13) - timedelta(seconds=1), False, PROVIDER),
        (timedelta(weeks=13), False, MANUAL),
        (timedelta(0), True, MANUAL),
    ],
)
def test_nordea_returns_once_and_within_13_weeks(
    age: timedelta, expected: TransferMethod, *, was_touched: bool
) -> None:
    method = method_for(
        payment("paytrail", "nordea"),
        euros(1),
        was_touched=was_touched,
        providers=ALL_PROVIDERS,
        now=START + age,
    )
    assert method is expected


def test_a_payment_is_dated_when_it_was_received() -> None:
    undated = replace(payment("paytrail", "nordea"), received_at=None)
    method = method_for(undated, euros(1), was_touched=False, providers=ALL_PROVIDERS, now=START)
    assert method is PROVIDER


@pytest.mark.parametrize(
    ("paid", "obstacle"),
    [
        (payment("invoice"), Obstacle.NO_INTERFACE),
        (payment("epassi"), Obstacle.WHOLE_ONLY),
        (payment("paytrail", "nordea"), Obstacle.ONCE_ONLY),
        (payment("paytrail", currency="SEK"), Obstacle.CURRENCY),
        (payment("paytrail", "spankki"), Obstacle.CUSTOMER_UNKNOWN),
        (payment("stripe"), Obstacle.NOT_CONFIGURED),
    ],
)
def test_what_is_in_the_way_has_a_name_that_does_not_depend_on_what_is_configured(
    paid: Payment, obstacle: Obstacle
) -> None:
    for configured in (frozenset[str](), ALL_PROVIDERS - {"stripe"}):
        found = obstacle_to(
            paid,
            Money(1, paid.amount.currency),
            was_touched=True,
            is_customer_known=False,
            providers=configured,
            now=START,
        )
        assert found is obstacle


def test_a_nordea_payment_that_is_too_old_says_so() -> None:
    found = obstacle_to(
        payment("paytrail", "nordea"),
        euros(1),
        was_touched=False,
        is_customer_known=True,
        providers=ALL_PROVIDERS,
        now=START + timedelta(weeks=13),
    )
    assert found is Obstacle.TOO_OLD


def test_an_erased_customer_is_asked_nothing_by_email() -> None:
    for sub_method, expected in (("spankki", MANUAL), ("osuuspankki", PROVIDER)):
        method = method_for(
            payment("paytrail", sub_method),
            euros(1),
            was_touched=False,
            is_customer_known=False,
            providers=ALL_PROVIDERS,
            now=START,
        )
        assert method is expected
