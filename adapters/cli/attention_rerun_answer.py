"""What came of re-running a cause, or would: how many, which they are, and what was left alone."""

from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec.structs import asdict

from adapters.cli.command_answer import difference_line, known_already
from adapters.cli.exits import Refused
from adapters.cli.output import print_json, say
from adapters.commands.rerun_answer import RerunAnswer
from adapters.display.words import counted, words_of

NAMED_MAX = 20
"""Of a dry run, in words; with --json all are."""

WHY_LEFT: Mapping[str, str] = {
    "action_changed": "changed meanwhile",
    "action_not_failed": "not failed, so the settings stay; leave --use-latest-configuration out",
    "confirmation_needed": "succeeded before; one by one: orders rerun ORDER ACTION --confirm",
    "no_latest_configuration": (
        "no settings are published for them now; leave --use-latest-configuration out"
    ),
}


class CauseRerun(RerunAnswer, frozen=True, kw_only=True):
    """What came of it, as by HTTP, and of which cause."""

    cause: str


def tell_rerun(cause: str, answer: RerunAnswer, *, is_json: bool) -> None:
    """Print what came of it; raise Refused if nothing runs again."""
    if not answer.requested:
        raise Refused(f"nothing runs again: {'; '.join(_left(answer))}", _advice(answer))
    if is_json:
        print_json(CauseRerun(**asdict(answer), cause=cause))
        return
    for line in _lines(answer):
        say(line)


def _lines(answer: RerunAnswer) -> Iterator[str]:
    actions = counted(len(answer.requested), "action")
    if answer.is_repeat and answer.recorded_at:
        yield known_already(answer.by, answer.recorded_at)
    if answer.is_dry_run:
        yield f"{actions} would be requested again:"
        yield from _fires(answer)
    else:
        verb = "was" if len(answer.requested) == 1 else "were"
        yield f"{actions} {verb} requested again."
    yield from (f"Left: {why}." for why in _left(answer))
    if answer.remaining:
        yield f"Left for another wish: {answer.remaining:,}."
    if answer.needs_force:
        yield _advice(answer)


def _fires(answer: RerunAnswer) -> Iterator[str]:
    for firing in answer.fires[:NAMED_MAX]:
        revision = f", revision {firing.revision}" if firing.revision else ""
        yield f"  {firing.number}  {firing.name} (run {firing.run}{revision}) → {firing.whom}"
        yield from (f"      {difference_line(one)}" for one in firing.differences)
    if len(answer.fires) > NAMED_MAX:
        yield f"  … and {len(answer.fires) - NAMED_MAX:,} more"


def _left(answer: RerunAnswer) -> Iterator[str]:
    for code, times in Counter(one.code for one in answer.refused).items():
        yield f"{times:,} {WHY_LEFT.get(code, words_of(code).lower())}"
    if answer.needs_force:
        yield f"{answer.needs_force:,} running"


def _advice(answer: RerunAnswer) -> str:
    return "If you are sure that those running are dead: --force." if answer.needs_force else ""
