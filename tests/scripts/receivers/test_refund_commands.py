"""`scripts/sandbox refunds|end|dashboard-refund|dispute|money`, as a person types them."""

import subprocess
import sys
from itertools import count

import pytest

from scripts.receivers.paytrail_ids import transaction_id
from scripts.receivers.stripe_ids import payment_id
from tests.sandbox_program import SandboxProgram
from tests.scripts.receivers.test_paytrail import refund

marks = count(9_000)


def run(sandbox: SandboxProgram, *words: str) -> tuple[int, str]:
    """Run one command of the sandbox."""
    command = (sys.executable, "-m", "scripts.receivers", *words, "--data", str(sandbox.folder))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_pending_refund_ends_when_it_is_told_to_and_its_money_is_seen(
    sandbox: SandboxProgram,
) -> None:
    payment = transaction_id(next(marks), 10_000, "osuuspankki")
    said = run(sandbox, "refunds", "paytrail", "pending", "--next", "1")
    assert said == (0, "paytrail: the next 1 refunds are pending\n")
    assert refund(sandbox, payment).document["status"] == "pending"

    assert run(sandbox, "end", "paytrail", "ok", "--payment", payment) == (
        0,
        "Refunds that were told: 1\n",
    )
    status, table = run(sandbox, "money", "paytrail")
    assert status == 0
    assert f"{payment}  4000" in table
    assert table.splitlines()[-1].startswith("all ")


def test_stripe_is_told_in_its_own_words(sandbox: SandboxProgram) -> None:
    assert run(sandbox, "refunds", "stripe", "succeeded")[0] == 0
    assert run(sandbox, "money", "stripe")[0] == 0
    assert run(sandbox, "money", "epassi")[0] == 0


def test_a_refund_that_stripe_has_pending_ends_without_a_name(sandbox: SandboxProgram) -> None:
    payment = payment_id(next(marks), 10_000, "eur")
    run(sandbox, "refunds", "stripe", "pending", "--next", "1")
    assert refund_there(sandbox, payment, 4_000)[0] == 0

    assert run(sandbox, "end", "stripe", "succeeded") == (0, "Refunds that were told: 1\n")
    assert run(sandbox, "end", "stripe", "succeeded") == (0, "Refunds that were told: 0\n")
    assert sandbox.stripe_money().returned[payment] == 4_000
    assert run(sandbox, "end", "stripe", "failed", "--payment", payment)[0] == 0
    assert sandbox.stripe_money().returned[payment] == 0


def test_stripe_refunds_from_its_dashboard_no_more_than_was_paid(sandbox: SandboxProgram) -> None:
    payment = payment_id(next(marks), 10_000, "eur")

    status, said = refund_there(sandbox, payment, 4_000)
    assert (status, said.startswith("Refunded: re_")) == (0, True)

    status, said = refund_there(sandbox, payment, 6_001)
    assert status == 1
    assert "Refund amount (6001) is greater than unrefunded amount (6000)" in said


def test_a_dispute_at_stripe_begins_with_all_that_was_paid_and_goes_on(
    sandbox: SandboxProgram,
) -> None:
    payment = payment_id(next(marks), 10_000, "eur")

    begun, lost = (
        run(sandbox, "dispute", *words, "--payment", payment) for words in ((), ("lost",))
    )

    assert begun[1].endswith(": needs_response\n")
    assert lost[1].endswith(": lost\n")
    [dispute] = [one for one in sandbox.stripe_money().disputes if one.payment_intent == payment]
    assert (dispute.amount, dispute.status) == (10_000, "lost")


def refund_there(sandbox: SandboxProgram, payment: str, amount: int) -> tuple[int, str]:
    return run(sandbox, "dashboard-refund", "--payment", payment, "--amount", str(amount))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("refunds", "paytrail", "succeeded"), "no manner 'succeeded': there are ok, pending"),
        (("end", "paytrail", "succeeded"), "no status 'succeeded': there are ok, fail"),
        (("end", "stripe", "ok"), "no status 'ok': there are succeeded, failed, canceled"),
        (("end", "stripe", "failed", "--payment", "pi_none"), "stripe has no refund of pi_none"),
        (("dispute", "open", "--payment", "pi_none"), "no status 'open': there are warning_"),
        (("dispute", "--payment", "pi_none"), "No such payment_intent: 'pi_none'"),
        (("dashboard-refund", "--payment", "pi_none", "--amount", "5"), "No such payment_intent"),
    ],
)
def test_what_is_not_understood_is_said(
    sandbox: SandboxProgram, words: tuple[str, ...], why: str
) -> None:
    status, said = run(sandbox, *words)
    assert (status, why in said, "Traceback" in said) == (1, True, False)


def test_nobody_but_the_pending_is_meant_where_nobody_is_named(sandbox: SandboxProgram) -> None:
    payment = transaction_id(next(marks), 10_000, "osuuspankki")
    refund(sandbox, payment)
    run(sandbox, "end", "paytrail", "fail")
    assert sandbox.paytrail_money().returned[payment] == 4_000
    assert run(sandbox, "end", "paytrail", "ok") == (0, "Refunds that were told: 0\n")
