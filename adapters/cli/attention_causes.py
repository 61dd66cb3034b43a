"""`attention causes` and `attention rerun`: why orders wait, and all of one cause run again.

A repaired receiver is not flooded: the actions are asked for so many a second.
"""

import asyncio
from collections.abc import Sequence
from typing import Annotated
from uuid import uuid4

from cyclopts import Parameter, validators
from msgspec import Struct, ValidationError, convert
from rich.text import Text

from adapters.bootstrap import Parts
from adapters.cli import attention
from adapters.cli.exits import NotFound
from adapters.cli.options import SHOP_OPTIONS, ShopOptions
from adapters.cli.order_commands import (
    OPERATING,
    Flag,
    Operating,
    advising,
    login_name,
)
from adapters.cli.output import print_json, progress, say, show, table, text
from adapters.cli.reaching import ledger, the_shop
from adapters.clock import utc_now
from adapters.commands.recording import Answered
from adapters.commands.requests import Requester
from adapters.commands.rerun_wishes import (
    AT_ONCE_MAX,
    RefusedRerun,
    RerunAll,
    RerunAnswer,
    answer_of,
)
from adapters.display.times import relative
from adapters.display.words import words_of
from adapters.reading.attention import read_causes
from projections.attention.causes import Cause
from projections.attention.rerun_targets import Target

app = attention.app

PER_SECOND_DEFAULT = 20
STEP_SECONDS = 1.0

PerSecond = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=AT_ONCE_MAX))]


class RerunSum(Struct, frozen=True, kw_only=True):
    """What came of it; of a dry run, what would come of it."""

    cause: str
    is_dry_run: bool
    requested: int
    refused: tuple[RefusedRerun, ...]
    remaining: int
    needs_force: int


@app.command
async def causes(*, options: ShopOptions = SHOP_OPTIONS) -> None:
    """Say why orders need a look: the same error at the same destination is one line."""
    now = utc_now()
    async with ledger(options) as parts:
        page = await read_causes(parts.pool, parts.shop_settings, await the_shop(parts, options))
    if options.json:
        print_json(page)
        return
    if not page.causes:
        say("Nothing needs attention.")
        return
    rows = table("Cause", "Orders", "Since", "Problem", "At", "Such as", numbers=["Orders"])
    for cause in page.causes:
        rows.add_row(cause.cause_id, f"{cause.orders:,}", relative(cause.since, now), *_why(cause))
    show(rows)
    say("After the repair: order-ledger attention rerun CAUSE")


@app.command
async def rerun(
    cause: str,
    *,
    per_second: PerSecond = PER_SECOND_DEFAULT,
    force: Flag = False,
    operating: Operating = OPERATING,
) -> None:
    """Run all actions of a cause again, so many a second, those that waited longest first.

    Parameters
    ----------
    cause
        Its id, as `attention causes` shows it.
    per_second
        How many actions a second.
    force
        Also those that are running, where you are sure that these runs are dead.
    """
    options = _all_of(cause, force=force)
    async with ledger(operating) as parts:
        requester = Requester(
            shop=await the_shop(parts, operating),
            by=operating.by or login_name(),
            key=operating.idempotency_key or uuid4().hex,
            is_dry_run=operating.dry_run,
        )
        with advising(cause, requester.key):
            choice = await parts.reruns.choose(requester, options)
            if not choice.targets and not choice.needs_force:
                raise _nothing_for(cause)
            if operating.dry_run:
                answers = None
            else:
                answers = await _throttled(parts, requester, options, choice.targets, per_second)
    _tell(cause, answer_of(choice, answers), is_json=operating.json)


def _all_of(cause: str, *, force: bool) -> RerunAll:
    try:
        return convert({"cause": cause, "force": force}, RerunAll)
    except ValidationError as error:
        raise _nothing_for(cause) from error


def _nothing_for(cause: str) -> NotFound:
    return NotFound(
        f"no action waits for a repair of the cause {cause}",
        "`order-ledger attention causes` shows them.",
    )


async def _throttled(
    parts: Parts,
    requester: Requester,
    options: RerunAll,
    targets: Sequence[Target],
    per_second: int,
) -> list[Answered]:
    """Ask for so many a second; what was asked for by an earlier try takes no time."""
    clock, answers = asyncio.get_running_loop().time, list[Answered]()
    with progress() as bar:
        task = bar.add_task("Re-running", total=len(targets))
        while len(answers) < len(targets):
            next_at = clock() + STEP_SECONDS
            some = targets[len(answers) :][:per_second]
            said = await parts.reruns.carry_out(requester, options, some)
            answers += said
            bar.update(task, completed=len(answers))
            if any(one.facts for one in said) and len(answers) < len(targets):
                await asyncio.sleep(next_at - clock())
    return answers


def _why(cause: Cause) -> tuple[Text, Text, Text]:
    error = cause.code or words_of(cause.stage).lower()
    about = ": ".join(filter(None, (words_of(cause.action_kind), error)))
    problem = words_of(cause.kind) + (f"\n{about}" if about else "")
    stuck = f"\n{cause.running:,} running, only by --force" if cause.running else ""
    more = " …" if cause.orders > len(cause.numbers) else ""
    return text(problem + stuck), text(cause.destination), text(" ".join(cause.numbers) + more)


def _tell(cause: str, answer: RerunAnswer, *, is_json: bool) -> None:
    total = RerunSum(
        cause=cause,
        is_dry_run=answer.is_dry_run,
        requested=len(answer.requested),
        refused=answer.refused,
        remaining=answer.remaining,
        needs_force=answer.needs_force,
    )
    if is_json:
        print_json(total)
        return
    actions = "1 action" if total.requested == 1 else f"{total.requested:,} actions"
    say(f"{actions} {'would be' if total.is_dry_run else 'were'} requested again.")
    if total.refused:
        say(f"{len(total.refused):,} had changed meanwhile and were left alone.")
    if total.remaining:
        say(f"{total.remaining:,} are left for another wish.")
    if total.needs_force:
        say(f"{total.needs_force:,} are running; if you are sure that they are dead: --force")
