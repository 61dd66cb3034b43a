"""What came of re-running a cause, or would: how many, which they are, and what was left alone."""

from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import Struct

from adapters.cli.command_answer import difference_line
from adapters.cli.exits import Refused
from adapters.cli.output import print_json, say
from adapters.commands.rerun_answer import RefusedRerun, RerunAnswer, RerunFiring
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


class RerunSum(Struct, frozen=True, kw_only=True):
    """What came of it; of a dry run, what would come of it."""

    cause: str
    is_dry_run: bool
    requested: int
    refused: tuple[RefusedRerun, ...]
    remaining: int
    needs_force: int
    fires: tuple[RerunFiring, ...]
    """Of a dry run."""


def tell_rerun(cause: str, answer: RerunAnswer, *, is_json: bool) -> None:
    """Print what came of it; raise Refused if nothing runs again."""
    if not answer.requested:
        raise Refused(f"nothing runs again: {'; '.join(_left(answer))}", _advice(answer))
    if is_json:
        print_json(_sum(cause, answer))
        return
    for line in _lines(answer):
        say(line)


def _sum(cause: str, answer: RerunAnswer) -> RerunSum:
    return RerunSum(
        cause=cause,
        is_dry_run=answer.is_dry_run,
        requested=len(answer.requested),
        refused=answer.refused,
        remaining=answer.remaining,
        needs_force=answer.needs_force,
        fires=answer.fires,
    )


def _lines(answer: RerunAnswer) -> Iterator[str]:
    actions = counted(len(answer.requested), "action")
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
