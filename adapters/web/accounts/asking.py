"""Questions of the page of people and keys: in a dialog for scripts, else as a page of their own."""

from http import HTTPStatus
from typing import Any

from litestar import Response
from msgspec import Struct
from msgspec.structs import replace

from adapters.http_api.problems import status_of
from adapters.web.accounts.people_view import read_people
from adapters.web.answers import led_to, said_part
from adapters.web.parts import PageParts
from adapters.web.regions import REGION_HEADER, Region
from adapters.web.rendering import part
from adapters.web.visit import Visit
from adapters.web.work_page import work_page
from domain.rejection import Rejection

PEOPLE_PATH = "/people"
TITLE = "People and keys"


class Question(Struct, frozen=True, kw_only=True):
    """A dialog's template, what it shows, and why it was refused."""

    template: str
    asked: object
    says: str = ""
    status: int = HTTPStatus.OK


async def ask(parts: PageParts, visit: Visit, question: Question) -> Response[str]:
    """Show a question."""
    if visit.region is Region.DIALOG:
        headers = {REGION_HEADER: Region.DIALOG.value}
        return part(visit, question.template, question, status=question.status, headers=headers)
    return await work_page(
        parts,
        visit,
        "accounts/question",
        question,
        title=TITLE,
        current="people",
        status=question.status,
    )


async def ask_again(
    parts: PageParts, visit: Visit, question: Question, rejection: Rejection
) -> Response[str]:
    """Show it again, and say why nothing was done."""
    refused = replace(question, says=rejection.says, status=status_of(rejection))
    return await ask(parts, visit, refused)


async def granted(parts: PageParts, visit: Visit, says: str, path: str = "") -> Response[Any]:
    """Answer with the page as it is now, and a sentence; `path` is another page to lead to."""
    if path or visit.region is Region.PAGE:
        return led_to(path or visit.url(PEOPLE_PATH), says, is_secure=visit.is_secure)
    view = await read_people(parts, visit)
    return said_part(visit, Region.WORK, "accounts/people_work.html", view, says)
