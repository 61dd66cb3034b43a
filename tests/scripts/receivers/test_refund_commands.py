"""`scripts/sandbox refunds|end|money`, as a person types them."""

import subprocess
import sys
from itertools import count

import pytest

from scripts.receivers.paytrail_ids import transaction_id
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


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("refunds", "paytrail", "succeeded"), "no manner 'succeeded': there are ok, pending"),
        (("end", "paytrail", "succeeded"), "Invalid enum value 'succeeded'"),
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
