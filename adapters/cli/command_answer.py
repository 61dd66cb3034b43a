"""What came of a person's wish, or would: what is recorded, what fires, and what to beware of."""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import asdict

from adapters.cli.output import print_json, say
from adapters.commands.operating import CommandAnswer
from adapters.display.lines import one_line
from adapters.display.times import exact
from adapters.display.words import words_of
from domain.configuration.settings import ActionSettings
from projections.order_view.differences import Difference, SettingValue
from projections.order_view.firing import Firing

SO_ALREADY = "So already; nothing new."
SECRET_DIFFERS = "(what is hidden differs)"  # noqa: S105 - a remark


def tell_answer(answer: CommandAnswer, *, is_json: bool, already: str = SO_ALREADY) -> None:
    """Print an answer; `already` says that what was wanted had been so before."""
    if is_json:
        print_json(answer)
        return
    for line in _lines(answer) if answer.recorded else (already,):
        say(line)


def known_already(by: str, at: datetime) -> str:
    """Say that a wish had been granted before, and introduce what came of it then."""
    return f"Known already: recorded by {by}, {exact(at)}; nothing new fires. It came to this:"


def difference_line(difference: Difference) -> str:
    """Say one field's old and new value."""
    before, after = value_of(difference.before), value_of(difference.after)
    remark = f" {SECRET_DIFFERS}" if difference.is_secret else ""
    return f"{words_of(difference.field)}: {before} → {after}{remark}"


def value_of(value: SettingValue) -> str:
    """Say what a field of a setting holds."""
    if isinstance(value, tuple):
        return ", ".join(value) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value or "-"


def setting_lines(settings: ActionSettings) -> Iterator[str]:
    """Say what each field of masked settings holds, a line each."""
    for name, value in asdict(settings).items():
        if value not in ("", ()):
            yield f"{words_of(name)}: {one_line(value_of(value))}"


def _lines(answer: CommandAnswer) -> Iterator[str]:
    is_dry = answer.is_dry_run
    if answer.is_repeat and answer.recorded_at:
        yield known_already(answer.by, answer.recorded_at)
    yield "Would be recorded:" if is_dry else f"Recorded, up to version {answer.version}:"
    yield from (f"  {fact.says}" for fact in answer.recorded)
    if answer.fires:
        yield "Would fire:" if is_dry else "Fired then:" if answer.is_repeat else "Fires:"
    for firing in answer.fires:
        yield from _firing(firing, is_dry=is_dry)
    if answer.telling:
        yield answer.telling
    yield from (f"▲ {caution.says}" for caution in answer.cautions)


def _firing(firing: Firing, *, is_dry: bool) -> Iterator[str]:
    kind = words_of(firing.kind).lower()
    revision = f", revision {firing.revision}" if firing.revision else ""
    yield f"  {firing.name} ({kind}, run {firing.run}{revision}) → {firing.whom}"
    if is_dry:
        yield from (f"      {line}" for line in setting_lines(firing.settings))
    changed = [difference_line(one) for one in firing.differences]
    yield from (f"      {'changed: ' if is_dry else ''}{line}" for line in changed)
