"""Times as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from adapters.display.times import exact, relative

NOW = datetime(2026, 11, 23, 7, 46, 12, tzinfo=UTC)  # a Monday, 9.46.12 in Helsinki


def test_an_exact_time_is_the_merchants_and_names_the_zone() -> None:
    assert exact(NOW) == "23 Nov 2026, 9.46.12 (Helsinki)"


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(hours=24), "Yesterday 9.46"),
        (timedelta(days=2), "Sat 9.46"),
        (timedelta(days=6), "Tue 9.46"),
        (timedelta(days=7), "16 Nov 2026"),
        (timedelta(minutes=-5), "in 5 min"),
        (timedelta(hours=-3), "in 3 h"),
        (timedelta(days=-2), "25 Nov 2026"),
    ],
)
def test_a_time_is_told_as_seen_from_now(ago: timedelta, words: str) -> None:
    assert relative(NOW - ago, NOW) == words


@pytest.mark.parametrize(
    ("utc", "local"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29 Mar 2026, 2.59.00 (Helsinki)"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29 Mar 2026, 4.00.00 (Helsinki)"),
        (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), "25 Oct 2026, 3.59.00 (Helsinki)"),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "25 Oct 2026, 3.00.00 (Helsinki)"),
    ],
)
def test_both_nights_when_the_clock_moves_are_told_right(utc: datetime, local: str) -> None:
    assert exact(utc) == local


def test_yesterday_is_a_day_of_the_calendar_not_24_hours() -> None:
    morning = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)

    assert relative(morning - timedelta(hours=47), morning) == "Sat 9.00"
    assert relative(morning - timedelta(hours=25), morning) == "Yesterday 7.00"
