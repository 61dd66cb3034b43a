"""The published contracts are what the code says, and the code does what they say."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from adapters.messaging.contracts import CONFIGURATION_DATA_BY_TYPE, ORDER_DATA_BY_TYPE
from adapters.messaging.documents import EXAMPLES_READ_AT, contracts, write_contracts
from adapters.messaging.examples import envelope_of, subject_of
from adapters.messaging.parsing import parse
from adapters.messaging.refusals import Refusal

CONTRACTS = Path(__file__).parents[3] / "docs" / "contracts"
TYPES = sorted(ORDER_DATA_BY_TYPE | CONFIGURATION_DATA_BY_TYPE)
REFUSED = sorted(path for path in contracts() if path.startswith("refused/"))
BEYOND_A_SCHEMA = {"other-shop", "other-type-in-subject", "nul-character", "year-9999"}
"""What a schema of one body cannot say: the clock, the subject, a character."""


def schema_of(message_type: str) -> Draft202012Validator:
    schema = json.loads((CONTRACTS / "schemas" / f"{message_type}.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def read(path: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((CONTRACTS / path).read_text("utf-8"))
    return document


def test_the_documents_are_as_the_code_writes_them_today(tmp_path: Path) -> None:
    """After a wanted change: `order-ledger contracts write`."""
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "order.forgotten.v1.json").write_text("{}")
    written = write_contracts(tmp_path)

    standing = sorted(file for file in CONTRACTS.rglob("*") if file.is_file())
    assert [file.relative_to(tmp_path) for file in written] == [
        file.relative_to(CONTRACTS) for file in standing
    ]
    assert [file.read_bytes() for file in written] == [file.read_bytes() for file in standing]
    assert sorted(file for file in tmp_path.rglob("*") if file.is_file()) == written


@pytest.mark.parametrize("message_type", TYPES)
class TestTheValidExample:
    def test_is_accepted_at_the_door(self, message_type: str) -> None:
        body = (CONTRACTS / "examples" / f"{message_type}.json").read_bytes()

        message = parse(
            subject_of(message_type), body, now=EXAMPLES_READ_AT, digest_key=b"examples"
        )
        assert message.type == message_type

    def test_fits_its_schema(self, message_type: str) -> None:
        schema_of(message_type).validate(read(f"examples/{message_type}.json"))

    def test_fits_no_other_schema(self, message_type: str) -> None:
        for other in set(TYPES) - {message_type}:
            with pytest.raises(ValidationError):
                schema_of(other).validate(envelope_of(message_type))

    def test_does_not_fit_with_one_field_more(self, message_type: str) -> None:
        envelope = envelope_of(message_type)
        with pytest.raises(ValidationError):
            schema_of(message_type).validate(envelope | {"data": envelope["data"] | {"more": 1}})


@pytest.mark.parametrize("path", REFUSED)
class TestARefusedExample:
    def test_is_turned_away_for_the_reason_that_it_names(self, path: str) -> None:
        example = read(path)
        body = example["body"]
        text = body if isinstance(body, str) else json.dumps(body)
        with pytest.raises(Refusal) as caught:
            parse(example["subject"], text.encode(), now=EXAMPLES_READ_AT, digest_key=b"examples")

        assert (caught.value.code, str(caught.value)) == (example["code"], example["reason"])

    def test_does_not_fit_the_schema_unless_no_schema_could_say_so(self, path: str) -> None:
        is_fitting = schema_of("payment.received.v1").is_valid(read(path)["body"])

        assert is_fitting == any(name in path for name in BEYOND_A_SCHEMA)


def test_asyncapi_names_each_type_with_its_subject_and_schema() -> None:
    text = (CONTRACTS / "asyncapi.yaml").read_text("utf-8")

    for message_type in TYPES:
        suffix = message_type.replace(".", "-")
        kind = "config.{setting}" if message_type in CONFIGURATION_DATA_BY_TYPE else "order.{order}"
        assert f"address: checkout.{{shop}}.{kind}.{suffix}\n" in text
        assert f"$ref: ./schemas/{message_type}.json\n" in text
