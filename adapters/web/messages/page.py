"""`/shops/{shop}/messages`: what came from the checkout, what is stuck, and its replay.

The rule to know: bodies hold personal data, so only who maintains the shop sees these pages.
"""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.di import NamedDependency

from adapters.auth.roles import Permission
from adapters.http_api.access import needs
from adapters.http_api.messages import find_message
from adapters.messaging.queries import MessageRow
from adapters.messaging.verdicts import Outcome
from adapters.web.access import PageRequest
from adapters.web.answers import led_to
from adapters.web.forms import read_form
from adapters.web.messages.message_view import read_message, read_messages
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from adapters.web.words import LanguageTag, translations_of
from adapters.web.work_page import work_page


@get("/messages", opt=needs(Permission.MAINTAIN))
async def messages_page(
    request: PageRequest, parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[str]:
    """List them; `outcome` limits the list, and one that we do not know limits nothing."""
    asked = (await read_form(request)).text("outcome")
    outcome = Outcome(asked) if asked in set(Outcome) else None
    view = await read_messages(parts, visit.shop, outcome)
    return await work_page(
        parts, visit, "messages/messages", view, title="Messages", current="messages"
    )


@get("/messages/show", opt=needs(Permission.MAINTAIN))
async def message_page(
    request: PageRequest, parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[str]:
    """Show all that came under one id, with the body of what is held."""
    message_id = (await read_form(request)).untouched("id")
    view = await read_message(parts, visit.shop, message_id)
    return await work_page(
        parts, visit, "messages/message", view, title="Message", current="messages"
    )


@post("/messages/replay", opt=needs(Permission.MAINTAIN))
async def replay_message(
    request: PageRequest, parts: NamedDependency[PageParts], visit: NamedDependency[Visit]
) -> Response[Any]:
    """Put a held message through again, and say what came of it on its page."""
    message_id = (await read_form(request)).untouched("id")
    again = await parts.messages.replay(await find_message(parts, visit.shop, message_id))
    path = visit.url(f"/messages/show?{urlencode({'id': message_id})}")
    return led_to(path, _says(again, visit.language), is_secure=visit.is_secure)


def _says(again: list[MessageRow], language: LanguageTag) -> str:
    _ = translations_of(language).gettext
    outcomes = {row.outcome for row in again}
    if not outcomes:
        return _("Nothing was put through: it was applied, or was too large to be kept whole.")
    if Outcome.QUARANTINED in outcomes:
        return _("It was put through again and is still refused. The reason is below.")
    if Outcome.PARKED in outcomes:
        return _("It was put through again and still waits. What for is below.")
    return _("It was put through again and is applied.")
