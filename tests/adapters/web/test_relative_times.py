"""Times as seen from now: what a page says of a clock that differs from ours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from adapters.web.formats import formats_for
from adapters.web.words import LanguageTag

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
FORMATS = formats_for(LanguageTag.ENGLISH, "FI", ZoneInfo("Europe/Helsinki"), NOW)


def test_what_a_clock_a_little_ahead_calls_soon_is_now() -> None:
    assert FORMATS.relative(NOW + timedelta(seconds=3)) == FORMATS.relative(NOW)


def test_what_is_to_come_is_told() -> None:
    assert FORMATS.relative(NOW + timedelta(minutes=5)) == "in 5 min"
