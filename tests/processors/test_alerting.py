"""When somebody is told of a cause: once it settled, once it is old, once it is over."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from processors.alerting import GATHER, SETTLE, Look, notices_of
from processors.episodes import Change, Decision, Episode, SeenCause, Subject, alert_id

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
AGE = timedelta(hours=1)
GRACE = timedelta(minutes=5)
CAUSE = SeenCause(
    cause="0123456789",
    subject=Subject(
        kind="action_unfinished",
        action_kind="webhook",
        error="http_503",
        destination="crm.example.com",
    ),
    since=NOW - timedelta(days=2),
    orders=3,
    numbers=("1001", "1002", "1003"),
)
OTHER = replace(CAUSE, cause="aaaaaaaaaa", subject=replace(CAUSE.subject, error="http_410"))


class Shop:
    """What is decided look after look."""

    def __init__(self) -> None:
        self.last: dict[str, Episode] = {}
        self.told: list[tuple[str, int]] = []
        self.told_at: datetime | None = None

    def look(self, now: datetime, *causes: SeenCause) -> Decision:
        decision = self.decided(now, *causes)
        self.last |= {episode.cause: episode for episode in decision.episodes}
        self.told += [(notice.change, notice.episode) for notice in decision.notices]
        self.told_at = now if decision.notices else self.told_at
        return decision

    def decided(self, now: datetime, *causes: SeenCause) -> Decision:
        look = Look(now=now, grace=GRACE, alert_age=AGE, told_at=self.told_at)
        return notices_of(causes, self.last, look)


def told_of(*looks: tuple[datetime, bool]) -> list[tuple[str, int]]:
    """Say what is told when the cause is there, or not, at these times."""
    shop = Shop()
    for now, is_there in looks:
        shop.look(now, *([CAUSE] if is_there else []))
    return shop.told


SETTLED = NOW + SETTLE
AWAY = SETTLED + timedelta(seconds=1)
OVER = AWAY + GRACE + SETTLE


def test_a_cause_is_told_of_once_it_has_settled() -> None:
    assert told_of((NOW, True), (SETTLED - timedelta(microseconds=1), True)) == []
    assert told_of((NOW, True), (SETTLED, True), (AWAY, True)) == [("appeared", 1)]


def test_a_cause_is_dated_by_when_it_began_to_ask_not_by_when_it_was_first_seen() -> None:
    shop = Shop()
    shop.look(NOW, CAUSE)
    [appeared] = shop.look(SETTLED, CAUSE).notices
    shop.look(AWAY, replace(CAUSE, since=AWAY))
    shop.look(AWAY)
    [recovered] = shop.look(SETTLED + GATHER + GRACE).notices
    assert appeared.since == recovered.since == CAUSE.since
    assert appeared.appeared_at == recovered.appeared_at == NOW


def test_a_cause_that_went_before_it_settled_is_never_told_of() -> None:
    assert told_of((NOW, True), (AWAY, False), (OVER, False), (OVER + AGE, False)) == []


def test_a_cause_that_stands_for_long_is_told_of_once_more() -> None:
    looks = [(NOW, True), (SETTLED, True), (NOW + AGE, True), (NOW + 3 * AGE, True)]
    assert told_of(*looks) == [("appeared", 1), ("aged", 1)]


def test_the_end_of_a_cause_is_told_when_it_stays_away_for_longer_than_the_grace() -> None:
    before = OVER - timedelta(microseconds=1)
    looks = [(NOW, True), (SETTLED, True), (AWAY, False), (before, False)]
    assert told_of(*looks) == [("appeared", 1)]
    assert told_of(*looks, (OVER, False), (OVER + AGE, False)) == [
        ("appeared", 1),
        ("recovered", 1),
    ]


def test_a_re_run_that_fails_again_within_its_grace_is_the_same_episode() -> None:
    back = AWAY + GRACE
    looks = [(NOW, True), (SETTLED, True), (AWAY, False), (back, True), (OVER, True)]
    assert told_of(*looks) == [("appeared", 1)]


def test_a_cause_that_comes_again_is_told_of_anew() -> None:
    looks = [(NOW, True), (SETTLED, True), (AWAY, False), (OVER, False)]
    again = [(OVER + AGE, True), (OVER + AGE + SETTLE, True)]
    assert told_of(*looks, *again) == [("appeared", 1), ("recovered", 1), ("appeared", 2)]


def test_many_causes_at_once_are_told_together() -> None:
    shop = Shop()
    shop.look(NOW, CAUSE, OTHER)
    decision = shop.look(SETTLED, CAUSE, OTHER)
    assert [notice.cause for notice in decision.notices] == [CAUSE.cause, OTHER.cause]
    assert {notice.change for notice in decision.notices} == {Change.APPEARED}


def test_nothing_is_written_while_nothing_changes() -> None:
    shop = Shop()
    shop.look(NOW, CAUSE)
    shop.look(SETTLED, CAUSE)
    assert shop.look(AWAY, CAUSE) == Decision(episodes=(), notices=())


def test_an_alert_is_named_by_what_it_tells_however_often_it_is_decided() -> None:
    shop = Shop()
    shop.look(NOW, CAUSE, OTHER)
    first = shop.decided(SETTLED, CAUSE, OTHER).notices
    again = shop.decided(AWAY, OTHER, CAUSE).notices
    assert alert_id(first) == alert_id(again)
    assert alert_id(first) != alert_id(first[:1])


def test_an_absence_counts_anew_each_time() -> None:
    back, gone = AWAY + timedelta(minutes=1), AWAY + timedelta(minutes=2)
    looks = [(NOW, True), (SETTLED, True), (AWAY, False), (back, True), (gone, False)]
    assert told_of(*looks, (OVER, False)) == [("appeared", 1)]


def test_after_a_message_news_gather_and_are_told_together() -> None:
    shop = Shop()
    late = [replace(CAUSE, cause=f"{number:010d}") for number in range(60)]
    shop.look(NOW, CAUSE)
    assert shop.look(SETTLED, CAUSE).notices
    for number in range(1, len(late) + 1):
        now = SETTLED + number * timedelta(seconds=2)
        assert shop.look(now, CAUSE, *late[:number]).notices == ()
    just_before = SETTLED + GATHER - timedelta(microseconds=1)
    assert shop.look(just_before, CAUSE, *late).notices == ()
    told = shop.look(SETTLED + GATHER, CAUSE, *late).notices
    assert [notice.cause for notice in told] == [one.cause for one in late]


def test_a_recovery_waits_with_the_other_news() -> None:
    shop = Shop()
    shop.look(NOW, CAUSE)
    shop.look(SETTLED, CAUSE)
    shop.look(AWAY, OTHER)
    assert shop.look(SETTLED + GATHER, OTHER).notices[0].cause == OTHER.cause
    assert shop.look(OVER, OTHER).notices == ()
    [recovered] = shop.look(SETTLED + 2 * GATHER, OTHER).notices
    assert (recovered.change, recovered.cause) == (Change.RECOVERED, CAUSE.cause)


def test_a_cause_that_comes_back_while_news_gather_never_recovered() -> None:
    shop = Shop()
    shop.look(NOW, CAUSE)
    shop.look(SETTLED, CAUSE)
    shop.look(AWAY, OTHER)
    shop.look(SETTLED + GATHER, OTHER)
    shop.look(OVER, OTHER)
    shop.look(SETTLED + 2 * GATHER, CAUSE, OTHER)
    assert shop.told == [("appeared", 1), ("appeared", 1)]


def test_a_message_from_a_clock_that_is_far_ahead_holds_nothing_up() -> None:
    shop = Shop()
    shop.told_at = NOW + timedelta(days=30)
    shop.look(NOW, CAUSE)
    assert shop.look(SETTLED, CAUSE).notices
