"""Who answers is asked more at once; who does not holds little of a worker."""

from adapters.running.windows import CALLS_FIRST, DESTINATIONS_MAX, QUICK_SECONDS, Windows

CALLS_MAX = 20
QUICKLY = 0.1
SLOWLY = QUICK_SECONDS + 1.0


def answered(windows: Windows, destination: str, times: int) -> None:
    for _ in range(times):
        windows.ended(destination, QUICKLY)


def test_a_destination_begins_with_a_few_calls() -> None:
    windows = Windows(CALLS_MAX)

    assert windows.first == CALLS_FIRST
    assert windows.room({"a": 3}) == {"a": CALLS_FIRST - 3}


def test_each_quick_answer_gives_room_for_one_more_call_up_to_the_limit() -> None:
    windows = Windows(CALLS_MAX)
    answered(windows, "a", 2)
    answered(windows, "b", 100)

    assert windows.room({"b": 5}) == {"a": CALLS_FIRST + 2, "b": CALLS_MAX - 5}


def test_a_slow_end_sets_its_destination_back_and_no_other() -> None:
    windows = Windows(CALLS_MAX)
    answered(windows, "a", 5)
    answered(windows, "b", 5)
    windows.ended("a", SLOWLY)

    assert windows.room({"a": 12, "b": 12}) == {"a": CALLS_FIRST - 12, "b": CALLS_FIRST + 5 - 12}


def test_a_limit_below_the_first_calls_holds_from_the_beginning() -> None:
    windows = Windows(2)
    answered(windows, "a", 3)

    assert (windows.first, windows.room({})) == (2, {"a": 2})


def test_not_more_destinations_are_known_than_the_limit_says() -> None:
    windows = Windows(CALLS_MAX)
    for number in range(DESTINATIONS_MAX + 1):
        windows.ended(str(number), QUICKLY)

    assert windows.room({}) == {str(DESTINATIONS_MAX): CALLS_FIRST + 1}
