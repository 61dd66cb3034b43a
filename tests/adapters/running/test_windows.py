"""Who answers is asked more at once; who does not holds little of a worker."""

from collections import Counter

import pytest

from adapters.running.windows import (
    CALLS_AFTER_SLOW,
    CALLS_FIRST,
    DESTINATIONS_MAX,
    QUICK_SECONDS,
    SHARE,
    Windows,
)

CALLS_MAX = 20
FREE = 1_000
QUICKLY = 0.1
SLOWLY = QUICK_SECONDS + 1.0


def windows_of(calls_max: int = CALLS_MAX, **fixed: int) -> Windows:
    return Windows(calls_max, fixed)


def answered(windows: Windows, destination: str, times: int) -> None:
    for _ in range(times):
        windows.ended(destination, QUICKLY)


def test_a_destination_begins_with_a_few_calls() -> None:
    room = windows_of().room({"a": 3}, FREE)

    assert (room.each, room.by_destination) == (CALLS_FIRST, {"a": CALLS_FIRST - 3})


def test_each_quick_answer_gives_room_for_one_more_call_up_to_the_limit() -> None:
    windows = windows_of()
    answered(windows, "a", 2)
    answered(windows, "b", 100)

    room = windows.room({"b": 5}, FREE)
    assert room.by_destination == {"a": CALLS_FIRST + 2, "b": CALLS_MAX - 5}


def test_after_a_slow_end_its_destination_and_no_other_gets_few() -> None:
    windows = windows_of()
    answered(windows, "a", 5)
    answered(windows, "b", 5)
    windows.ended("a", SLOWLY)
    windows.ended("new", SLOWLY)

    assert windows.room({"b": 12}, FREE).by_destination == {
        "a": CALLS_AFTER_SLOW,
        "b": CALLS_FIRST + 5 - 12,
        "new": CALLS_AFTER_SLOW,
    }


def test_a_limit_below_the_first_calls_holds_from_the_beginning() -> None:
    windows = windows_of(1)
    answered(windows, "a", 3)
    windows.ended("b", SLOWLY)

    room = windows.room({}, FREE)
    assert (room.each, room.by_destination) == (1, {"a": 1, "b": 1})


def test_what_the_operator_runs_gets_its_own_number_however_quick_or_slow_it_is() -> None:
    windows = windows_of(smtp=6)
    assert windows.room({}, FREE).by_destination == {"smtp": 6}
    answered(windows, "smtp", 30)
    windows.ended("smtp", SLOWLY)

    assert windows.room({"smtp": 2}, FREE).by_destination == {"smtp": 4}


def test_no_destination_gets_more_than_a_quarter_of_what_is_free() -> None:
    windows = windows_of(calls_max=500)
    answered(windows, "a", 500)

    room = windows.room({"b": 1}, 4 * SHARE)
    assert (room.each, room.by_destination) == (4, {"a": 4, "b": 3})


@pytest.mark.parametrize(("free", "overall"), [(0, 0), (1, 1), (2, 1), (7, 6), (1_000, 750)])
def test_every_look_leaves_a_quarter_of_what_is_free(free: int, overall: int) -> None:
    assert windows_of().room({}, free).overall == overall


def test_a_hundred_destinations_that_hang_leave_room_for_another() -> None:
    windows, busy, free = windows_of(calls_max=256), Counter[str](), FREE
    hanging = [f"h{number}" for number in range(100)]
    for _ in range(100):
        room = windows.room(busy, free)
        left = room.overall
        for name in hanging:
            taken = max(0, min(left, room.by_destination.get(name, room.each)))
            busy[name] += taken
            left -= taken
        free = FREE - busy.total()

    assert set(busy) == {*hanging}
    room = windows.room(busy, free)
    assert min(room.overall, room.each) >= CALLS_FIRST


def test_not_more_destinations_are_known_than_the_limit_says() -> None:
    windows = windows_of()
    for number in range(DESTINATIONS_MAX + 1):
        windows.ended(str(number), QUICKLY)

    assert windows.room({}, FREE).by_destination == {str(DESTINATIONS_MAX): CALLS_FIRST + 1}
