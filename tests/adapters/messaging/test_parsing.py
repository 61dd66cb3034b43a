"""What the door lets in, and as what it turns the rest away."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from adapters.messaging.contracts import BODY_BYTES_MAX, OrderPlacedV1
from adapters.messaging.examples import DATA_BY_TYPE
from adapters.messaging.parsing import Message, parse
from adapters.messaging.refusals import (
    BodyTooLarge,
    ImplausibleTime,
    InvalidContent,
    InvalidEnvelope,
    NotJson,
    NulCharacter,
    Refusal,
    UnknownType,
    UnknownVersion,
    WrongShop,
    WrongSubject,
)
from domain.order.form import LINES_MAX
from tests.adapters.messaging.checkout import Checkout, Sent

KEY = b"k" * 32


def parsed(sent: Sent, now: datetime | None = None) -> Message:
    return parse(sent.subject, sent.body, now=now or datetime.now(UTC), digest_key=KEY)


def refused(sent: Sent, by: type[Refusal]) -> str:
    with pytest.raises(by) as caught:
        parsed(sent)
    return str(caught.value)


def lines(count: int) -> list[object]:
    line = DATA_BY_TYPE["order.placed.v1"]["lines"][0]
    return [line | {"line_id": f"line-{number}"} for number in range(count)]


class TestAValidMessage:
    def test_says_whose_it_is_and_what(self) -> None:
        checkout = Checkout()
        sent = checkout.placed()

        message = parsed(sent)

        assert (message.shop, message.message_id) == (checkout.shop, sent.message_id)
        assert message.stream == checkout.stream
        assert isinstance(message.data, OrderPlacedV1)

    def test_keeps_its_time_in_utc(self) -> None:
        sent = Checkout().message("order.started.v1", time="2020-11-20T10:15:00+02:00")

        assert parsed(sent).at.isoformat() == "2020-11-20T08:15:00+00:00"

    def test_has_the_same_content_however_the_json_is_laid_out(self) -> None:
        sent = Checkout().placed()
        backwards = dict(reversed(json.loads(sent.body).items()))
        other_layout = sent._replace(body=json.dumps(backwards, indent=3).encode())

        assert other_layout.body != sent.body
        assert parsed(other_layout).digest == parsed(sent).digest

    def test_has_other_content_if_anything_in_it_differs(self) -> None:
        checkout = Checkout()
        sent = checkout.message("payment.received.v1", id="one", time="2020-11-20T10:15:00Z")
        others = [
            checkout.message(
                "payment.received.v1", {"method": "invoice"}, id="one", time="2020-11-20T10:15:00Z"
            ),
            checkout.message("payment.received.v1", id="one", time="2020-11-20T10:15:01Z"),
            Checkout().message("payment.received.v1", id="one", time="2020-11-20T10:15:00Z"),
        ]

        assert parsed(sent).digest not in {parsed(other).digest for other in others}

    def test_may_have_as_many_lines_as_the_contract_says(self) -> None:
        assert parsed(Checkout().placed(lines=lines(LINES_MAX)))

    def test_may_speak_of_the_escape_of_a_nul(self) -> None:
        sent = Checkout().placed(number="\\u0000")

        assert b"\\\\u0000" in sent.body
        assert parsed(sent)


class TestTheBody:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"order placed",
            b"{",
            b"\xff\xfe{}",
            b'{"id": "\x00"}',
            b'{"id": "\\ud800"}',
            b'{"id": "\xed\xa0\x80"}',
            b'{"id": NaN}',
            b'{"data": ' + b"[" * 100_000,
        ],
        ids=[
            "nothing",
            "words",
            "half",
            "utf-16",
            "bare nul",
            "lone surrogate",
            "surrogate as utf-8",
            "not a number",
            "a deep nest",
        ],
    )
    def test_that_is_no_json_is_refused(self, body: bytes) -> None:
        refused(Checkout().raw(body), NotJson)

    @pytest.mark.parametrize("text", [b'"\\ud800"', b'"\xed\xa0\x80"'])
    def test_with_a_lone_surrogate_in_its_data_is_refused(self, text: bytes) -> None:
        sent = Checkout().placed(number="NUMBER")

        refused(sent._replace(body=sent.body.replace(b'"NUMBER"', text)), NotJson)

    def test_over_the_limit_is_refused_unread(self) -> None:
        refused(Checkout().raw(b"x" * (BODY_BYTES_MAX + 1)), BodyTooLarge)

    def test_with_a_nul_in_any_string_is_refused(self) -> None:
        fields = {"How\x00?": "so"}
        customer = {"email": "maija@example.com", "custom_fields": fields}

        refused(Checkout().placed(customer=customer), NulCharacter)


class TestTheEnvelope:
    @pytest.mark.parametrize(
        "changes",
        [
            {"specversion": "0.3"},
            {"id": ""},
            {"id": 7},
            {"id": "a\x00b"},
            {"id": "a\n"},
            {"id": "a\x85"},
            {"source": "demo"},
            {"source": "/checkout/DEMO"},
            {"source": "/checkout/demo\n"},
            {"time": "yesterday"},
            {"time": "2020-11-20T10:15:00"},
            {"traceparent": "00-1-1-00"},
            {"subject": "42"},
        ],
    )
    def test_that_is_not_the_contracts_is_refused(self, changes: dict[str, object]) -> None:
        refused(Checkout().message("order.started.v1", None, **changes), InvalidEnvelope)

    def test_of_another_shop_than_its_subject_is_refused(self) -> None:
        refused(Checkout().message("order.started.v1", source="/checkout/other"), WrongShop)

    def test_of_another_order_than_its_subject_is_refused(self) -> None:
        other = str(Checkout().order_id)

        refused(Checkout().message("order.started.v1", subject=other), WrongSubject)

    def test_of_another_type_than_its_subject_is_refused(self) -> None:
        checkout = Checkout()
        sent = checkout.paid()

        refused(sent._replace(subject=checkout.started().subject), WrongSubject)

    @pytest.mark.parametrize(
        "time", ["0001-01-01T00:00:00+14:00", "1989-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00"]
    )
    def test_of_no_time_of_ours_is_refused(self, time: str) -> None:
        refused(Checkout().message("order.started.v1", time=time), ImplausibleTime)

    def test_may_be_a_day_ahead_and_no_more(self) -> None:
        now = datetime(2026, 11, 20, 12, tzinfo=UTC)
        at_most = Checkout().message("order.started.v1", time=str(now + timedelta(days=1)))
        too_far = Checkout().message(
            "order.started.v1", time=str(now + timedelta(days=1, seconds=1))
        )

        assert parsed(at_most, now)
        with pytest.raises(ImplausibleTime):
            parsed(too_far, now)

    def test_of_an_unknown_type_is_refused(self) -> None:
        checkout = Checkout()
        sent = checkout.message("order.started.v1", type="order.pondered.v1")

        assert "order.pondered.v1" in refused(sent, UnknownType)

    def test_of_an_unknown_version_is_refused_as_such(self) -> None:
        sent = Checkout().message("order.placed.v1", type="order.placed.v9")

        assert "order.placed.v9" in refused(sent, UnknownVersion)


class TestTheContent:
    @pytest.mark.parametrize(
        "changes",
        [
            {"gift": True},
            {"total": -1},
            {"total": 125.5},
            {"total": "12500"},
            {"currency": "eur"},
            {"currency": "EUR\n"},
            {"country": "Finland"},
            {"customer": {"email": "maija"}},
            {"customer": {"email": "maija@example.com\n"}},
            {"lines": []},
            {"lines": lines(LINES_MAX + 1)},
            {"imported": "yes"},
        ],
        ids=str,
    )
    def test_outside_its_type_is_refused(self, changes: dict[str, object]) -> None:
        refused(Checkout().placed(**changes), InvalidContent)

    def test_with_a_field_missing_is_refused_by_name(self) -> None:
        checkout = Checkout()
        sent = checkout.message("order.placed.v1", data={"number": "1042"})

        assert "customer" in refused(sent, InvalidContent)

    def test_with_settings_that_an_action_does_not_have_is_refused(self) -> None:
        action = DATA_BY_TYPE["order.placed.v1"]["actions"][1]
        settings = action["settings"] | {"secret": "s"}

        refused(Checkout().placed(actions=[action | {"settings": settings}]), InvalidContent)

    def test_the_reason_does_not_quote_the_customer(self) -> None:
        reason = refused(Checkout().placed(customer={"email": "maija.mallikas"}), InvalidContent)

        assert "maija" not in reason

    @pytest.mark.parametrize(
        "changes",
        [
            {"customer": {"maija@example.com": 1}},
            {"maija`@example.com - at `$.customer": 1},
            {"lines": [{"kind": "maija@example.com"}]},
        ],
    )
    def test_the_reason_does_not_quote_the_senders_own_words(
        self, changes: dict[str, object]
    ) -> None:
        reason = refused(Checkout().placed(**changes), InvalidContent)

        assert "maija" not in reason
        assert "unknown field" in reason or "at `$.lines[0].kind`" in reason

    @pytest.mark.parametrize(
        "changes",
        [
            {"specversion": "maija@example.com"},
            {"maija@example.com": 1},
            {"type": "maija@example.com"},
            {"type": "order.placed.v1\n"},
        ],
    )
    def test_nor_does_that_of_an_envelope(self, changes: dict[str, object]) -> None:
        reason = refused(Checkout().message("order.placed.v1", None, **changes), Refusal)

        assert "maija" not in reason
        assert "\\n" not in reason

    @pytest.mark.parametrize("token", range(5))
    def test_nor_does_that_of_a_subject(self, token: int) -> None:
        sent = Checkout().started()
        tokens = sent.subject.split(".")
        tokens[token] = "maija@example"

        assert "maija" not in refused(sent._replace(subject=".".join(tokens)), Refusal)
