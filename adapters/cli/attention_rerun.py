"""`attention rerun`: all actions of one cause run again.

A repaired receiver is not flooded: the actions are asked for so many a second.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated
from uuid import uuid4

from cyclopts import Parameter, validators
from msgspec import ValidationError, convert

from adapters.bootstrap import Parts
from adapters.cli import attention_causes
from adapters.cli.attention_rerun_answer import tell_rerun
from adapters.cli.exits import NotFound, Refused
from adapters.cli.order_advice import advising
from adapters.cli.order_commands import OPERATING, Flag, Operating, login_name
from adapters.cli.output import progress
from adapters.cli.reaching import ledger, the_shop
from adapters.commands.recording import Answered
from adapters.commands.requests import Requester
from adapters.commands.rerun_answer import RerunAnswer, Trial, trial_of
from adapters.commands.rerun_options import AT_ONCE_MAX, RerunManyOptions
from adapters.commands.rerun_refusals import CauseUnknown, CauseWithoutActions
from domain.order.attention import AttentionKind
from projections.attention.causes import Cause
from projections.attention.rerun_targets import Target

app = attention_causes.app

PER_SECOND_DEFAULT = 20
STEP_SECONDS = 1.0

PerSecond = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=AT_ONCE_MAX))]


@app.command
async def rerun(
    cause: str,
    *,
    per_second: PerSecond = PER_SECOND_DEFAULT,
    force: Flag = False,
    use_latest_configuration: Flag = False,
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
    use_latest_configuration
        Replace the settings of each by the latest first, for good.
    """
    options = _all_of(cause, force=force, use_latest_configuration=use_latest_configuration)
    async with ledger(operating) as parts:
        requester = Requester(
            shop=await the_shop(parts, operating),
            by=operating.by or login_name(),
            key=operating.idempotency_key or uuid4().hex,
            is_dry_run=operating.dry_run,
        )
        with _advising(cause), advising(cause, requester.key):
            answer = await _answer(parts, requester, options, per_second)
    tell_rerun(cause, answer, is_json=operating.json)


def _all_of(cause: str, *, force: bool, use_latest_configuration: bool) -> RerunManyOptions:
    try:
        return convert(
            {
                "cause": cause,
                "force": force,
                "use_latest_configuration": use_latest_configuration,
            },
            RerunManyOptions,
        )
    except ValidationError as error:
        raise _not_found(cause) from error


async def _answer(
    parts: Parts, requester: Requester, options: RerunManyOptions, per_second: int
) -> RerunAnswer:
    choice = await parts.reruns.choose(requester, options)
    if requester.is_dry_run:
        trials = await _tried(parts, requester, options, choice.targets)
        return trial_of(choice, trials, requester.by)
    answers = await _throttled(parts, requester, options, choice.targets, per_second)
    return await parts.reruns.answer(requester, choice, answers)


async def _tried(
    parts: Parts, requester: Requester, options: RerunManyOptions, targets: Sequence[Target]
) -> list[Trial]:
    trials = list[Trial]()
    while len(trials) < len(targets):
        some = targets[len(trials) :][:AT_ONCE_MAX]
        trials += await parts.reruns.try_out(requester, options, some)
    return trials


async def _throttled(
    parts: Parts,
    requester: Requester,
    options: RerunManyOptions,
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


@contextmanager
def _advising(cause: str) -> Iterator[None]:
    """Say what to do with a cause that no re-run repairs, or that nothing has."""
    try:
        yield
    except CauseUnknown as rejection:
        raise _not_found(cause) from rejection
    except CauseWithoutActions as rejection:
        raise Refused(str(rejection), _instead(rejection.cause), rejection.code) from rejection


def _instead(cause: Cause) -> str:
    show = f"`order-ledger orders show {next(iter(cause.numbers), 'ORDER')}`"
    if cause.kind is AttentionKind.MONEY_ABOVE_TOTAL:
        return f"Return the money or complete the order: {show}."
    return f"{show} tells what there is to do."


def _not_found(cause: str) -> NotFound:
    return NotFound(
        f"no action waits for a repair of the cause {cause}",
        "`order-ledger attention causes` shows them.",
        CauseUnknown.code,
    )
