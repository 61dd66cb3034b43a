"""Webhooks of Stripe: who sent them, and what they tell."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.providers.stripe.events import NotUnderstood, news_in
from adapters.providers.stripe.signature import is_signed, signature
from domain.identifiers import DisputeId, ExternalRefundId, TransferId
from domain.order.values import DisputeOutcome
from processors.provider_news import DisputeSeen, Fate, RefundsChanged, RefundSeen
from tests.examples import ORDER_ID, TRANSFER, euros

BODY = b'{"id":"evt_test"}'
SECRET = "whsec_test_secret"
SECONDS = 1_614_265_330
VECTOR = "00cd8805b6dfb4317048892c492f8ff769e2075ec20013c6ed546e639a4e20ba"
"""Recomputed by hand from https://docs.stripe.com/webhooks#verify-manually"""
THEN = datetime.fromtimestamp(SECONDS, UTC)
HEADER = f"t={SECONDS},v1={VECTOR}"
CREATED = 1_772_452_800
REFUND = {
    "id": "re_1",
    "object": "refund",
    "amount": 4_000,
    "currency": "eur",
    "created": CREATED,
    "status": "succeeded",
    "charge": "ch_1",
    "payment_intent": "pi_1",
    "metadata": {"ledger_order": str(ORDER_ID), "ledger_transfer": TRANSFER},
    "destination_details": {"card": {"reference": "1234"}},
}
DISPUTE = {
    "id": "dp_1",
    "amount": 14_000,
    "currency": "eur",
    "charge": "ch_1",
    "payment_intent": "pi_1",
    "status": "needs_response",
}


def event(kind: str, content: Any, **more: Any) -> bytes:
    document = {"id": "evt_1", "type": kind, "created": CREATED, "data": {"object": content}}
    return json.dumps(document | more).encode()


class TestTheSignature:
    def test_of_the_vector_is_ours(self) -> None:
        assert signature(SECRET, str(SECONDS), BODY) == VECTOR
        assert is_signed(HEADER, BODY, [SECRET], THEN)

    def test_of_any_valid_secret_counts_and_any_signature_given(self) -> None:
        assert is_signed(HEADER, BODY, ["whsec_new", SECRET], THEN)
        assert is_signed(f"t={SECONDS},v1={'0' * 64},v1={VECTOR},v0=x", BODY, [SECRET], THEN)

    @pytest.mark.parametrize("seconds", [-300, 0, 300])
    def test_counts_for_five_minutes_either_way(self, seconds: int) -> None:
        assert is_signed(HEADER, BODY, [SECRET], THEN + timedelta(seconds=seconds))

    @pytest.mark.parametrize("seconds", [-301, 301])
    def test_counts_no_longer(self, seconds: int) -> None:
        assert not is_signed(HEADER, BODY, [SECRET], THEN + timedelta(seconds=seconds))

    @pytest.mark.parametrize(
        "header",
        [
            "",
            f"v1={VECTOR}",
            f"t={SECONDS}",
            f"t={SECONDS},v0={VECTOR}",
            f"t={SECONDS},t={SECONDS},v1={VECTOR}",
            f"t=²{SECONDS},v1={VECTOR}",
            f"t=-{SECONDS},v1={VECTOR}",
            f"t={SECONDS},v1={VECTOR.upper()}",
            f"t={SECONDS},v1=ä",
            "t=,v1=",
        ],
    )
    def test_in_another_form_is_none(self, header: str) -> None:
        assert not is_signed(header, BODY, [SECRET], THEN)

    def test_of_another_body_or_secret_or_without_one_is_none(self) -> None:
        assert not is_signed(HEADER, BODY + b" ", [SECRET], THEN)
        assert not is_signed(HEADER, BODY, ["whsec_other"], THEN)
        assert not is_signed(HEADER, BODY, [], THEN)

    @given(st.text(max_size=200), st.binary(max_size=50))
    def test_of_anything_is_judged_without_an_error(self, header: str, body: bytes) -> None:
        assert not is_signed(header, body, [SECRET], THEN)


class TestARefundsEvent:
    @pytest.mark.parametrize(
        "kind", ["refund.created", "refund.updated", "refund.failed", "charge.refund.updated"]
    )
    def test_tells_how_the_refund_stands(self, kind: str) -> None:
        assert news_in(event(kind, REFUND)) == [
            RefundSeen(
                fate=Fate.RETURNED,
                amount=euros(4_000),
                at=datetime.fromtimestamp(CREATED, UTC),
                refund_id=ExternalRefundId("re_1"),
                transaction_ids=("pi_1", "ch_1"),
                order_id=ORDER_ID,
                transfer_id=TRANSFER,
            )
        ]

    @pytest.mark.parametrize(
        ("status", "fate"),
        [
            ("pending", Fate.IN_PROGRESS),
            ("requires_action", Fate.IN_PROGRESS),
            ("succeeded", Fate.RETURNED),
            ("failed", Fate.FAILED),
            ("canceled", Fate.FAILED),
        ],
    )
    def test_tells_every_status(self, status: str, fate: Fate) -> None:
        (told,) = news_in(event("refund.updated", REFUND | {"status": status}))
        assert isinstance(told, RefundSeen)
        assert told.fate is fate

    @pytest.mark.parametrize(
        ("reason", "code"), [("declined", "declined"), (None, "failed"), ("What?", "failed")]
    )
    def test_tells_why_it_failed(self, reason: str | None, code: str) -> None:
        failed = REFUND | {"status": "failed", "failure_reason": reason}
        (told,) = news_in(event("refund.failed", failed))
        assert isinstance(told, RefundSeen)
        assert told.code == code

    def test_that_is_not_ours_names_no_transfer(self) -> None:
        for metadata in (None, {}, {"ledger_order": "of another system"}):
            (told,) = news_in(event("refund.created", REFUND | {"metadata": metadata}))
            assert isinstance(told, RefundSeen)
            assert (told.order_id, told.transfer_id) == (None, TransferId(""))

    def test_with_a_status_of_tomorrow_tells_nothing(self) -> None:
        assert news_in(event("refund.updated", REFUND | {"status": "teleported"})) == []


class TestOtherEvents:
    def test_a_refunded_charge_asks_for_a_look(self) -> None:
        charge = {"id": "ch_1", "payment_intent": "pi_1", "amount_refunded": 4_000}
        look = RefundsChanged(transaction_id="pi_1", cause="evt_1")
        assert news_in(event("charge.refunded", charge)) == [look]

    def test_a_refunded_charge_without_an_intent_is_looked_for_by_itself(self) -> None:
        look = RefundsChanged(transaction_id="ch_1", cause="evt_1")
        assert news_in(event("charge.refunded", {"id": "ch_1"})) == [look]

    @pytest.mark.parametrize(
        "kind",
        [
            "charge.dispute.created",
            "charge.dispute.updated",
            "charge.dispute.closed",
            "charge.dispute.funds_withdrawn",
            "charge.dispute.funds_reinstated",
        ],
    )
    @pytest.mark.parametrize(
        ("status", "outcome"),
        [
            ("needs_response", None),
            ("under_review", None),
            ("won", DisputeOutcome.WON),
            ("lost", DisputeOutcome.LOST),
        ],
    )
    def test_a_dispute_tells_how_it_stands(
        self, kind: str, status: str, outcome: DisputeOutcome | None
    ) -> None:
        assert news_in(event(kind, DISPUTE | {"status": status})) == [
            DisputeSeen(
                dispute_id=DisputeId("dp_1"),
                amount=euros(14_000),
                at=datetime.fromtimestamp(CREATED, UTC),
                transaction_ids=("pi_1", "ch_1"),
                outcome=outcome,
            )
        ]

    @pytest.mark.parametrize("status", ["warning_needs_response", "warning_closed", "prevented"])
    def test_an_inquiry_is_no_dispute(self, status: str) -> None:
        assert news_in(event("charge.dispute.created", DISPUTE | {"status": status})) == []

    def test_name_no_transfer_of_ours_by_what_no_name_holds(self) -> None:
        for strange in ("a\0b", "x" * 501):
            (seen,) = news_in(
                event("refund.created", REFUND | {"metadata": {"ledger_transfer": strange}})
            )
            assert isinstance(seen, RefundSeen)
            assert seen.transfer_id == ""

    def test_of_no_matter_are_passed_over(self) -> None:
        assert news_in(event("payment_intent.succeeded", {"customer": "aino"})) == []

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            BODY,
            event("refund.created", {"id": "re_1"}),
            event("refund.created", REFUND | {"amount": "4000"}),
            event("refund.created", REFUND | {"currency": "isk", "amount": 150}),
            event("refund.created", REFUND, created=10**18),
            event("refund.created", REFUND, id="evt_\0"),
            event("refund.created", REFUND | {"amount": 10**12}),
            event("refund.created", REFUND | {"amount": 10**30}),
            event("refund.created", REFUND | {"amount": -1}),
            event("refund.created", REFUND | {"id": "re_\0"}),
            event("refund.created", REFUND | {"id": "re_1\n"}),
            event("refund.created", REFUND | {"id": "r" * 256}),
            event("refund.created", REFUND | {"charge": "ch_\ud800"}),
            event("refund.created", REFUND | {"currency": "eur\0"}),
            event("charge.refunded", {"id": "ch_1", "payment_intent": "pi_\0"}),
            event("charge.dispute.created", DISPUTE | {"amount": 10**19}),
            event("charge.dispute.created", DISPUTE | {"id": "dp_\0"}),
        ],
    )
    def test_written_otherwise_are_not_understood(self, body: bytes) -> None:
        with pytest.raises(NotUnderstood):
            news_in(body)
