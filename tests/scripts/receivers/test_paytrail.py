"""The sandbox's Paytrail, called as any program would: signatures, manners, and its own money."""

import json
from itertools import count
from typing import Any

import pytest

from scripts.receivers.book import Effect
from scripts.receivers.client import SandboxRefused
from scripts.receivers.paytrail import Ending, Instruction
from scripts.receivers.paytrail_account import Manner
from scripts.receivers.paytrail_ids import PROVIDERS, Paid, paid_by, transaction_id
from scripts.receivers.paytrail_signing import ACCOUNT, signature
from scripts.receivers.places import Receiver
from tests.sandbox_program import SandboxProgram
from tests.scripts.receivers.calling import Said, ask

NOWHERE = {"success": "http://127.0.0.1:9/success", "cancel": "http://127.0.0.1:9/cancel"}
marks, nonces = count(1_000), count(1)


@pytest.fixture
def transaction() -> str:
    """A payment of 100 euros that no other test knows."""
    return transaction_id(next(marks), 10_000, "osuuspankki")


def call(
    sandbox: SandboxProgram, path: str, transaction: str, document: object = None, **changed: str
) -> Said:
    body = b"" if document is None else json.dumps(document).encode()
    headers = {
        "checkout-account": ACCOUNT,
        "checkout-algorithm": "sha512",
        "checkout-method": "GET" if document is None else "POST",
        "checkout-nonce": f"nonce-{next(nonces)}",
        "checkout-timestamp": "2026-03-02T12:00:00.000Z",
        "checkout-transaction-id": transaction,
    }
    headers |= {name.replace("_", "-"): value for name, value in changed.items()}
    headers = {"signature": signature(headers, body)} | headers
    url = f"{sandbox.places.url(Receiver.PAYTRAIL)}{path}"
    method = headers["checkout-method"]
    return ask(url, method, body=body, **headers)  # type: ignore[arg-type]  # headers alone


def refund(sandbox: SandboxProgram, transaction: str, amount: int = 4_000, **more: Any) -> Said:
    asked = {"amount": amount, "refundStamp": f"stamp-{transaction}", "callbackUrls": NOWHERE}
    return call(sandbox, f"/payments/{transaction}/refund", transaction, asked | more)


class TestARequest:
    @pytest.mark.parametrize(
        "changed",
        [
            {"signature": "0" * 128},
            {"checkout_algorithm": "md5", "signature": "0"},
            {"checkout_account": "375917"},
            {"checkout_nonce": ""},
        ],
    )
    def test_must_be_signed_by_the_account(
        self, sandbox: SandboxProgram, transaction: str, changed: dict[str, str]
    ) -> None:
        assert call(sandbox, f"/payments/{transaction}", transaction, **changed).status == 401

    def test_is_taken_once_by_its_nonce(self, sandbox: SandboxProgram, transaction: str) -> None:
        path = f"/payments/{transaction}"
        said = [call(sandbox, path, transaction, checkout_nonce=transaction) for _ in range(2)]
        assert [one.status for one in said] == [200, 401]

    def test_names_the_transaction_in_its_headers_too(
        self, sandbox: SandboxProgram, transaction: str
    ) -> None:
        assert call(sandbox, f"/payments/{transaction}", "another").status == 400


class TestARefund:
    def test_moves_money_and_shows_itself(self, sandbox: SandboxProgram, transaction: str) -> None:
        said = refund(sandbox, transaction)
        assert (said.status, said.document["status"]) == (201, "ok")
        reference = said.document["transactionId"]
        shown = call(sandbox, f"/payments/{reference}", reference).document
        assert (shown["status"], shown["amount"]) == ("ok", 4_000)
        assert sandbox.paytrail_money().returned[transaction] == 4_000

    def test_asked_for_again_is_paid_again_and_seen_as_doubled(
        self, sandbox: SandboxProgram, transaction: str
    ) -> None:
        for _ in range(2):
            refund(sandbox, transaction)
        assert sandbox.paytrail_money().returned[transaction] == 8_000
        keys = [one.key for one in sandbox.received("paytrail") if one.effect is Effect.DONE]
        assert keys.count(f"stamp-{transaction}") == 2

    def test_is_never_more_than_was_paid(self, sandbox: SandboxProgram, transaction: str) -> None:
        amounts = (10_001, 0, 10_000, 1)
        statuses = [refund(sandbox, transaction, amount).status for amount in amounts]
        assert statuses == [400, 400, 201, 400]

    def test_needs_addresses_to_call_back(self, sandbox: SandboxProgram, transaction: str) -> None:
        assert refund(sandbox, transaction, callbackUrls={}).status == 400

    def test_that_is_pending_moves_money_when_it_ends(
        self, sandbox: SandboxProgram, transaction: str
    ) -> None:
        sandbox.instruct_paytrail(Instruction(manner=Manner.PENDING, next=1))
        assert refund(sandbox, transaction).document["status"] == "pending"
        assert transaction not in sandbox.paytrail_money().returned
        stamp = f"stamp-{transaction}"
        for _ in range(2):
            assert sandbox.end_at_paytrail(Ending(stamp=stamp, callbacks=0)) == 1
        assert sandbox.paytrail_money().returned[transaction] == 4_000

    def test_is_as_it_was_told_for_so_many_and_then_ok_again(
        self, sandbox: SandboxProgram, transaction: str
    ) -> None:
        told = Instruction(manner=Manner.PENDING, next=2, callbacks=0)
        sandbox.instruct_paytrail(told)
        statuses = [refund(sandbox, transaction, 1).document["status"] for _ in range(3)]
        assert statuses == ["pending", "pending", "ok"]

    def test_that_fails_leaves_the_money_to_be_refunded(
        self, sandbox: SandboxProgram, transaction: str
    ) -> None:
        for manner in (Manner.FAIL, Manner.SHORT):
            sandbox.instruct_paytrail(Instruction(manner=manner, next=1, callbacks=0))
            assert refund(sandbox, transaction, 10_000).status == 201
        assert refund(sandbox, transaction, 10_000).document["status"] == "ok"

    @pytest.mark.parametrize(
        ("provider", "email", "expected"),
        [
            ("spankki", "", (422, 422)),
            ("alandsbanken", "a@example.com", (201, 201)),
            ("nordea", "", (201, 400)),
            ("nordea", "a@example.com", (201, 201)),
        ],
    )
    def test_keeps_to_what_the_bank_can(
        self, sandbox: SandboxProgram, provider: str, email: str, expected: tuple[int, int]
    ) -> None:
        paid = transaction_id(next(marks), 10_000, provider)
        said = [refund(sandbox, paid, 1, **({"email": email} if email else {})) for _ in range(2)]
        assert tuple(one.status for one in said) == expected


class TestAPayment:
    def test_is_shown(self, sandbox: SandboxProgram, transaction: str) -> None:
        shown = call(sandbox, f"/payments/{transaction}", transaction).document
        assert (shown["amount"], shown["provider"]) == (10_000, "osuuspankki")

    def test_that_never_was_is_not_found(self, sandbox: SandboxProgram) -> None:
        never = "4b300af6-9a22-11e8-9184-abb6de7fd2d0"
        assert call(sandbox, f"/payments/{never}", never).status == 404

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_says_in_its_id_what_was_paid(self, provider: str) -> None:
        for amount in (0, 1, 99_999_998):
            assert paid_by(transaction_id(7, amount, provider)) == Paid(amount, provider)

    @pytest.mark.parametrize("text", ["", "none", "4b300af6-9a22-11e8-9184-abb6de7fd2d0"])
    def test_is_none_where_the_id_says_nothing(self, text: str) -> None:
        assert paid_by(text) is None

    def test_of_another_amount_has_another_id(self) -> None:
        first, second, third = (
            transaction_id(mark, amount, "nordea") for mark, amount in ((1, 5), (1, 6), (2, 5))
        )
        assert len({first, second, third}) == 3


def test_what_it_is_told_must_be_understood(sandbox: SandboxProgram) -> None:
    with pytest.raises(SandboxRefused, match="times"):
        sandbox._ask("POST", "paytrail/instruction", body={"manner": "ok", "times": 1})
