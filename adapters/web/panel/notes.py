"""`POST /shops/{shop}/orders/{id}/notes`: writes a note on an order, once a key.

The rule to know: what was typed is never lost: a note that is not taken comes back with the reason.
"""

from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from adapters.auth.roles import Permission
from adapters.commands.options import NOTE_CHARACTERS_MAX, NoteOptions
from adapters.commands.requests import OrderRequester
from adapters.http_api.access import needs
from adapters.http_api.problems import status_of
from adapters.web.access import PageRequest
from adapters.web.answers import done
from adapters.web.forms import read_form
from adapters.web.orders.showing import show_panel
from adapters.web.panel.panel_view import NoteForm, read_panel, with_note
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from adapters.web.words import translations_of
from domain.identifiers import OrderId
from domain.rejection import Rejection


class NoteNotTaken(Rejection):
    """It says nothing, or too much."""

    code = "note_not_taken"


@post("/orders/{order_id:uuid}/notes", opt=needs(Permission.OPERATE))
async def write_note(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
) -> Response[Any]:
    """Write it, or give it back with the reason why not."""
    form = await read_form(request)
    order = OrderId(order_id)
    text = form.text("text").replace("\r\n", "\n")
    requester = OrderRequester(
        shop=visit.shop, order_id=order, by=visit.visitor.by, key=form.text("key")
    )
    try:
        granted = await parts.operations.note(requester, _options(text, visit))
    except Rejection as refusal:
        return await _refused(parts, visit, order, text, refusal)
    says = translations_of(visit.language).gettext("Note added.")
    return await done(parts, visit, order, says, granted.position)


def _options(text: str, visit: Visit) -> NoteOptions:
    _ = translations_of(visit.language).gettext
    if not text:
        raise NoteNotTaken(_("Write something first."))
    if len(text) > NOTE_CHARACTERS_MAX:
        raise NoteNotTaken(_("A note holds at most 4,000 characters."))
    try:
        return msgspec.convert({"text": text}, NoteOptions)
    except msgspec.ValidationError:
        raise NoteNotTaken(_("A note holds no control characters.")) from None


async def _refused(
    parts: PageParts, visit: Visit, order_id: OrderId, text: str, refusal: Rejection
) -> Response[str]:
    status = (
        HTTPStatus.UNPROCESSABLE_ENTITY if isinstance(refusal, NoteNotTaken) else status_of(refusal)
    )
    panel = await read_panel(parts, visit, order_id)
    note = NoteForm(key=uuid4().hex, text=text, refusal=refusal.says)
    return await show_panel(parts, visit, with_note(panel, note), status)
