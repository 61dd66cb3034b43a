"""Money, times and numbers as the people of a shop read them, in either language."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from adapters.web.formats import Formats, formats_for
from adapters.web.words import LanguageTag
from domain.money import Money

HELSINKI = ZoneInfo("Europe/Helsinki")
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def formats(
    language: LanguageTag = LanguageTag.ENGLISH, country: str = "FI", now: datetime = NOW
) -> Formats:
    """Write for a reader, in Helsinki's zone."""
    return formats_for(language, country, HELSINKI, now)


def plain(text: str) -> str:
    """Read every kind of space as one."""
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("money", "written"),
    [
        (Money(123_450, "EUR"), "1 234,50 €"),
        (Money(-2_000, "EUR"), "\N{MINUS SIGN}20,00 €"),
        (Money(500, "JPY"), "500 JP¥"),
        (Money(125_050, "RSD"), "1 250,50 RSD"),
        (Money(1_500, "KWD"), "1,500 KWD"),
        (Money(15_000, "CLF"), "1,5000 CLF"),
        (Money(129_000, "SEK"), "1 290,00 SEK"),
    ],
)
def test_an_amount_has_the_digits_of_its_currency(money: Money, written: str) -> None:
    assert plain(formats().money(money)) == written


def test_an_amount_is_written_as_in_the_shops_country() -> None:
    assert formats(country="GB").money(Money(123_450, "GBP")) == "£1,234.50"
    assert plain(formats(LanguageTag.FINNISH).money(Money(500, "JPY"))) == "500 ¥"


def test_a_rate_is_written_with_its_fraction() -> None:
    assert plain(formats().percent(2_550)) == "25,5 %"
    assert plain(formats().percent(2_400)) == "24 %"


def test_an_exact_time_names_the_zone_and_never_halves_the_day() -> None:
    when = datetime(2026, 11, 23, 19, 46, 12, tzinfo=UTC)

    assert plain(formats().exact(when)) == "23 Nov 2026, 21.46.12 (Helsinki)"
    assert plain(formats(LanguageTag.FINNISH).exact(when)) == "23.11.2026 21.46.12 (Helsinki)"


@pytest.mark.parametrize(
    ("when", "clock"),
    [
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "2.59.00"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "4.00.00"),
        (datetime(2026, 10, 25, 0, 59, tzinfo=UTC), "3.59.00"),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "3.00.00"),
    ],
)
def test_the_nights_that_change_the_clocks_are_told_as_they_were(
    when: datetime, clock: str
) -> None:
    assert formats().clock(when) == clock


@pytest.mark.parametrize(
    ("passed", "english", "finnish"),
    [
        (timedelta(seconds=-5), "1 sec ago", "1 s sitten"),
        (timedelta(seconds=42), "42 sec ago", "42 s sitten"),
        (timedelta(minutes=14), "14 min ago", "14 min sitten"),
        (timedelta(hours=2), "2 hr ago", "2 t sitten"),
        (timedelta(hours=25), "Sun 9.00", "su 9.00"),
        (timedelta(days=8), "15 Nov 2026", "15.11.2026"),
        (timedelta(minutes=-5), "in 5 min", "5 min päästä"),
    ],
)
def test_a_time_is_told_as_seen_from_now(passed: timedelta, english: str, finnish: str) -> None:
    assert plain(formats().relative(NOW - passed)) == english
    assert plain(formats(LanguageTag.FINNISH).relative(NOW - passed)) == finnish


def test_a_day_is_the_shops_day() -> None:
    late = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)

    assert formats().day(late) == "23 Nov 2026"


def test_a_country_that_is_not_known_is_written_as_it_is() -> None:
    assert formats(LanguageTag.FINNISH).country("SE") == "Ruotsi"
    assert formats().country("QQ") == "QQ"
    assert formats(country="QQ").locale.language == "en"
