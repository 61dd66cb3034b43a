"""The storage format: one stored example per event name and version, readable for ever.

An event that gains a field gets a further file, `<Name>.v2.json`; files are never edited.
"""

from pathlib import Path

import msgspec
import pytest

from domain.catalogue import EVENT_TYPES, name_of

GOLDEN = Path(__file__).parent.parent / "golden"
FILES = sorted(GOLDEN.glob("*.json"))


def name_and_version(file: Path) -> tuple[str, int]:
    name, version, _ = file.name.split(".")
    return name, int(version.removeprefix("v"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_stored_example_is_read_and_written_again_as_it_is(file: Path) -> None:
    name, _ = name_and_version(file)
    stored = file.read_bytes()
    event = msgspec.json.decode(stored, type=EVENT_TYPES[name])
    again = msgspec.json.encode(event, order="deterministic")
    assert msgspec.json.format(again, indent=2) + b"\n" == stored
    assert name_of(event) == name


def test_every_event_has_a_stored_example_and_no_other_has() -> None:
    assert {name for name, _ in map(name_and_version, FILES)} == set(EVENT_TYPES)


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_the_newest_example_shows_every_field(name: str) -> None:
    newest = max(
        (file for file in FILES if name_and_version(file)[0] == name), key=name_and_version
    )
    assert set(msgspec.json.decode(newest.read_bytes())) == set(
        EVENT_TYPES[name].__struct_encode_fields__
    )


def test_unknown_fields_of_an_event_are_read_over() -> None:
    stored = b'{"at":"2026-03-02T12:00:00Z","refund_id":"refund-1","of_a_later_release":1}'
    msgspec.json.decode(stored, type=EVENT_TYPES["RefundIssued"])
