"""`/messages`: what came from the checkout and what became of it; stuck ones can be put through again.

Bodies hold personal data: only who maintains the shop sees them.
"""

from typing import Annotated, Any
from urllib.parse import unquote
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from msgspec import Struct
from msgspec.structs import asdict

from adapters.auth.roles import Permission
from adapters.http_api.access import needs
from adapters.http_api.documented import keyed_problems
from adapters.http_api.parameters import LIMIT_DEFAULT, NO_CONTROL_CHARACTERS, LimitParameter
from adapters.http_api.parts import ApiParts
from adapters.http_api.problems import NotFound
from adapters.messaging.queries import MessageFilter, MessageRow
from adapters.messaging.verdicts import Outcome
from domain.identifiers import ShopId
from domain.rejection import Rejection

MESSAGE_ID_MAX = 200
PATH_BEFORE_ID = "/messages/"

PathMessageId = Annotated[
    str,
    PathParameter(
        description="The message's own id, as it is or escaped; it may hold slashes.",
        max_length=MESSAGE_ID_MAX + len("/"),
        pattern=NO_CONTROL_CHARACTERS,
    ),
]
QueryMessageId = Annotated[
    str,
    QueryParameter(
        name="id",
        description="The message's own id.",
        min_length=1,
        max_length=MESSAGE_ID_MAX,
        pattern=NO_CONTROL_CHARACTERS,
    ),
]


class MessageShown(MessageRow, frozen=True, kw_only=True):
    """A message with its body, while it is held."""

    body: str | None
    """As it came, or the start of it where it was too large; null once it was applied."""


class MessagePage(Struct, frozen=True):
    """Messages: those that wait or are stuck first, then what was applied lately."""

    messages: tuple[MessageRow, ...]


class MessageShownPage(Struct, frozen=True):
    """All that is known of one id; several entries if it came with different content."""

    messages: tuple[MessageShown, ...]


class NotReplayable(Rejection):
    """Nothing of this id is held that could be put through again."""

    code = "not_replayable"


@get(
    "/messages",
    operation_id="listMessages",
    summary="What came from the checkout",
    tags=["messages"],
    responses=keyed_problems(),
    opt=needs(Permission.MAINTAIN),
)
async def messages_list(
    *,
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    outcome: Annotated[Outcome | None, QueryParameter(description="What became of them.")] = None,
    order_id: Annotated[UUID | None, QueryParameter(description="About this order.")] = None,
    limit: LimitParameter = LIMIT_DEFAULT,
) -> MessagePage:
    """List messages and what became of each: applied, parked or quarantined."""
    wanted = MessageFilter(shops=(shop_id,), outcome=outcome, order_id=order_id, limit=limit)
    return MessagePage(tuple(await parts.messages.find(wanted)))


@get(
    "/messages/{message_id:path}",
    operation_id="showMessage",
    summary="One message",
    tags=["messages"],
    responses=keyed_problems(),
    opt=needs(Permission.MAINTAIN),
)
async def messages_show(
    request: Request[Any, Any, Any],
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    message_id: PathMessageId,  # noqa: ARG001 - documented and held to its limits
) -> MessageShownPage:
    """Say what became of a message; with its body while it waits or is stuck."""
    found = await find_message(parts, shop_id, _whole_id(request))
    return MessageShownPage(tuple([await show_message(parts, row) for row in found]))


@post(
    "/messages/replay",
    operation_id="replayMessage",
    summary="Put a message through again",
    tags=["messages"],
    responses=keyed_problems(409),
    status_code=200,
    opt=needs(Permission.MAINTAIN),
)
async def messages_replay(
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    message_id: QueryMessageId,
) -> MessagePage:
    """Judge a held message again, after what it waited for or stumbled over was mended."""
    again = await parts.messages.replay(await find_message(parts, shop_id, message_id))
    if not again:
        raise NotReplayable("It was applied, or was too large to be kept whole.")
    return MessagePage(tuple(again))


def _whole_id(request: Request[Any, Any, Any]) -> str:
    """Take the id as it was sent: Litestar's own paths have lost empty parts and end slashes."""
    sent: str = request.scope["raw_path"].decode("latin-1")
    return unquote(sent.partition(PATH_BEFORE_ID)[2])


async def find_message(parts: ApiParts, shop_id: ShopId, message_id: str) -> list[MessageRow]:
    """Give all that is known of one id; raise NotFound."""
    found = await parts.messages.show((shop_id,), message_id)
    if not found:
        raise NotFound("There is no such message.")
    return found


async def show_message(parts: ApiParts, row: MessageRow) -> MessageShown:
    """Add the body of a message that is held."""
    body = await parts.messages.body_of(row) if row.held_id else None
    text = None if body is None else body.decode(errors="replace")
    return MessageShown(**asdict(row), body=text)
