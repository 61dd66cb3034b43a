"""`orders refund` and `refunds`: what a person sees before money moves, and what is owed."""

import asyncio
import threading
from collections.abc import Callable

import pytest

from adapters.bootstrap import open_parts
from adapters.cli.exits import ExitCode
from adapters.commands.refund_options import RefundLineOptions, RefundOptions
from adapters.commands.requests import OrderRequester
from adapters.postgres.secrets import PAYTRAIL_ACCOUNT, PAYTRAIL_SECRET
from adapters.settings import Settings
from domain.identifiers import LineId
from tests.adapters.cli.conftest import Ask, follow
from tests.adapters.cli.test_order_commands import Terminal, head_of
from tests.stories import COURSE_ID, OPENED_ID, SHOP

Type = Callable[[str], None]

pytestmark = pytest.mark.usefixtures("two_orders")
BY = ("--by", "laura")


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Type:
    """Sit at a terminal and type."""
    return lambda words: monkeypatch.setattr("sys.stdin", Terminal(words))


def configure_paytrail(settings: Settings) -> None:
    async def configure() -> None:
        async with open_parts(settings) as parts:
            for name in (PAYTRAIL_ACCOUNT, PAYTRAIL_SECRET):
                await parts.secrets.set(SHOP, name, "made-up")

    asyncio.run(configure())


class Hesitant(Terminal):
    """Somebody who says yes, but not before a colleague has refunded."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings

    def readline(self, *_: object) -> str:  # type: ignore[override] # as StringIO has it
        colleague = threading.Thread(target=lambda: asyncio.run(self._refund()))
        colleague.start()
        colleague.join()
        return "y\n"

    async def _refund(self) -> None:
        line = RefundLineOptions(line_id=LineId("lesson"), amount=1_000)
        by = OrderRequester(shop=SHOP, order_id=COURSE_ID, by="mikko", key="colleague")
        async with open_parts(self.settings) as parts:
            await parts.operations.refund(by, RefundOptions(lines=(line,)))


def refund_id_in(out: str) -> str:
    words = out.split()
    return words[words.index("Refund") + 1]


class TestPreview:
    def test_shows_everything_that_can_be_refunded_and_records_nothing(
        self, ask: Ask, settings: Settings
    ) -> None:
        head = head_of(settings)

        answer = ask("orders", "refund", "1001", "--preview")

        assert answer.exit_code == ExitCode.OK, answer.err
        rows = [row.split() for row in answer.out.splitlines()]
        assert answer.out.startswith("Order 1001, Aino Virtanen <Aino.Virtanen@example.com>\n")
        assert rows[3][:5] == ["course", "Piano", "course", "180.00", "EUR"]
        assert "At most 270.00 EUR can be returned altogether." in answer.out
        assert "→ 270.00 EUR to pay-2 (Paytrail bank osuuspankki)" in answer.out
        assert "the shop has not set Paytrail's credentials" in answer.out
        assert head_of(settings) == head

    def test_of_one_line_says_how_its_money_would_go_back(
        self, ask: Ask, settings: Settings
    ) -> None:
        configure_paytrail(settings)

        answer = ask("orders", "refund", "1001", "--line", "lesson=25,50", "--preview")

        assert "25.50 EUR goes back by itself." in answer.out
        assert "5.18 EUR (25.5 %)" in answer.out

    def test_is_a_document_for_programs(self, ask: Ask) -> None:
        document = ask("orders", "refund", "1001", "--all", "--preview", "--json").json

        assert document["amount"] == {"amount": 27_000, "currency": "EUR"}
        assert document["number"] == "1001"


class TestRefund:
    def test_of_a_line_says_what_was_recorded_and_what_a_person_must_do(self, ask: Ask) -> None:
        answer = ask("orders", "refund", "1001", "--line", "lesson=70", *BY)

        assert answer.exit_code == ExitCode.OK, answer.err
        assert "of 70.00 EUR requested by laura (by hand at Paytrail)" in answer.out
        assert "▲ 70.00 EUR: No money moves by itself:" in answer.out
        assert "Partially refunded" in ask("orders", "show", "1001").out

    def test_of_everything_takes_whatever_is_left(self, ask: Ask) -> None:
        answer = ask("orders", "refund", "1001", "--all", "--reason", "Called")

        assert "of 270.00 EUR" in answer.out
        shown = ask("orders", "show", "1001").out
        assert "270.00 EUR owed" in shown
        assert "Reason: Called" in shown

    def test_that_is_recorded_only_returns_nothing(self, ask: Ask) -> None:
        answer = ask("orders", "refund", "1001", "--line", "lesson=70", "--record-only")

        assert "▲ 70.00 EUR is recorded as refunded in the order's data only" in answer.out
        assert "70.00 EUR recorded only" in ask("orders", "show", "1001").out

    def test_with_access_removal_names_the_line(self, ask: Ask) -> None:
        answer = ask(
            "orders", "refund", "1001", "--line", "course=180", "--remove-access", "course", "--yes"
        )
        assert answer.exit_code == ExitCode.OK, answer.err
        assert "Course access: run 1 called off" in answer.out

    def test_on_a_terminal_shows_what_it_comes_to_and_asks(
        self, ask: Ask, settings: Settings, types: Type
    ) -> None:
        head = head_of(settings)
        types("\n")
        refused = ask("orders", "refund", "1001", "--line", "lesson=70")

        assert refused.exit_code == ExitCode.REFUSED
        assert "70.00 EUR must be paid back by hand: no money moves by itself." in refused.out
        assert (
            "Refund 70.00 EUR (Order 1001, Aino Virtanen <Aino.Virtanen@example.com>)? [y/N]"
            in refused.err
        )
        assert "nothing was recorded, and no money moves" in refused.err
        assert head_of(settings) == head

        types("y\n")
        assert (
            "of 70.00 EUR requested" in ask("orders", "refund", "1001", "--line", "lesson=70").out
        )

    def test_on_a_terminal_repeats_what_was_seen(
        self, ask: Ask, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sys.stdin", Hesitant(settings))

        refused = ask("orders", "refund", "1001", "--line", "lesson=70")

        assert refused.exit_code == ExitCode.REFUSED
        assert "(refundable_changed)" in refused.err
        assert "Somebody refunded it meanwhile. Look again: --preview." in refused.err

    def test_under_the_same_key_refunds_once(self, ask: Ask) -> None:
        words = ("orders", "refund", "1001", "--all", "--idempotency-key", "k-1", *BY)
        first, again = ask(*words), ask(*words)

        assert again.exit_code == ExitCode.OK, again.err
        assert again.out.startswith("Known already: recorded by laura")
        assert refund_id_in(first.out) in again.out

    def test_tried_dry_records_nothing(self, ask: Ask, settings: Settings) -> None:
        head = head_of(settings)

        answer = ask("orders", "refund", "1001", "--all", "--dry-run")

        assert answer.out.startswith("Would be recorded:\n  Refund of 270.00 EUR")
        assert (
            "\nThe customer is sent a credit note by email once the refund counts.\n" in answer.out
        )
        assert head_of(settings) == head

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            ((), "say what to refund: --line LINE=AMOUNT or --all"),
            (("--all", "--line", "book=1"), "--all and --line ask for two different refunds"),
            (("--line", "book"), "--line book: say how much of it"),
            (("--line", "book=1.000,00"), "--line book: '1.000,00' is not an amount in EUR"),
            (("--excess", "1e3"), "--excess: '1e3' is not an amount in EUR"),
            (
                ("--line", "book=1", "--remove-access", "course"),
                "--remove-access course: the refund does not name this line",
            ),
            (("--all", "--reason", "x" * 501), "that cannot be asked for"),
        ],
    )
    def test_that_makes_no_sense_is_told_what_to_say(
        self, ask: Ask, words: tuple[str, ...], says: str
    ) -> None:
        answer = ask("orders", "refund", "1001", *words)

        assert answer.exit_code == ExitCode.USAGE
        assert says in answer.err

    @pytest.mark.parametrize(
        ("words", "code", "advice"),
        [
            (("--line", "book=26"), "amount_out_of_range", "--preview"),
            (("--line", "lesson=99999"), "amount_out_of_range", "by 0.01 EUR to 70.00 EUR, not"),
            (("--excess", "1"), "over_excess", "How much is above the total: --preview."),
            (
                ("--line", "course=1", "--remove-access", "course"),
                "line_not_refunded_in_full",
                "Leave --remove-access out",
            ),
            (("--remove-offer-access",), "no_offer_access", "Leave --remove-offer-access out."),
        ],
    )
    def test_that_is_refused_says_what_to_do(
        self, ask: Ask, words: tuple[str, ...], code: str, advice: str
    ) -> None:
        answer = ask("orders", "refund", "1001", *words)

        assert answer.exit_code == ExitCode.REFUSED
        assert f"({code})" in answer.err
        assert advice in answer.err

    def test_of_an_order_without_a_billing_form_is_refused(self, ask: Ask) -> None:
        answer = ask("orders", "refund", str(OPENED_ID), "--preview")

        assert answer.exit_code == ExitCode.REFUSED
        assert "(order_not_placed)" in answer.err


class TestOpen:
    def test_what_is_owed_says_to_whom_how_much_where_and_how(
        self, ask: Ask, settings: Settings
    ) -> None:
        refund_id = refund_id_in(ask("orders", "refund", "1001", "--line", "lesson=70").out)
        asyncio.run(follow(settings))

        owed = ask("refunds", "owed")

        assert owed.exit_code == ExitCode.OK, owed.err
        assert "1001  Aino.Virtanen@example.com" in owed.out
        assert f"{refund_id}: 70.00 EUR owed, Paytrail bank (tx-2), since just now" in owed.out
        assert "Pay it back in Paytrail's own service, then confirm it." in owed.out
        assert "70.00 EUR in 1 order" in owed.out

        confirmed = ask("refunds", "confirm", "1001", refund_id, "--reference", "P-7", *BY)
        asyncio.run(follow(settings))

        assert "is back, as laura confirmed" in confirmed.out
        assert ask("refunds", "owed").out == "No money is open.\n"
        assert "Paid back by hand, as laura confirmed." in ask("orders", "show", "1001").out

    def test_what_a_provider_returned_by_itself_is_listed_and_allocated(
        self, ask: Ask, settings: Settings
    ) -> None:
        listed = ask("refunds", "list", "--state", "unallocated")
        assert "external-1: 5.00 EUR unallocated, Paytrail bank (tx-2)" in listed.out
        assert "Say what it was for: allocate it." in listed.out

        answer = ask("refunds", "allocate", "1001", "external-1", "--line", "book=5", *BY)
        asyncio.run(follow(settings))

        assert answer.exit_code == ExitCode.OK, answer.err
        assert "5.00 EUR of Paytrail payment pay-2: allocated by laura" in answer.out
        assert ask("refunds", "list").out == "No money is open.\n"

    def test_what_a_provider_returned_by_itself_is_the_money_of_a_refund(
        self, ask: Ask, settings: Settings
    ) -> None:
        refund_id = refund_id_in(ask("orders", "refund", "1001", "--line", "book=5", *BY).out)

        answer = ask("refunds", "allocate", "1001", "external-1", "--refund", refund_id, *BY)
        asyncio.run(follow(settings))

        assert f"Refund {refund_id}: 5.00 EUR of Paytrail payment pay-2 is back" in answer.out
        assert ask("refunds", "list").out == "No money is open.\n"

    def test_what_is_paid_back_by_hand_asks_no_provider(self, ask: Ask) -> None:
        wish = ("orders", "refund", "1001", "--line", "book=5", "--by-hand")
        shown = ask(*wish, "--preview")
        assert "Paytrail is not asked, as you wish." in shown.out
        both = ask(*wish, "--record-only", "--yes", *BY)
        assert both.exit_code == ExitCode.REFUSED
        assert "(nothing_by_hand)" in both.err

    def test_what_is_recorded_only_afterwards_is_the_money_that_went_back(self, ask: Ask) -> None:
        wish = ("orders", "refund", "1001", "--line", "book=5", "--record-only")
        preview = ask(*wish, "--preview")
        assert "▲ Went back already: Paytrail returned it by itself as external-1" in preview.out
        assert "5.00 EUR is recorded as refunded; 5.00 EUR of it went back already." in preview.out

        answer = ask(*wish, "--yes", *BY)
        assert "▲ 5.00 EUR went back already, as external-1; it is counted once." in answer.out
        assert "no money is returned" not in answer.out

    def test_pages_go_on_where_the_one_before_ended(self, ask: Ask) -> None:
        page = ask("refunds", "list", "--limit", "1", "--json").json
        assert page["next_cursor"] is None
        unknown = ask("refunds", "list", "--cursor", "x")
        assert unknown.exit_code == ExitCode.REFUSED
        assert "(unknown_cursor)" in unknown.err

    def test_a_second_confirmation_is_told_that_it_changes_nothing(self, ask: Ask) -> None:
        refund_id = refund_id_in(ask("orders", "refund", "1001", "--line", "lesson=70").out)
        confirm = ("refunds", "confirm", "1001", refund_id, *BY)
        ask(*confirm)

        assert ask(*confirm).out == "Confirmed already; nothing new.\n"

    def test_what_is_owed_cannot_be_denied(self, ask: Ask) -> None:
        refund_id = refund_id_in(ask("orders", "refund", "1001", "--line", "lesson=70").out)

        answer = ask("refunds", "confirm", "1001", refund_id, "--not-paid")

        assert answer.exit_code == ExitCode.REFUSED
        assert "is owed: there is nothing to deny. (nothing_to_deny)" in answer.err

    @pytest.mark.parametrize(
        "words",
        [
            ("orders", "refund", "1001", "--line", "gone=1"),
            ("orders", "refund", "1001", "--line", "gone=1", "--preview"),
            ("refunds", "allocate", "1001", "external-1", "--line", "gone=1"),
            ("refunds", "allocate", "1001", "gone"),
            ("refunds", "confirm", "1001", "gone"),
            ("refunds", "credit-note", "1001", "gone", "--html"),
        ],
    )
    def test_what_is_named_and_does_not_exist_is_not_found(
        self, ask: Ask, words: tuple[str, ...]
    ) -> None:
        answer = ask(*words)

        assert answer.exit_code == ExitCode.NOT_FOUND, answer.err
        assert "'gone'" in answer.err
        assert "1001" in answer.err

    @pytest.mark.parametrize(
        ("words", "exit_code", "says"),
        [
            (("r-0", "--transfer", "r-0/1"), ExitCode.NOT_FOUND, "orders show 1001` tells them."),
            (("refund-1",), ExitCode.REFUSED, "(nothing_owed)"),
            (("refund-1", "--not-paid"), ExitCode.REFUSED, "(transfer_not_unresolved)"),
            (("refund-1", "--reference", "x" * 201), ExitCode.USAGE, "that cannot be confirmed"),
        ],
    )
    def test_a_confirmation_that_cannot_be_says_what_to_do(
        self, ask: Ask, words: tuple[str, ...], exit_code: ExitCode, says: str
    ) -> None:
        answer = ask("refunds", "confirm", "1001", *words)

        assert answer.exit_code == exit_code
        assert says in answer.err
