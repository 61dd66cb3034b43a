"""`orders complete`, `rerun`, `removed-by-hand`, `note`: what people want, from a terminal."""

import asyncio
import getpass
import io
from uuid import UUID

import pytest
from msgspec.structs import replace

from adapters.bootstrap import open_parts
from adapters.cli.exits import ExitCode
from adapters.settings import Settings
from domain.identifiers import OrderId
from tests.adapters.cli.conftest import Ask, follow
from tests.stories import COURSE_ID, OPENED_ID, PLACED, SECRET, Story, started

NEW_STATUS = "Marked as completed"

pytestmark = pytest.mark.usefixtures("two_orders")


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


def head_of(settings: Settings) -> int:
    async def head() -> int:
        async with open_parts(settings) as parts:
            return await parts.journal.head()

    return asyncio.run(head())


class TestComplete:
    def test_says_what_was_recorded_and_what_fires(self, ask: Ask) -> None:
        answer = ask("orders", "complete", "1001", "--by", "laura")

        assert answer.exit_code == ExitCode.OK, answer.err
        assert "Marked as completed by laura" in answer.out
        assert "Receipt (receipt email, run 2) → Aino.Virtanen@example.com" in answer.out
        assert (
            "Course access (kajabi grant, run 2) → Aino.Virtanen@example.com at school.example.com"
        ) in answer.out
        assert "▲ Receipt succeeded before; its effect happens again." in answer.out
        assert SECRET not in answer.out
        assert NEW_STATUS in ask("orders", "show", "1001").out

    def test_without_running_fires_nothing(self, ask: Ask) -> None:
        answer = ask("orders", "complete", "1001", "--no-run-actions")

        assert answer.exit_code == ExitCode.OK, answer.err
        assert "Fires:" not in answer.out
        assert "▲ Nothing fires." in answer.out

    def test_restores_what_was_refunded(self, ask: Ask) -> None:
        answer = ask("orders", "complete", "1001", "--restore-refunded-data")

        assert "▲ The order's total becomes 300.00 EUR again (now 275.00 EUR)." in answer.out
        shown = ask("orders", "show", "1001", "--json").json["general"]
        assert isinstance(shown, dict)
        assert shown["total"] == {"amount": 30_000, "currency": "EUR"}

    def test_tried_dry_records_nothing(self, ask: Ask, settings: Settings) -> None:
        head = head_of(settings)

        answer = ask("orders", "complete", "1001", "--dry-run")

        assert answer.exit_code == ExitCode.OK, answer.err
        assert answer.out.startswith("Would be recorded:")
        assert "Would fire:" in answer.out
        assert "      Offer name: " in answer.out
        assert "https://school.example.com/•••" in answer.out
        assert SECRET not in answer.out
        assert head_of(settings) == head

    def test_on_a_terminal_asks_before_what_succeeded_happens_again(
        self, ask: Ask, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        head = head_of(settings)
        monkeypatch.setattr("sys.stdin", Terminal("\n"))
        refused = ask("orders", "complete", "1001")

        assert refused.exit_code == ExitCode.REFUSED
        assert "1 of 3 that fire succeeded before. Go on? [y/N]" in refused.err
        assert head_of(settings) == head
        monkeypatch.setattr("sys.stdin", Terminal("y\n"))
        assert "Fires:" in ask("orders", "complete", "1001").out
        monkeypatch.setattr("sys.stdin", Terminal(""))
        assert "Fires:" in ask("orders", "complete", "1001", "--yes").out

    def test_on_a_terminal_asks_with_every_caution_before_the_question(
        self, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tried = ask("orders", "complete", "1001", "--dry-run", "--restore-refunded-data")
        cautions = [line for line in tried.out.splitlines() if line.startswith("▲")]
        monkeypatch.setattr("sys.stdin", Terminal("n\n"))
        refused = ask("orders", "complete", "1001", "--restore-refunded-data").err.splitlines()

        assert "Money that was paid back stays paid back" in cautions[0]
        assert refused[: len(cautions)] == cautions
        assert refused[len(cautions)].endswith("Go on? [y/N]")

    def test_on_a_terminal_asks_before_an_order_without_its_money_is_given_away(
        self, ask: Ask, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        order_id = OrderId(UUID(int=3_001))
        unpaid = (started(order_id), replace(PLACED, number="3001"))
        asyncio.run(follow(settings, Story(order_id=order_id, facts=unpaid)))
        monkeypatch.setattr("sys.stdin", Terminal("\n"))
        refused = ask("orders", "complete", "3001")

        assert refused.exit_code == ExitCode.REFUSED
        assert "▲ 0.00 EUR of 300.00 EUR was received" in refused.err
        assert "\nGo on? [y/N]\n" in refused.err
        assert "`--no-run-actions` completes it and fires nothing." in refused.err

    def test_on_a_terminal_asks_before_refunded_data_is_restored_though_nothing_fires(
        self, ask: Ask, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        head = head_of(settings)
        wish = ("orders", "complete", "1001", "--no-run-actions", "--restore-refunded-data")
        monkeypatch.setattr("sys.stdin", Terminal("\n"))
        refused = ask(*wish)

        assert refused.exit_code == ExitCode.REFUSED
        assert "▲ The order's total becomes 300.00 EUR again" in refused.err
        assert "Without `--restore-refunded-data`" in refused.err
        assert head_of(settings) == head
        monkeypatch.setattr("sys.stdin", Terminal("y\n"))
        assert ask(*wish).exit_code == ExitCode.OK

    def test_on_a_terminal_asks_nothing_where_nothing_happens_again(
        self, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.stdin", Terminal(""))

        assert ask("orders", "complete", "1001", "--no-run-actions").exit_code == ExitCode.OK

    def test_of_an_order_without_a_billing_form_says_what_is_missing(self, ask: Ask) -> None:
        answer = ask("orders", "complete", str(OPENED_ID))

        assert answer.exit_code == ExitCode.REFUSED
        assert "it has no billing form yet. (order_not_placed)" in answer.err
        assert "there is nothing to complete" in answer.err


class TestRerun:
    def test_of_what_failed_begins_a_new_run(self, ask: Ask) -> None:
        answer = ask("orders", "rerun", "1001", "grant")

        assert answer.exit_code == ExitCode.OK, answer.err
        assert "Course access: run 2 requested (rerun)" in answer.out

    def test_of_what_succeeded_asks_for_a_confirmation(self, ask: Ask) -> None:
        refused = ask("orders", "rerun", "1001", "receipt")
        confirmed = ask("orders", "rerun", "1001", "receipt", "--confirm")

        assert refused.exit_code == ExitCode.REFUSED
        assert "(confirmation_needed)" in refused.err
        assert "If that is wanted: --confirm." in refused.err
        assert refused.out == ""
        assert confirmed.exit_code == ExitCode.OK, confirmed.err

    def test_that_is_refused_is_a_document_for_programs(self, ask: Ask) -> None:
        refused = ask("orders", "rerun", "1001", "receipt", "--json")

        assert refused.exit_code == ExitCode.REFUSED
        assert refused.json == {
            "title": "Refused",
            "code": "confirmation_needed",
            "detail": "Action 'receipt' succeeded; to run it again must be confirmed.",
            "advice": "Its effect happens again. If that is wanted: --confirm.",
        }
        missing = ask("orders", "rerun", "1001", "no-such", "--json").json
        assert (missing["title"], missing["code"]) == ("Not found", "not_found")

    def test_with_settings_that_nobody_published_says_what_to_do(self, ask: Ask) -> None:
        answer = ask("orders", "rerun", "1001", "grant", "--use-latest-configuration")

        assert answer.exit_code == ExitCode.REFUSED
        assert "Leave --use-latest-configuration out, or publish" in answer.err

    def test_of_an_action_that_there_is_not_says_where_they_are(self, ask: Ask) -> None:
        answer = ask("orders", "rerun", "1001", "no-such")

        assert answer.exit_code == ExitCode.NOT_FOUND
        assert "`order-ledger orders show 1001` tells them." in answer.err

    def test_of_an_order_that_there_is_not_says_how_to_find_one(self, ask: Ask) -> None:
        stranger = str(COURSE_ID).replace("3e9", "abc")
        for named in ("9999", stranger):
            answer = ask("orders", "rerun", named, "receipt")

            assert answer.exit_code == ExitCode.NOT_FOUND
            assert "orders list" in answer.err


class TestRemovedByHand:
    def test_is_refused_where_no_removal_failed_with_what_to_look_at(self, ask: Ask) -> None:
        answer = ask("orders", "removed-by-hand", "1001", "receipt")

        assert answer.exit_code == ExitCode.REFUSED
        assert "no access removal that failed" in answer.err
        assert "`orders show` tells the id and status of each action." in answer.err

    def test_of_an_unknown_action_says_where_ids_are_told(self, ask: Ask) -> None:
        answer = ask("orders", "removed-by-hand", "1001", "no-such")

        assert answer.exit_code == ExitCode.NOT_FOUND
        assert "orders show 1001" in answer.err


class TestNote:
    def test_is_an_argument_or_comes_from_stdin(
        self, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        ask("orders", "note", "1001", "Aino has called.")
        monkeypatch.setattr("sys.stdin", io.StringIO("She is happy now.\n"))
        ask("orders", "note", "1001")

        shown = ask("orders", "show", "1001", "--json").json["notes"]
        assert isinstance(shown, list)
        assert [note["text"] for note in shown][1:] == ["Aino has called.", "She is happy now."]

    @pytest.mark.parametrize("text", ["\x1b[2J", "a" * 4_001])
    def test_what_is_no_writing_is_refused(self, ask: Ask, text: str) -> None:
        answer = ask("orders", "note", "1001", text)

        assert answer.exit_code == ExitCode.USAGE
        assert "4,000 characters" in answer.err

    def test_without_words_is_a_wrong_use(self, ask: Ask) -> None:
        answer = ask("orders", "note", "1001", " ")

        assert answer.exit_code == ExitCode.USAGE
        assert "Say something: `orders note 1001 TEXT`." in answer.err


class TestWhoAndOnce:
    def test_the_login_name_stands_in_the_history(self, ask: Ask) -> None:
        ask("orders", "complete", "1001")

        assert f"Operator {getpass.getuser()}" in ask("orders", "history", "1001").out

    def test_the_same_key_does_nothing_new_and_answers_the_same(
        self, ask: Ask, settings: Settings
    ) -> None:
        wish = ("orders", "rerun", "1001", "grant", "--idempotency-key", "k-1", "--json")
        first = ask(*wish)
        head = head_of(settings)

        again = ask(*wish)
        other = ask(*wish, "--confirm")

        assert again.json == first.json | {"is_repeat": True}
        assert head_of(settings) == head
        told = ask(*wish[:-1]).out
        assert told.startswith(f"Known already: recorded by {getpass.getuser()}, ")
        assert "nothing new fires" in told
        assert "Fired then:" in told
        assert other.exit_code == ExitCode.REFUSED
        assert "(idempotency_key_reused)" in other.err

    def test_without_a_key_a_second_wish_is_a_second_run(self, ask: Ask) -> None:
        for run in (2, 3):
            assert f"run {run} requested" in ask("orders", "rerun", "1001", "grant").out
