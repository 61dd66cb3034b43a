"""Event ids: UUIDv7, in the order of their making."""

import time
from uuid import RFC_4122

import pytest

from adapters.postgres.event_ids import EventIds


def test_ids_are_uuid_version_7_of_now() -> None:
    event_id = EventIds()()
    assert (event_id.version, event_id.variant) == (7, RFC_4122)
    assert abs((event_id.int >> 80) - time.time_ns() // 1_000_000) < 10_000


def test_ids_keep_their_order_within_a_millisecond_and_when_the_clock_jumps_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    new_event_id = EventIds()
    made = [new_event_id() for _ in range(10_000)]
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    made += [new_event_id() for _ in range(10)]
    assert made == sorted(set(made))
