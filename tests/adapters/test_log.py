"""What a line of the log holds, and what it never does."""

import json
import subprocess
import sys
from typing import Any

PROGRAM = """
import logging
import structlog
from msgspec import Struct
from adapters.log import set_up_log

class Customer(Struct):
    email: str

set_up_log()
{}
"""


def logged(code: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(code)], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    line: dict[str, Any] = json.loads(done.stderr)
    return line


def test_a_line_is_one_json_object_with_its_time_and_level() -> None:
    line = logged("structlog.get_logger().warning('role_restarts', role='ingress', after=1.5)")
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "role_restarts", "level": "warning", "role": "ingress", "after": 1.5}


def test_what_is_bound_around_stands_in_the_line() -> None:
    line = logged(
        "with structlog.contextvars.bound_contextvars(order='o-1'):"
        " structlog.get_logger().info('shown')"
    )
    assert line["order"] == "o-1"


def test_personal_data_and_secrets_are_masked_by_name_however_deep() -> None:
    line = logged(
        "structlog.get_logger().info('x', email='a@example.com', database_url='postgresql://u:p@h',"
        " payload={'customer': {'first_name': 'Aino'}, 'lines': [{'note': 'n', 'line': 1}]})"
    )
    assert line["email"] == line["database_url"] == "***"
    assert line["payload"] == {"customer": "***", "lines": [{"note": "***", "line": 1}]}


def test_a_whole_object_is_reduced_to_its_name() -> None:
    line = logged("structlog.get_logger().info('x', who=Customer('a@example.com'))")
    assert line["who"] == "<Customer>"


def test_an_exception_is_told_with_its_place() -> None:
    line = logged(
        "try: 1 / 0\nexcept ZeroDivisionError: structlog.get_logger().exception('failed')"
    )
    assert "ZeroDivisionError" in line["exception"]


def test_a_librarys_warning_looks_the_same() -> None:
    line = logged("logging.getLogger('nats').warning('slow %s', 'consumer')")
    assert (line["event"], line["level"], line["logger"]) == ("slow consumer", "warning", "nats")
