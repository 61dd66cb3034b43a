"""The report as CSV: what each kind of reader gets, and what a spreadsheet must not run."""

import csv
import io
from datetime import date

import pytest
from msgspec.structs import replace

from adapters.display.csv_cells import BYTE_ORDER_MARK, CsvFormat, guarded
from adapters.display.sales_csv import sales_csv
from adapters.reading.sales_report import SalesReport
from domain.money import Money
from projections.sales.queries import Dimension
from projections.sales.report import SalesRow, VatOfRate


def row(key: str, currency: str = "EUR", **rates: int) -> SalesRow:
    def money(amount: int) -> Money:
        return Money(amount, currency)

    return SalesRow(
        key=key,
        label="",
        orders=1_200,
        units=1_300,
        gross=money(123_456),
        refunded=money(1_000),
        returned=money(1_100),
        owed=money(-100),
        recorded_only=money(0),
        restored=money(0),
        losses=money(0),
        net=money(122_456),
        vat=money(24_884),
        vat_by_rate=tuple(
            VatOfRate(rate=int(rate[1:]), net=money(net), vat=money(net // 5))
            for rate, net in rates.items()
        ),
        excess_returned=money(0),
        unallocated=money(0),
    )


def report_of(*rows: SalesRow, by: Dimension = Dimension.DAY) -> SalesReport:
    days = date(2026, 11, 23)
    return SalesReport(
        first=days, last=days, zone="UTC", by=by, totals=(), rows=rows, orders_set_aside=0
    )


def test_a_program_gets_rfc_4180_with_a_point() -> None:
    assert sales_csv(report_of(row("2026-11-23", _2550=122_456, _1350=0))) == (
        "day,label,currency,orders,units,gross,refunded,returned,owed,recorded_only,restored,"
        "losses,net,vat,excess_returned,unallocated,net 25.5 %,vat 25.5 %,net 13.5 %,vat 13.5 %\r\n"
        "2026-11-23,,EUR,1200,1300,1234.56,10.00,11.00,-1.00,0.00,0.00,"
        "0.00,1224.56,248.84,0.00,0.00,1224.56,244.91,0.00,0.00\r\n"
    )


def test_a_finnish_excel_gets_its_mark_semicolons_and_commas() -> None:
    text = sales_csv(report_of(row("2026-11-23", _2550=122_456)), CsvFormat.EXCEL_FI)
    assert text.startswith(f"{BYTE_ORDER_MARK}day;label;")
    assert text.endswith(";1224,56;248,84;0,00;0,00;1224,56;244,91\r\n")


def test_a_rate_that_a_row_lacks_is_an_empty_cell() -> None:
    rows = [row("a", _2550=100), row("b", _1350=100)]
    read = [*csv.reader(io.StringIO(sales_csv(report_of(*rows)), newline=""))]
    assert [line[-4:] for line in read] == [
        ["net 25.5 %", "vat 25.5 %", "net 13.5 %", "vat 13.5 %"],
        ["1.00", "0.20", "", ""],
        ["", "", "1.00", "0.20"],
    ]


def test_amounts_have_the_digits_of_their_currency() -> None:
    text = sales_csv(report_of(row("a", "JPY"), row("b", "KWD")))
    assert ",JPY,1200,1300,123456," in text
    assert ",KWD,1200,1300,123.456," in text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " =1"])
def test_a_text_that_looks_like_a_formula_is_only_a_text(text: str) -> None:
    named = replace(row(text), label=text)
    (_, cells) = csv.reader(io.StringIO(sales_csv(report_of(named)), newline=""))
    assert cells[0] == cells[1] == f"'{text.strip()}"


def test_words_of_others_keep_their_cell_and_steer_no_terminal() -> None:
    assert guarded("Piano; \x1b[31mcourse\x07") == "Piano;  [31mcourse"
    tricky = replace(row('a "b", c'), label="ä;ö")
    for format_, delimiter in ((CsvFormat.STANDARD, ","), (CsvFormat.EXCEL_FI, ";")):
        text = sales_csv(report_of(tricky), format_)
        (_, cells) = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        assert cells[:2] == ['a "b", c', "ä;ö"]
