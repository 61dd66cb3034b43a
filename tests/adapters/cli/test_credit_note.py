"""`refunds credit-note`: the document on stdout, and what is said where there is none."""

import asyncio

import pytest

from adapters.bootstrap import open_parts
from adapters.cli.app import run
from adapters.cli.refund_wishes import as_seen
from adapters.commands.refund_options import RefundOptions, every_line
from adapters.credit_notes.numbering import CreditNotes, NumberWanted
from adapters.settings import Settings
from projections.order_view.refund_preview import refund_preview
from tests.adapters.cli.conftest import Ask
from tests.adapters.credit_notes.test_numbering import METADATA
from tests.examples import NOW, REFUND, paid, request_refund
from tests.spec import order_after
from tests.stories import COURSE, SHOP

pytestmark = pytest.mark.usefixtures("two_orders")


def number(settings: Settings) -> None:
    """Give the course order's refund its number."""

    async def take() -> None:
        async with open_parts(settings) as parts:
            wanted = NumberWanted(shop=SHOP, order_id=COURSE.order_id, refund_id=REFUND)
            await CreditNotes(parts).numbered(wanted, METADATA, NOW)

    asyncio.run(take())


def test_the_pdf_goes_to_stdout_as_it_is(
    settings: Settings, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    number(settings)
    run(("refunds", "credit-note", "1001", "refund-1"))

    pdf = capfdbinary.readouterr().out
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")


def test_the_page_can_be_had_instead(
    settings: Settings, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    number(settings)
    run(("refunds", "credit-note", "1001", "refund-1", "--html"))

    assert "Hyvityslasku 1" in capfdbinary.readouterr().out.decode()


def test_the_sheet_names_the_number(settings: Settings, ask: Ask) -> None:
    assert "Credit note" not in ask("orders", "show", "1001").out
    number(settings)

    assert "Credit note 1" in ask("orders", "show", "1001").out


def test_the_history_tells_of_the_number(settings: Settings, ask: Ask) -> None:
    number(settings)

    assert "Refund refund-1: credit note 1 issued" in ask("orders", "history", "1001").out


def test_without_a_number_it_says_how_to_get_one(ask: Ask) -> None:
    answer = ask("refunds", "credit-note", "1001", "refund-1")

    assert answer.exit_code != 0
    assert answer.out == ""
    assert "has no credit note" in answer.err


def test_a_refund_that_is_not_there_is_said_to_be_so(ask: Ask) -> None:
    answer = ask("refunds", "credit-note", "1001", "refund-9")

    assert answer.exit_code != 0
    assert "refund-9" in answer.err


def tells(ask: Ask, refund: int) -> object:
    """Say whether the ledger tells of the nth refund of the order."""
    refunds = ask("orders", "show", "1001", "--json").json["refunds"]
    assert isinstance(refunds, list)
    return refunds[refund]["tell_customer"]


def test_a_refund_is_told_of_unless_the_person_says_no(ask: Ask) -> None:
    refund = ("orders", "refund", "1001", "--record-only", "--by", "laura", "--line")
    assert ask(*refund, "lesson=10").exit_code == 0
    assert ask(*refund, "lesson=20", "--no-confirmation").exit_code == 0

    assert [tells(ask, one) for one in (1, 2)] == [True, False]


def test_an_allocated_refund_is_told_of_unless_the_person_says_no(ask: Ask) -> None:
    allocate = ("refunds", "allocate", "1001", "external-1", "--line", "book=5", "--by", "laura")
    assert ask(*allocate, "--no-confirmation").exit_code == 0

    assert tells(ask, 1) is False


def test_what_was_agreed_to_on_a_terminal_is_told_of_as_it_was_chosen() -> None:
    order = order_after(*paid())
    options = RefundOptions(lines=every_line(order), tell_customer=False)

    assert not as_seen(options, refund_preview(order, request_refund())).tell_customer
