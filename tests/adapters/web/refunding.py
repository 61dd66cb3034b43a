"""An order to refund, and a person before its dialogs as a plain browser shows them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from httpx2 import Response

from adapters.auth.roles import Role
from adapters.bootstrap import Parts
from adapters.web.answers import SAID_HEADER
from adapters.web.regions import Region
from domain.order.events import OrderFact
from tests.adapters.commands.given import STREAM
from tests.adapters.web import seen
from tests.adapters.web.asked import Asked
from tests.adapters.web.opened import ORDER, opened
from tests.adapters.web.site import Visitor
from tests.support import Database

DIALOG = f"{ORDER}/refund"
Fields = dict[str, Any]


class Person:
    """Somebody of the shop who refunds."""

    def __init__(self, parts: Parts, visitor: Visitor) -> None:
        self.parts = parts
        self.visitor = visitor

    async def open(self, path: str = DIALOG, **typed: Any) -> Response:
        """Open a dialog; with fields, look again at what they come to."""
        return await self.visitor.get(path, **typed)

    async def filled(self, path: str, **typed: Any) -> Fields:
        """Fill in a dialog, look at what will happen, and give the form as it then stands."""
        first = fields_of(await self.open(path)) | typed
        return fields_of(await self.open(path, **chosen(first))) | chosen(typed)

    async def send(self, path: str = DIALOG, **form: Any) -> Response:
        """Press the button; a script sends the form."""
        return await self.visitor.post(path, Region.DIALOG, **form)

    async def version(self) -> int:
        """Say how many facts the order has."""
        return len(await self.parts.journal.read_stream(STREAM))


@asynccontextmanager
async def refunding(
    database: Database, *facts: OrderFact, role: Role = Role.CUSTOMER_SERVICE
) -> AsyncIterator[Person]:
    """Sign a person into the shop of an order with these facts."""
    async with opened(database, *facts, role=role) as order:
        yield Person(order.site.parts, order.visitor)


def chosen(fields: Fields) -> Fields:
    """Leave out the boxes whose tick was taken away."""
    return {name: value for name, value in fields.items() if value is not None}


def fields_of(response: Response) -> Fields:
    """Give what a browser would send of the form as it is shown; no texts of several lines."""
    return dict(Asked(response).filled_in())


def words_of(response: Response) -> str:
    """Give the page's text as it is read."""
    return seen.words_of(response.text)


def said_by(response: Response) -> str:
    """Give the sentence that follows what was done."""
    assert response.status_code == HTTPStatus.OK, words_of(response)
    return unquote(response.headers[SAID_HEADER]).replace("\xa0", " ")


def button_of(response: Response) -> str:
    """Give the words of the button that does it."""
    return Asked(response).button


def boxes_of(response: Response) -> Sequence[str]:
    """Name the boxes that can be ticked."""
    return list(Asked(response).boxes)
