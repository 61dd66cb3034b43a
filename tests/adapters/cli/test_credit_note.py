"""`refunds credit-note`: the document on stdout, and what is said where there is none."""

import asyncio

import pytest

from adapters.bootstrap import open_parts
from adapters.cli.app import run
from adapters.credit_notes.numbering import CreditNotes, NumberWanted
from adapters.settings import Settings
from tests.adapters.cli.conftest import Ask
from tests.adapters.credit_notes.test_numbering import METADATA
from tests.examples import NOW, REFUND
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
