"""Messages as JSON lines: what is written is read again, and anybody's lines can be fed."""

import gzip
import io
import zlib
from datetime import timedelta
from pathlib import Path

import pytest

from scripts.feeding.files import (
    CannotRead,
    UnknownFormat,
    file_messages,
    jsonl_file,
    line_messages,
    retail_file,
    shops_of,
)
from scripts.feeding.generated import generated_messages, spread_over
from scripts.feeding.messages import write_lines
from scripts.feeding.retail import RetailRules
from scripts.feeding.retail_lines import HEADING
from scripts.feeding.usage import Usage, write_report
from tests.scripts.examples import MUG, NOW, TRAY, read, reasons

GENERATED = list(generated_messages(spread_over(timedelta(days=1), 30, NOW, 1, ("demo", "b"))))
ORDER = "0e3b6f0e-58f7-4a5e-9f43-94a1f5d1c2aa"


def test_what_is_written_is_read_again() -> None:
    retail, _ = read(MUG, TRAY)
    written = GENERATED + retail
    target = io.BytesIO()
    assert write_lines(written, target) == len(written)
    usage = Usage()
    again = list(line_messages(target.getvalue().splitlines(), usage))
    assert [(m.subject, m.id, m.time, m.body) for m in again] == [
        (m.subject, m.id, m.time, m.body) for m in written
    ]
    assert usage.lines_used == usage.lines_read == len(written)
    assert [message.lines for message in again] == [(n,) for n in range(1, len(written) + 1)]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b'{"id": "1"}',
        b'{"id":"1","source":"/checkout/a.b","type":"order.placed.v1","subject":"x","time":"2026-01-01T00:00:00Z"}',
        b'{"id":"1","source":"/checkout/a","type":"order.placed.v1","subject":"*","time":"2026-01-01T00:00:00Z"}',
        b'{"id":"1","source":"elsewhere","type":"order.placed.v1","subject":"x","time":"2026-01-01T00:00:00Z"}',
        b'\xff{"id"',
    ],
)
def test_a_line_without_an_address_is_reported_and_the_next_goes_through(line: bytes) -> None:
    usage = Usage()
    messages = list(line_messages([line, GENERATED[0].body], usage))
    assert [message.id for message in messages] == [GENERATED[0].id]
    assert reasons(usage) == {1: "not_a_message"}


def test_what_a_line_says_is_left_to_the_ledger() -> None:
    line = (
        f'{{"id":"1","source":"/checkout/a","type":"order.unheard_of.v9","subject":"{ORDER}",'
        '"time":"2026-01-01T00:00:00Z","data":{"anything":true}}'
    ).encode()
    (message,) = line_messages([line], Usage())
    assert message.body == line
    assert message.subject == f"checkout.a.order.{ORDER}.order-unheard_of-v9"


@pytest.mark.parametrize("is_gzip", [False, True])
def test_a_file_is_told_by_its_content(tmp_path: Path, is_gzip: bool) -> None:
    retail, _ = read(MUG, TRAY)
    csv_text = f"{HEADING}\n{MUG}\n{TRAY}"
    lines = io.BytesIO()
    write_lines(retail, lines)
    for content in (csv_text.encode(), b"\xef\xbb\xbf" + csv_text.encode(), lines.getvalue()):
        file = tmp_path / "orders"
        file.write_bytes(gzip.compress(content) if is_gzip else content)
        found = file_messages(file, RetailRules(), Usage())
        assert [message.body for message in found] == [message.body for message in retail]


def test_any_other_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "orders"
    file.write_bytes(b"a,b,c\n1,2,3\n")
    with pytest.raises(UnknownFormat):
        file_messages(file, RetailRules(), Usage())


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    file = tmp_path / "orders"
    file.touch()
    usage = Usage()
    assert not list(file_messages(file, RetailRules(), usage))
    assert usage.lines_read == 0


def test_bad_first_lines_do_not_refuse_a_file(tmp_path: Path) -> None:
    file = tmp_path / "orders"
    file.write_bytes(b"bad\n\n" + GENERATED[0].body)
    usage = Usage()
    assert [message.body for message in file_messages(file, RetailRules(), usage)] == [
        GENERATED[0].body
    ]
    assert reasons(usage) == {1: "not_a_message", 2: "not_a_message"}


def test_a_file_whose_format_was_named_is_read_whatever_it_begins_with(tmp_path: Path) -> None:
    file = tmp_path / "orders"
    file.write_text(f"\n{MUG}\n", encoding="utf-8")
    usage = Usage()
    assert len(list(retail_file(file, RetailRules(), usage))) == 4
    assert reasons(usage) == {1: "malformed_line"}
    usage = Usage()
    assert not list(jsonl_file(file, usage))
    assert reasons(usage) == {1: "not_a_message", 2: "not_a_message"}


def test_of_a_gzipped_file_that_breaks_off_what_can_be_read_is_used(tmp_path: Path) -> None:
    file = tmp_path / "orders.gz"
    squeezer = zlib.compressobj(wbits=31)
    readable = squeezer.compress(GENERATED[0].body + b"\r\n" + GENERATED[1].body[:20])
    file.write_bytes(readable + squeezer.flush(zlib.Z_FULL_FLUSH))
    usage = Usage()
    messages = list(file_messages(file, RetailRules(), usage))
    (broken,) = usage.unused
    assert [message.id for message in messages] == [GENERATED[0].id]
    assert (usage.lines_read, usage.lines_used) == (2, 1)
    assert (broken.line, broken.reason) == (2, "file_cut_off")
    assert broken.text == GENERATED[1].body[:20].decode()


@pytest.mark.parametrize("at", [2, 40, -6], ids=["heading", "content", "checksum"])
def test_a_damaged_gzipped_file_is_reported(tmp_path: Path, at: int) -> None:
    file = tmp_path / "orders.gz"
    content = bytearray(gzip.compress(GENERATED[0].body))
    content[at] ^= 0xFF
    file.write_bytes(content)
    usage = Usage()
    messages = list(jsonl_file(file, usage))
    assert usage.lines_read == len(messages) + 1
    assert [item.reason for item in usage.unused] == ["file_cut_off"]


def test_a_file_that_can_not_be_read_is_named_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotRead, match=r"^cannot read .*/nope\.csv: no such file$"):
        file_messages(tmp_path / "nope.csv", RetailRules(), Usage())
    with pytest.raises(CannotRead, match=r"it is a folder$"):
        jsonl_file(tmp_path, Usage())


def test_the_shops_of_messages_are_listed_once() -> None:
    assert shops_of(GENERATED) == ["b", "demo"]


def test_the_report_names_every_line_that_was_left_out(tmp_path: Path) -> None:
    _, usage = read('1,"A, B",C', MUG, "537")
    write_report(usage.unused, tmp_path / "report.csv")
    assert (tmp_path / "report.csv").read_text(encoding="utf-8").splitlines() == [
        "line,reason,detail,text",
        '2,malformed_line,3 of 8 fields,"1,""A, B"",C"',
        "4,malformed_line,1 of 8 fields,537",
    ]
