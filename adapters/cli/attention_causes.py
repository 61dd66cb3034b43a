"""`attention causes` and `attention rerun`: why orders wait, and all of one cause run again.

A repaired receiver is not flooded: the actions are asked for so many a second.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import chain
from typing import Annotated
from uuid import uuid4

from cyclopts import Parameter, validators
from msgspec import Struct
from rich.text import Text

from adapters.bootstrap import Parts
from adapters.cli import attention
from adapters.cli.asking import ledger, the_shop, utc_now
from adapters.cli.exits import NotFound
from adapters.cli.options import ASKING_SHOP, AskingShop
from adapters.cli.order_commands import OPERATING, Flag, Operating, login_name
from adapters.cli.output import print_json, progress, say, show, table, text
from adapters.commands.rerunning import ManyAsked, RefusedRerun, RerunAnswer, RerunMany
from adapters.display.times import relative
from adapters.display.words import words_of
from adapters.http_api.order_rows import CausePage
from adapters.postgres.query import fetch
from adapters.running.waiting import wait_for
from domain.identifiers import ShopId
from projections.attention.causes import TARGETS_MAX, Cause, list_causes
from projections.attention.projection import ATTENTION

app = attention.app

PER_SECOND_DEFAULT = 20
STEP_SECONDS = 1.0

PerSecond = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=TARGETS_MAX))]


class RerunSum(Struct, frozen=True, kw_only=True):
    """What came of all wishes together."""

    cause: str
    is_dry_run: bool
    requested: int
    refused: tuple[RefusedRerun, ...]
    remaining: int
    needs_force: int


@app.command
async def causes(*, asking: AskingShop = ASKING_SHOP) -> None:
    """Say why orders need a look: the same error at the same destination is one line."""
    now = utc_now()
    async with ledger(asking) as parts:
        found = await _causes(parts, await the_shop(parts, asking))
    if asking.json:
        print_json(CausePage(causes=tuple(found)))
        return
    if not found:
        say("Nothing needs attention.")
        return
    rows = table("Cause", "Orders", "Since", "Problem", "At", "Such as", numbers=["Orders"])
    for cause in found:
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
    async with ledger(operating) as parts:
        shop = await the_shop(parts, operating)
        if cause not in {one.cause_id for one in await _causes(parts, shop)}:
            raise NotFound(
                f"nothing needs attention for the cause {cause}",
                "`order-ledger attention causes` shows them.",
            )
        options = RerunMany(cause=cause, force=force, limit=per_second)
        answers = [one async for one in _throttled(parts, shop, options, operating)]
    _tell(cause, answers, is_json=operating.json)


async def _throttled(
    parts: Parts, shop: ShopId, options: RerunMany, operating: Operating
) -> AsyncIterator[RerunAnswer]:
    """Ask again until nothing remains of what there was at first; what fails anew waits."""
    key, by = operating.idempotency_key or uuid4().hex, operating.by or login_name()
    clock, step, done, total = asyncio.get_running_loop().time, 0, 0, 1
    with progress() as bar:
        task = bar.add_task("Re-running", total=None)
        while done < total:
            next_at = clock() + STEP_SECONDS
            asked = ManyAsked(shop=shop, by=by, key=f"{key}/{step}", is_dry_run=operating.dry_run)
            answer = await parts.reruns.rerun(asked, options)
            yield answer
            found = len(answer.requested) + len(answer.refused)
            if not found or operating.dry_run:
                return
            done += found
            total = total if step else done + answer.remaining
            bar.update(task, completed=done, total=total)
            await wait_for(parts.pool, answer.position, [ATTENTION.name])
            await asyncio.sleep(next_at - clock() if done < total else 0)
            step += 1


async def _causes(parts: Parts, shop: ShopId) -> list[Cause]:
    grace = (await parts.shop_settings.get(shop)).grace
    return await fetch(parts.pool, list_causes(shop, now=utc_now(), grace=grace))


def _why(cause: Cause) -> tuple[Text, Text, Text]:
    error = cause.code or words_of(cause.stage).lower()
    about = ": ".join(filter(None, (words_of(cause.action_kind), error)))
    problem = words_of(cause.kind) + (f"\n{about}" if about else "")
    stuck = f"\n{cause.running:,} running, only by --force" if cause.running else ""
    more = " …" if cause.orders > len(cause.numbers) else ""
    return text(problem + stuck), text(cause.destination), text(" ".join(cause.numbers) + more)


def _tell(cause: str, answers: Sequence[RerunAnswer], *, is_json: bool) -> None:
    total = RerunSum(
        cause=cause,
        is_dry_run=answers[-1].is_dry_run,
        requested=sum(len(one.requested) for one in answers),
        refused=tuple(chain.from_iterable(one.refused for one in answers)),
        remaining=answers[-1].remaining,
        needs_force=answers[-1].needs_force,
    )
    if is_json:
        print_json(total)
        return
    if total.is_dry_run:
        say(f"{total.requested + total.remaining:,} actions would run again.")
    else:
        say(f"{total.requested:,} actions run again.")
    if total.refused:
        say(f"{len(total.refused):,} had changed meanwhile and were left alone.")
    if total.needs_force:
        say(f"{total.needs_force:,} are running; if you are sure that they are dead: --force")
