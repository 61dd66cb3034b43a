"""Wishes decided in turn, on a tiny till: it must be opened before money goes in."""

from datetime import UTC, datetime

from domain.rejection import Rejection
from processors.command_handler import Decider, Turn, decide_in_turn

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


class NotOpened(Rejection):
    code = "not_opened"
    is_early = True


class NotMoney(Rejection):
    code = "not_money"


Till = tuple[str, ...]


def decide(wish: str, till: Till) -> list[str]:
    if wish == "button":
        raise NotMoney
    if wish != "open" and "open" not in till:
        raise NotOpened
    if wish == "change" and "note" not in till:
        raise NotOpened
    return [] if wish in till else [wish]


def evolve(till: Till, fact: str, _: datetime) -> Till:
    return (*till, fact)


TILL = Decider(decide, evolve)


def in_turn(till: Till, *wishes: str) -> Turn[Till, str]:
    return decide_in_turn(TILL, till, wishes, NOW)


class TestDecidingInTurn:
    def test_each_wish_is_decided_on_what_the_one_before_it_left(self) -> None:
        turn = in_turn((), "open", "coin", "note")

        assert [list(accepted.facts) for accepted in turn.accepted] == [
            ["open"],
            ["coin"],
            ["note"],
        ]
        assert turn.state == ("open", "coin", "note")
        assert turn.refused == []

    def test_what_is_already_so_is_accepted_without_facts(self) -> None:
        turn = in_turn(("open", "coin"), "coin")

        assert [list(accepted.facts) for accepted in turn.accepted] == [[]]
        assert turn.state == ("open", "coin")

    def test_an_early_wish_is_accepted_after_the_one_that_it_waited_for(self) -> None:
        turn = in_turn((), "change", "coin", "note", "open")

        assert turn.state == ("open", "coin", "note", "change")
        assert [accepted.wish_index for accepted in turn.accepted] == [3, 1, 2, 0]
        assert turn.refused == []

    def test_an_early_wish_whose_fact_does_not_come_is_refused_once(self) -> None:
        turn = in_turn((), "coin")

        assert [(refused.wish_index, refused.rejection.code) for refused in turn.refused] == [
            (0, "not_opened")
        ]
        assert turn.state == ()

    def test_a_wish_that_can_never_succeed_leaves_the_others_alone(self) -> None:
        turn = in_turn((), "open", "button", "coin")

        assert turn.state == ("open", "coin")
        assert [(refused.wish_index, refused.rejection.code) for refused in turn.refused] == [
            (1, "not_money")
        ]

    def test_nothing_asked_is_nothing_done(self) -> None:
        assert in_turn(("open",)) == (("open",), [], [])
