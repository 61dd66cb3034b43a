"""What Paytrail tells by calling back, and what of it is believed."""

from collections.abc import Sequence

import pytest

from adapters.providers.paytrail.account import Account
from adapters.providers.paytrail.callbacks import CallbackDisagrees, CallbackUnsigned, news_in
from adapters.providers.paytrail.naming import callback_urls, key_in, refund_stamp
from adapters.providers.paytrail.signing import signature_of
from domain.identifiers import ExternalRefundId
from domain.money import Money
from processors.provider_news import Fate, RefundSeen
from tests.examples import NOW, ORDER_ID, SHOP, TRANSFER

KEY = f"{ORDER_ID}/{TRANSFER}"
ACCOUNT = Account(account_id="700001", secrets=("new secret", "old secret"))
TOLD = {
    "checkout-account": "700001",
    "checkout-algorithm": "sha256",
    "checkout-amount": "5000",
    "checkout-stamp": KEY,
    "checkout-reference": "1001",
    "checkout-transaction-id": "t-1",
    "checkout-status": "ok",
    "checkout-provider": "nordea",
}


def name_of(key: str = KEY) -> str:
    """Take the part of the address that names the transfer."""
    return callback_urls("https://ledger.example.com", SHOP, key).success.split("/")[-2]


def signed(told: dict[str, str], secret: str = ACCOUNT.secrets[0]) -> list[tuple[str, str]]:
    return [*told.items(), ("signature", signature_of(secret, told))]


def read(
    parameters: Sequence[tuple[str, str]],
    *,
    outcome: str = "success",
    name: str = "",
    account: Account | None = ACCOUNT,
) -> RefundSeen:
    return news_in(account, name or name_of(), outcome, parameters, NOW)


def seen(fate: Fate, *, reference: str = "t-1", code: str = "") -> RefundSeen:
    return RefundSeen(
        fate=fate,
        amount=Money(5_000, "EUR"),
        at=NOW,
        refund_id=ExternalRefundId(reference),
        order_id=ORDER_ID,
        transfer_id=TRANSFER,
        code=code,
    )


class TestTheAddresses:
    def test_name_shop_transfer_and_outcome(self) -> None:
        urls = callback_urls("https://ledger.example.com/", SHOP, KEY)
        start = f"https://ledger.example.com/webhooks/paytrail/courses/{name_of()}"
        assert (urls.success, urls.cancel) == (f"{start}/success", f"{start}/cancel")

    @pytest.mark.parametrize("key", [KEY, "o/ref und/1", "o/…/1", "a", "ab"])
    def test_hold_any_key_in_one_part_of_the_path(self, key: str) -> None:
        assert "/" not in name_of(key)
        assert key_in(name_of(key)) == key

    def test_hold_a_refunds_longest_id_within_paytrails_limit(self) -> None:
        key = f"{ORDER_ID}/{'ä' * 200}/1"
        assert len(callback_urls("https://ledger.example.com", SHOP, key).success) < 3_000


class TestWhatIsTold:
    @pytest.mark.parametrize(
        ("outcome", "status", "expected"),
        [
            ("success", "ok", seen(Fate.RETURNED)),
            ("success", "pending", seen(Fate.IN_PROGRESS)),
            ("success", "delayed", seen(Fate.IN_PROGRESS)),
            ("cancel", "fail", seen(Fate.FAILED, code="refund_failed")),
        ],
    )
    def test_is_what_became_of_the_transfer(
        self, outcome: str, status: str, expected: RefundSeen
    ) -> None:
        told = TOLD | {"checkout-status": status}
        assert read(signed(told), outcome=outcome) == expected

    def test_may_lack_a_transaction_where_the_balance_was_too_small(self) -> None:
        told = {name: value for name, value in TOLD.items() if name != "checkout-transaction-id"}
        failed = read(signed(told | {"checkout-status": "fail"}), outcome="cancel")
        assert failed == seen(Fate.FAILED, reference="", code="refund_refused")

    def test_may_hold_more_than_we_know(self) -> None:
        told = TOLD | {"checkout-settlement-reference": "s-1"}
        assert read([*signed(told), ("added", "by us")]) == seen(Fate.RETURNED)

    def test_is_believed_by_any_secret_that_is_valid(self) -> None:
        assert read(signed(TOLD, "old secret")) == seen(Fate.RETURNED)

    def test_names_a_long_key_by_its_digest(self) -> None:
        key = f"{ORDER_ID}/{'r' * 200}/1"
        told = TOLD | {"checkout-stamp": refund_stamp(key)}
        assert read(signed(told), name=name_of(key)).transfer_id == f"{'r' * 200}/1"


class TestWhatIsNotBelieved:
    def test_nothing_without_a_signature_of_the_shops_account(self) -> None:
        for parameters in (signed(TOLD, "another secret"), list(TOLD.items())):
            with pytest.raises(CallbackUnsigned):
                read(parameters)

    def test_nothing_for_a_shop_without_an_account(self) -> None:
        with pytest.raises(CallbackUnsigned):
            read(signed(TOLD), account=None)

    def test_nothing_that_says_a_thing_twice(self) -> None:
        with pytest.raises(CallbackUnsigned):
            read([*signed(TOLD), ("checkout-status", "ok")])

    @pytest.mark.parametrize(
        ("outcome", "change"),
        [
            ("success", {"checkout-status": "fail"}),
            ("cancel", {"checkout-status": "ok"}),
            ("cancel", {"checkout-status": "pending"}),
            ("success", {"checkout-status": "new"}),
            ("elsewhere", {}),
            ("success", {"checkout-account": "700002"}),
            ("success", {"checkout-stamp": "of-the-payment-itself"}),
            ("success", {"checkout-stamp": f"{ORDER_ID}/refund-2/1"}),
            ("success", {"checkout-amount": "-1"}),
            ("success", {"checkout-amount": ""}),
            ("success", {"checkout-amount": "1" * 9}),
            ("success", {"checkout-amount": "²"}),
            ("success", {"checkout-transaction-id": "t" * 256}),
        ],
    )
    def test_nothing_signed_that_disagrees_with_the_address(
        self, outcome: str, change: dict[str, str]
    ) -> None:
        with pytest.raises(CallbackDisagrees):
            read(signed(TOLD | change), outcome=outcome)

    @pytest.mark.parametrize("name", ["!", "a", "_w", name_of("no-order/refund-1/1")])
    def test_nothing_at_an_address_that_is_none_of_ours(self, name: str) -> None:
        with pytest.raises(CallbackDisagrees):
            read(signed(TOLD), name=name)
