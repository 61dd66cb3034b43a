"""The whole gate, in order; every step runs, also after one that failed.

Its last line counts, for whatever reads it: `N passed, M failed`, where a failed step that is not
the tests counts as one.
"""

import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree as ET

from scripts.browsing.installing import ensure_browser

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sysconfig.get_path("scripts"))
FAST_STEPS = {
    "format": ("ruff", "format", "--check"),
    "lint": ("ruff", "check"),
    "types": ("mypy",),
    "architecture": ("lint-imports",),
}
COVERED = "domain/*,processors/*"
COVERAGE_PERCENT_MIN = 100
MEASURED = ("--cov", "--cov-report=")
SIDE_BY_SIDE = ("--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile")
"""Each process starts servers of its own; one NATS server of yours cannot be shared."""


class Counted(NamedTuple):
    """How many tests there were and how they ended."""

    passed: int
    failed: int


def main(arguments: list[str]) -> int:
    """Run the steps; whatever is not ours goes to pytest."""
    os.chdir(ROOT)
    is_fast = "--fast" in arguments
    failed_steps = [name for name, command in FAST_STEPS.items() if not _step(name, *command)]
    counted = Counted(len(FAST_STEPS) - len(failed_steps), len(failed_steps))
    if not is_fast:
        ensure_browser()
        tests, is_covered = _tests([word for word in arguments if word != "--fast"])
        counted = Counted(tests.passed, tests.failed + len(failed_steps) + (not is_covered))
    print(f"{counted.passed} passed, {counted.failed} failed", flush=True)
    return min(counted.failed, 1)


def _tests(arguments: list[str]) -> tuple[Counted, bool]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "tests.xml"
        options = arguments or (*MEASURED, *(() if "NATS_URL" in os.environ else SIDE_BY_SIDE))
        has_passed = _step("tests", "pytest", f"--junit-xml={report}", "--durations=10", *options)
        counted = _counted(report)
    if not has_passed and counted.failed == 0:
        counted = counted._replace(failed=1)
    if arguments:
        return counted, True
    minimum = f"--fail-under={COVERAGE_PERCENT_MIN}"
    return counted, _step("coverage", "coverage", "report", f"--include={COVERED}", minimum)


def _step(name: str, program: str, *arguments: str) -> bool:
    print(f"── {name}", flush=True)
    started = time.monotonic()
    code = subprocess.run([PROGRAMS / program, *arguments], check=False).returncode
    outcome = "ok" if code == 0 else f"FAILED ({code})"
    print(f"── {name}: {outcome} in {time.monotonic() - started:.1f} s\n", flush=True)
    return code == 0


def _counted(report: Path) -> Counted:
    if not report.exists():
        return Counted(0, 1)
    suites = ET.parse(report).getroot().iter("testsuite")  # noqa: S314 - pytest wrote it
    counts = [
        {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
        for suite in suites
    ]
    failed = sum(count["failures"] + count["errors"] for count in counts)
    passed = sum(count["tests"] - count["skipped"] for count in counts) - failed
    return Counted(passed, failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
