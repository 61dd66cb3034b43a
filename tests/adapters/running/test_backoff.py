"""Waits that grow."""

from adapters.running.backoff import Backoff


def waits(backoff: Backoff, number: int) -> list[float]:
    return [backoff.next_seconds() for _ in range(number)]


def test_waits_begin_with_the_shortest_and_double_up_to_the_longest() -> None:
    assert waits(Backoff(1, 5), 5) == [1, 2, 4, 5, 5]


def test_once_it_went_well_they_begin_anew() -> None:
    backoff = Backoff(1, 5)
    waits(backoff, 3)
    backoff.reset()

    assert waits(backoff, 2) == [1, 2]


def test_a_wait_that_is_limited_further_is_what_the_next_one_grows_from() -> None:
    backoff = Backoff(1, 30)
    waits(backoff, 3)

    assert backoff.next_seconds(seconds_max=3) == 3
    assert backoff.next_seconds() == 6
