"""An orders file, plain or gzipped: the retailer's CSV, or messages as JSON lines.

What can be read of a file is used; if it breaks off, the rest is one line that was not used.
"""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from scripts.feeding.messages import Message, UnusableLine, read_line
from scripts.feeding.retail import RetailRules, retail_messages
from scripts.feeding.retail_lines import HEADING
from scripts.feeding.usage import Reason, Usage

GZIP_MAGIC = b"\x1f\x8b"
CHUNK_BYTES = 65_536
SNIFFED_LINES_MAX = 20


class UnknownFormat(Exception):
    """The file is neither retail CSV nor JSON lines."""


class CannotRead(Exception):
    """The file is not there, or may not be read."""


def file_messages(path: Path, rules: RetailRules, usage: Usage) -> Iterator[Message]:
    """Read a file's messages, told apart by its first lines; raise UnknownFormat, CannotRead."""
    first_lines = list(islice(file_lines(path, Usage()), SNIFFED_LINES_MAX))
    for line in first_lines:
        text = line.decode("utf-8-sig", "replace")
        if text == HEADING:
            return retail_file(path, rules, usage)
        if text.startswith("{"):
            return jsonl_file(path, usage)
    if not first_lines:
        return jsonl_file(path, usage)
    raise UnknownFormat(
        f"{path} is neither retail CSV nor JSON lines: none of its first {SNIFFED_LINES_MAX} lines "
        f"is {HEADING!r} or begins a JSON object"
    )


def retail_file(path: Path, rules: RetailRules, usage: Usage) -> Iterator[Message]:
    """Read the retailer's CSV; raise CannotRead."""
    return retail_messages(file_lines(path, usage), rules, usage)


def jsonl_file(path: Path, usage: Usage) -> Iterator[Message]:
    """Read messages as JSON lines; raise CannotRead."""
    return line_messages(file_lines(path, usage), usage)


def line_messages(lines: Iterable[bytes], usage: Usage) -> Iterator[Message]:
    """Read JSON lines as messages; a line without an address is reported."""
    for number, line in enumerate(lines, 1):
        usage.read()
        try:
            yield read_line(line, number)
        except UnusableLine as error:
            text = line.decode("utf-8", "backslashreplace")
            usage.leave_out(number, Reason.NOT_A_MESSAGE, str(error), text)


def shops_of(messages: Iterable[Message]) -> list[str]:
    """List the shops that messages are about."""
    return sorted({message.subject.split(".")[1] for message in messages})


def file_lines(path: Path, usage: Usage) -> Iterator[bytes]:
    """Open a file at once and read it line by line without their ends; raise CannotRead.

    The caller counts what it gets; the broken rest of a file is counted and reported here.
    """
    with _readable(path), path.open("rb") as file:
        is_gzip = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
    return _lines(path, usage, is_gzip=is_gzip)


def _lines(path: Path, usage: Usage, *, is_gzip: bool) -> Iterator[bytes]:
    count, rest = 0, b""
    with _readable(path), gzip.open(path) if is_gzip else path.open("rb") as file:
        try:
            while chunk := file.read1(CHUNK_BYTES):
                *lines, rest = (rest + chunk).split(b"\n")
                count += len(lines)
                yield from (line.rstrip(b"\r") for line in lines)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            usage.read()
            text = rest.decode("utf-8", "backslashreplace")
            usage.leave_out(count + 1, Reason.FILE_CUT_OFF, str(error), text)
        else:
            if rest:
                yield rest.rstrip(b"\r")


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise CannotRead(f"cannot read {path}: no such file") from error
    except IsADirectoryError as error:
        raise CannotRead(f"cannot read {path}: it is a folder") from error
    except OSError as error:
        raise CannotRead(f"cannot read {path}: {error.strerror or error}") from error
