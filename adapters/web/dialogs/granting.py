"""From a dialog's form to what is done with one order.

The rule to know: a key that is known is answered first, from what was recorded under it; only then
is looked whether the dialog still says the same.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, TypeAlias

from litestar import Response
from msgspec.structs import replace

from adapters.commands.operating import CommandAnswer
from adapters.commands.options import Wanted
from adapters.commands.requests import (
    IdempotencyKeyInvalid,
    IdempotencyKeyReused,
    OrderRequester,
)
from adapters.web.answers import done
from adapters.web.dialogs.asking import (
    Asking,
    Dialog,
    QuestionT,
    Refusal,
    digest_of,
    digest_of_effects,
    show,
)
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import OrderId
from domain.phrase import say
from domain.rejection import Rejection
from projections.order_view.firing import Effects

NOT_SHOWN = say(
    "What will happen now is not what was shown to you. Look again, then press the button."
)
DONE_BEFORE = say(
    "This was done already, at the first press of the button. Nothing was done twice."
)

Read: TypeAlias = Callable[[Asking], Awaitable[QuestionT]]
"""Makes the question as it is now, with the form's fields and a new `expected` in its `asking`."""
Says: TypeAlias = Callable[[CommandAnswer], str]
"""Tells what was done, in the visitor's language."""


def requester_of(visit: Visit, order_id: OrderId, key: str = "") -> OrderRequester:
    """Say who wants something of the order; without a key it is a dry run."""
    return OrderRequester(
        shop=visit.shop,
        order_id=order_id,
        by=visit.visitor.by,
        key=key,
        is_dry_run=not key,
    )


async def tried(
    asking: Asking, version: int, trial: Awaitable[Effects], *shown: object
) -> tuple[Asking, Effects | None]:
    """Try a wish dry on the order's `version`: with what it comes to, or why it is refused.

    `shown` is what else a person decides on.
    """
    asking = replace(asking, seen=version)
    try:
        effects = await trial
    except Rejection as rejection:
        return replace(asking, expected=digest_of(*shown)).rejected(rejection), None
    return replace(asking, expected=digest_of_effects(effects, *shown)), effects


async def grant(
    parts: PageParts,
    visit: Visit,
    *,
    dialog: Dialog,
    order_id: OrderId,
    asking: Asking,
    wanted: Wanted,
    read: Read[QuestionT],
    says: Says,
) -> Response[Any]:
    """Do what a form says, once; or show its question again, with the reason.

    Raises what `read` raises where there is no such order or action.
    """
    requester = requester_of(visit, order_id, asking.key)
    try:
        answer = await parts.operations.granted(requester, wanted)
        if answer is None:
            question = await read(asking)
            refusal = await _refusal(parts, visit, order_id, asking, question.asking)
            if refusal:
                return await show(parts, visit, dialog, _refused(question, refusal))
            answer = await parts.operations.answer(requester, wanted)
    except (IdempotencyKeyInvalid, IdempotencyKeyReused) as rejection:
        question = await read(asking.anew())
        asking = question.asking.rejected(rejection)
        return await show(parts, visit, dialog, replace(question, asking=asking))
    except Rejection as rejection:
        question = await read(asking)
        asking = question.asking.rejected(rejection)
        return await show(parts, visit, dialog, replace(question, asking=asking))
    said = visit.say(DONE_BEFORE) if answer.is_repeat else says(answer)
    return await done(parts, visit, order_id, said, answer.position)


async def _refusal(
    parts: PageParts, visit: Visit, order_id: OrderId, sent: Asking, now: Asking
) -> Refusal | None:
    """Say why a form as it was sent does not hold now."""
    if not now.refusal and now.expected == sent.expected:
        return None
    events = (await parts.order_reader.history(visit.shop, order_id)).events
    if news := [event for event in events if event.version > sent.seen]:
        by_people = [event for event in news if event.actor.kind == "operator"]
        return Refusal(status=HTTPStatus.CONFLICT, news=(by_people or news)[-1])
    return now.refusal or Refusal(status=HTTPStatus.CONFLICT, says=NOT_SHOWN)


def _refused(question: QuestionT, refusal: Refusal) -> QuestionT:
    return replace(question, asking=question.asking.refused(refusal))
