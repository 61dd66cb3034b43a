"""`/shops/{shop}/orders/{id}/case`: be on an order's case, leave it, let it wait, or wake it.

The rule to know: nothing of this is a fact of the order. Of two people at once one gets the case;
the other is told who, and asked whether to take it over.
"""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec.structs import replace

from adapters.auth.roles import Permission
from adapters.cases.case import TAKEN_FOR, CaseTaken, Snooze
from adapters.http_api.access import needs
from adapters.web.access import PageRequest
from adapters.web.answers import done, led_to, said_part
from adapters.web.attention.address import address_of
from adapters.web.attention.cases import CaseView, case_view, desk_of, needs_attention, read_case
from adapters.web.attention.list_view import read_attention_list
from adapters.web.dialogs.asking import Asking, Dialog, Question, new_key, show
from adapters.web.forms import Form, read_form
from adapters.web.parts import PageParts
from adapters.web.regions import Region
from adapters.web.visit import Visit
from adapters.web.words import translations_of
from domain.identifiers import OrderId
from domain.phrase import say
from domain.rejection import Rejection

CASE = Dialog("attention/case_dialog.html", "Who is on this order")
OWN_FIELDS = ("from", "ask")
"""Of the address, beside those of the list behind it."""


class CaseQuestion(Question, frozen=True, kw_only=True):
    """Take it over, or how long it may wait."""

    case: CaseView
    is_over: bool
    """It is about taking it over."""
    until: tuple[tuple[Snooze, datetime], ...]
    """The choices of how long, with when each ends."""


class NoCase(Rejection):
    """The order needs no attention."""

    code = "no_case"

    def __init__(self) -> None:
        super().__init__(say("This order needs no attention any more."))


class WishUnknown(Rejection):
    """The form says nothing that can be done with a case."""

    code = "case_wish_unknown"

    def __init__(self) -> None:
        super().__init__(say("Choose what to do with this order."))


@get("/orders/{order_id:uuid}/case", opt=needs(Permission.OPERATE))
async def ask_case(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
) -> Response[str]:
    """Ask how long the order may wait, or whether to take it over; raise NoCase."""
    case = await read_case(parts, visit, OrderId(order_id))
    if case is None:
        raise NoCase
    is_over = request.query_params.get("ask") == "over"
    return await _ask(parts, visit, request, case, is_over=is_over)


@post("/orders/{order_id:uuid}/case", opt=needs(Permission.OPERATE))
async def do_case(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
) -> Response[Any]:
    """Do what the form says with the case."""
    form = await read_form(request)
    try:
        says = await _do(parts, visit, OrderId(order_id), form)
    except CaseTaken as taken:
        view = case_view(visit, order_id, taken.case)
        return await _ask(parts, visit, request, view, is_over=True, refusal=taken)
    except (NoCase, WishUnknown) as refusal:
        view = case_view(visit, order_id, None)
        return await _ask(parts, visit, request, view, is_over=False, refusal=refusal)
    behind = replace(visit, query=_list_query(visit))
    if request.query_params.get("from") != "list":
        return await done(parts, behind, OrderId(order_id), says)
    return await _list_again(parts, behind, says)


async def _ask(
    parts: PageParts,
    visit: Visit,
    request: PageRequest,
    view: CaseView,
    *,
    is_over: bool,
    refusal: Rejection | None = None,
) -> Response[str]:
    is_from_list = request.query_params.get("from") == "list"
    query = _list_query(visit)
    asking = Asking(
        path=f"{visit.path}?from=list&{query}" if is_from_list else f"{visit.path}?{query}",
        back=visit.url(f"/orders?{query}" if is_from_list else f"/orders/{view.order_id}?{query}"),
        list_query="",
        is_filled_in=False,
        key=new_key(),
    )
    now, zone = visit.formats.now, visit.formats.zone
    question = CaseQuestion(
        asking=asking.rejected(refusal) if refusal else asking,
        case=view,
        is_over=is_over and view.is_of_another,
        until=tuple((snooze, snooze.ends_at(now, zone)) for snooze in Snooze),
    )
    return await show(parts, visit, CASE, question)


def _list_query(visit: Visit) -> str:
    """Say which list stands behind."""
    return urlencode([one for one in parse_qsl(visit.query) if one[0] not in OWN_FIELDS])


async def _do(parts: PageParts, visit: Visit, order_id: OrderId, form: Form) -> str:
    """Do it and tell it; raise CaseTaken, NoCase or WishUnknown."""
    desk, texts = desk_of(parts, visit), translations_of(visit.language)
    match form.text("do"):
        case "release":
            await desk.release(order_id)
            return texts.gettext("You are not on this order any more.")
        case "wake":
            await desk.wake(order_id)
            return texts.gettext("This order waits no longer.")
        case "take":
            await _require_attention(parts, visit, order_id)
            ends_at = visit.formats.now + TAKEN_FOR
            await desk.take(order_id, ends_at, over=form.text("over"))
            said = texts.gettext("You are on this order until %(until)s.")
        case "snooze":
            await _require_attention(parts, visit, order_id)
            ends_at = _snooze_of(form).ends_at(visit.formats.now, visit.formats.zone)
            await desk.snooze(order_id, ends_at)
            said = texts.gettext("This order waits until %(until)s.")
        case _:
            raise WishUnknown
    return said % {"until": visit.formats.until(ends_at)}


async def _require_attention(parts: PageParts, visit: Visit, order_id: OrderId) -> None:
    if not await needs_attention(parts, visit, order_id):
        raise NoCase


def _snooze_of(form: Form) -> Snooze:
    try:
        return Snooze(form.text("for"))
    except ValueError as error:
        raise WishUnknown from error


async def _list_again(parts: PageParts, visit: Visit, says: str) -> Response[Any]:
    address = address_of(visit)
    if visit.region is Region.PAGE:
        return led_to(visit.url(f"/orders?{address.query}"), says, is_secure=visit.is_secure)
    listed = await read_attention_list(parts, visit, address=address)
    return said_part(visit, Region.RESULTS, "attention/results.html", listed, says)
