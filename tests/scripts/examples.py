"""Made-up lines in the retail file's format, and how to read them."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from scripts.feeding.messages import Message
from scripts.feeding.retail import RetailRules, retail_messages
from scripts.feeding.retail_lines import HEADING
from scripts.feeding.usage import Usage

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MUG = "900001,10001,BLUE MUG,6,12/1/10 8:26,2.55,70001,United Kingdom"
TRAY = "900001,10002,TRAY,1,12/1/10 8:26,12.5,70001,United Kingdom"


def read(
    *lines: str, rules: RetailRules | None = None, heading: str = HEADING
) -> tuple[list[Message], Usage]:
    """Turn made-up lines into messages."""
    usage = Usage()
    raw = [line.encode() for line in (heading, *lines)]
    return list(retail_messages(raw, rules or RetailRules(), usage)), usage


def contents(messages: Iterable[Message]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each message's type and data."""
    for message in messages:
        event = json.loads(message.body)
        yield event["type"], event["data"]


def data_of(messages: Iterable[Message], kind: str) -> list[dict[str, Any]]:
    """Give the data of all messages of a type."""
    return [data for name, data in contents(messages) if name == kind]


def reasons(usage: Usage) -> dict[int, str]:
    """Give the reason by line."""
    return {item.line: item.reason.value for item in usage.unused}
