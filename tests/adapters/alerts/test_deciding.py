"""When somebody is told of a cause: once it settled, once it is old, once it is over."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from adapters.alerts.deciding import SETTLE, Change, Decision, Episode, alert_id, decide
from adapters.shops.settings import ShopSettings
from domain.order.attention import AttentionKind
from projections.attention.causes import Cause

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
AGE = timedelta(hours=1)
SETTINGS = ShopSettings(grace_seconds=300, alert_age_seconds=3_600)
CAUSE = Cause(
    cause_id="0123456789",
    kind=AttentionKind.ACTION_UNFINISHED,
    code="http_503",
    stage="failed",
    action_kind="webhook",
    destination="crm.example.com",
    orders=3,
    actions=3,
    running=0,
    since=NOW,
    numbers=("1001", "1002", "1003"),
)
OTHER = replace(CAUSE, cause_id="aaaaaaaaaa", code="http_410")


class Shop:
    """What is decided look after look."""

    def __init__(self) -> None:
        self.last: dict[str, Episode] = {}
        self.told: list[tuple[str, int]] = []

    def look(self, now: datetime, *causes: Cause) -> Decision:
        decision = decide(causes, self.last, SETTINGS, now)
        self.last |= {episode.cause: episode for episode in decision.episodes}
        self.told += [(notice.change, notice.episode) for notice in decision.notices]
        return decision


def told_of(*looks: tuple[datetime, bool]) -> list[tuple[str, int]]:
    """Say what is told when the cause is there, or not, at these times."""
    shop = Shop()
    for now, is_there in looks:
        shop.look(now, *([CAUSE] if is_there else []))
    return shop.told


SETTLED = NOW + SETTLE
AWAY = SETTLED + timedelta(seconds=1)
OVER = AWAY + SETTINGS.grace + SETTLE


def test_a_cause_is_told_of_once_it_has_settled() -> None:
    assert told_of((NOW, True), (SETTLED - timedelta(microseconds=1), True)) == []
    assert told_of((NOW, True), (SETTLED, True), (AWAY, True)) == [("appeared", 1)]


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
    back = AWAY + SETTINGS.grace
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
    assert [notice.cause for notice in decision.notices] == [CAUSE.cause_id, OTHER.cause_id]
    assert {notice.change for notice in decision.notices} == {Change.APPEARED}


def test_nothing_is_written_while_nothing_changes() -> None:
    shop = Shop()
    shop.look(NOW, CAUSE)
    shop.look(SETTLED, CAUSE)
    assert shop.look(AWAY, CAUSE) == Decision(episodes=(), notices=())


def test_an_alert_is_named_by_what_it_tells_however_often_it_is_decided() -> None:
    shop = Shop()
    shop.look(NOW, CAUSE, OTHER)
    first = decide([CAUSE, OTHER], shop.last, SETTINGS, SETTLED).notices
    again = decide([OTHER, CAUSE], shop.last, SETTINGS, AWAY).notices
    assert alert_id(first) == alert_id(again)
    assert alert_id(first) != alert_id(first[:1])


def test_an_absence_counts_anew_each_time() -> None:
    back, gone = AWAY + timedelta(minutes=1), AWAY + timedelta(minutes=2)
    looks = [(NOW, True), (SETTLED, True), (AWAY, False), (back, True), (gone, False)]
    assert told_of(*looks, (OVER, False)) == [("appeared", 1)]
