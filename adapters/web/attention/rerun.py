"""`/shops/{shop}/attention/rerun`: all of a cause, or the orders ticked, run their actions again.

The rule to know: a key that is known is answered first, from what it stands for; only then is
looked whether the dialog still says the same.
"""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency
from msgspec.structs import asdict, replace

from adapters.auth.roles import Permission
from adapters.commands.requests import IdempotencyKeyReused, Requester
from adapters.commands.rerun_answer import Remembered, RerunAnswer
from adapters.commands.rerun_memory import RerunMemory
from adapters.commands.rerun_options import RerunAtOnceOptions
from adapters.http_api.access import needs
from adapters.http_api.freshness import NotThereYet, catch_up
from adapters.web.access import PageRequest
from adapters.web.answers import led_to, said_part
from adapters.web.attention.list_view import read_attention_list
from adapters.web.attention.rerun_shown import shown_in
from adapters.web.attention.rerun_view import RerunManyQuestion, RerunWish, read_rerun, wish_of
from adapters.web.dialogs.asking import Asking, Dialog, Refusal, new_key, show
from adapters.web.forms import Form, read_form
from adapters.web.parts import PageParts
from adapters.web.regions import Region
from adapters.web.visit import Visit
from adapters.web.words import translations_of
from domain.phrase import say
from domain.rejection import Rejection

RERUN_MANY = Dialog("attention/rerun.html", "Run failed actions again")
CHANGED = say("What would run again has changed meanwhile, and nothing was done. Look again.")
EMPTIED = say(
    "Nothing is left to run again: somebody else, or the ledger itself, was faster meanwhile."
)


@get("/attention/rerun", opt=needs(Permission.OPERATE))
async def ask_rerun_many(
    request: PageRequest, parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[str]:
    """Show what would run again."""
    form = await read_form(request)
    wish = wish_of(visit, form)
    question = await read_rerun(parts, visit, wish, _asking(request, form, visit, wish))
    return await show(parts, visit, RERUN_MANY, question)


@post("/attention/rerun", opt=needs(Permission.OPERATE))
async def do_rerun_many(
    request: PageRequest, parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[Any]:
    """Run it again, as it was shown."""
    form = await read_form(request)
    wish = wish_of(visit, form)
    asking = _asking(request, form, visit, wish)
    requester = Requester(shop=visit.shop, by=visit.visitor.by, key=asking.key)
    try:
        options = await _known(parts, requester, wish)
        if options is None:
            question = await read_rerun(parts, visit, wish, asking)
            if refused := _refused(question, asking):
                return await show(parts, visit, RERUN_MANY, refused)
            options = question.options
        assert options is not None, "a question without actions was refused"
        answer = await parts.reruns.rerun(requester, options)
    except Rejection as rejection:
        question = await read_rerun(parts, visit, wish, asking.anew())
        rejected = replace(question, asking=question.asking.rejected(rejection))
        return await show(parts, visit, RERUN_MANY, rejected)
    return await _granted(parts, visit, asking, wish, answer)


def _asking(request: PageRequest, form: Form, visit: Visit, wish: RerunWish) -> Asking:
    return Asking(
        path=request.url.path,
        back=visit.url(f"/orders?{wish.back.query}"),
        list_query="",
        is_filled_in=bool(form.text("key")),
        key=form.text("key") or new_key(),
        expected=form.text("expected"),
    )


async def _known(
    parts: PageParts, requester: Requester, wish: RerunWish
) -> RerunAtOnceOptions | None:
    """Give what the key stands for, if it is used; raise IdempotencyKeyReused for another wish."""
    for known in await RerunMemory(parts.pool).recall(requester):
        if not _is_same(known, wish):
            raise IdempotencyKeyReused
        return RerunAtOnceOptions(**asdict(known.options))
    return None


def _is_same(known: Remembered, wish: RerunWish) -> bool:
    options = known.options
    is_of_these = {one.order_id for one in options.actions} <= set(wish.order_ids)
    flags = (wish.force, wish.use_latest_configuration)
    return (
        (options.cause or "") == wish.cause
        and is_of_these
        and (options.force, options.use_latest_configuration) == flags
    )


def _refused(question: RerunManyQuestion, sent: Asking) -> RerunManyQuestion | None:
    """Ask again where the question as it was shown does not hold now."""
    now, shown = question.asking, shown_in(sent.expected)
    found = shown_in(now.expected)
    if shown.was_emptied(found):
        return replace(question, asking=now.refused(_conflict(EMPTIED)))
    if now.refusal or question.answer is None:
        return question
    if shown.covers(found) and question.answer.requested:
        return None
    return replace(question, asking=now.refused(_conflict(CHANGED)))


def _conflict(says: str) -> Refusal:
    return Refusal(status=HTTPStatus.CONFLICT, says=says)


async def _granted(
    parts: PageParts, visit: Visit, asking: Asking, wish: RerunWish, answer: RerunAnswer
) -> Response[Any]:
    """Lead back to the list; while some remain, on to the next of them."""
    says = _says(visit, asking, answer)
    await _catch_up(parts, answer.position)
    if visit.region is Region.PAGE:
        path = _next_path(visit, wish) if answer.remaining else asking.back
        return led_to(path, says, is_secure=visit.is_secure)
    if answer.remaining:
        anew = replace(asking.anew(), expected="")
        question = await read_rerun(parts, visit, wish, anew)
        return await show(parts, visit, RERUN_MANY, replace(question, said=says))
    listed = await read_attention_list(parts, visit, address=wish.back)
    return said_part(visit, Region.RESULTS, "attention/results.html", listed, says)


async def _catch_up(parts: PageParts, position: int) -> None:
    try:
        await catch_up(parts, position)
    except NotThereYet:
        return  # It is done; the list shows it a little later.


def _next_path(visit: Visit, wish: RerunWish) -> str:
    named = (
        [("cause", wish.cause)] if wish.cause else [("order", str(one)) for one in wish.order_ids]
    )
    return visit.url(f"/attention/rerun?{urlencode([*named, ('back', wish.back.query)])}")


def _says(visit: Visit, asking: Asking, answer: RerunAnswer) -> str:
    texts, count = translations_of(visit.language), len(answer.requested)
    if answer.is_repeat:
        return texts.gettext("This was done already, at the first press of the button.")
    if not count:
        return texts.gettext(EMPTIED)
    sentences = [
        texts.ngettext("%(n)s action runs again.", "%(n)s actions run again.", count) % {"n": count}
    ]
    if left_out := max(0, len(shown_in(asking.expected).runs) - count):
        sentences.append(
            texts.ngettext(
                "%(n)s was left out: it no longer needs it.",
                "%(n)s were left out: they no longer need it.",
                left_out,
            )
            % {"n": left_out}
        )
    if answer.remaining:
        sentences.append(
            texts.ngettext("%(n)s is left.", "%(n)s are left.", answer.remaining)
            % {"n": answer.remaining}
        )
    return " ".join(sentences)
