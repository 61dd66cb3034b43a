"""What every dialog shares: a key that does its wish once, and what was shown before the button.

The rule to know: a form carries a digest of what its dialog said would happen. What is sent with
another digest than the dialog would have now does nothing, and gets the dialog as it is now.
"""

from hashlib import sha256
from http import HTTPStatus
from typing import NamedTuple, TypeVar
from uuid import uuid4

import msgspec
from litestar import Response
from msgspec import Struct
from msgspec.structs import replace

from adapters.address import with_query
from adapters.http_api.problems import status_of
from adapters.web.access import PageRequest
from adapters.web.forms import Form
from adapters.web.parts import PageParts
from adapters.web.regions import REGION_HEADER, Region
from adapters.web.rendering import full_page, part
from adapters.web.visit import Visit
from domain.rejection import Rejection
from projections.order_view.firing import Effects
from projections.order_view.history import HistoryEntry

KEY_FIELD = "key"
EXPECTED_FIELD = "expected"
SEEN_FIELD = "seen"
LIST_FIELD = "list"
"""The query of the list behind the dialog: a form that is sent by GET loses its own."""
VERSION_DIGITS_MAX = 9


class Dialog(NamedTuple):
    """One kind of dialog."""

    template: str
    """Extends `dialogs/frame.html`."""
    title: str
    """Of the full page around it, in English."""


class Refusal(Struct, frozen=True, kw_only=True):
    """Why nothing was done, shown above the question."""

    status: int
    says: str = ""
    """A sentence of ours; "" where `news` says it all."""
    news: HistoryEntry | None = None
    """The order's last fact, recorded after the dialog was shown."""


class Asking(Struct, frozen=True, kw_only=True):
    """What the form of every dialog carries beside its own fields."""

    path: str
    """The dialog's own, as it was sent."""
    back: str
    """The address to go back to."""
    list_query: str
    is_filled_in: bool
    """The fields are a person's, not the first ones: a box that is not there is not ticked."""
    key: str
    expected: str = ""
    seen: int = 0
    """The order's version that the dialog showed."""
    refusal: Refusal | None = None

    @property
    def action(self) -> str:
        """Say where the form goes to."""
        return with_query(self.path, self.list_query)

    def refused(self, refusal: Refusal) -> "Asking":
        """Ask again, and say why."""
        return replace(self, refusal=refusal)

    def rejected(self, rejection: Rejection) -> "Asking":
        """Ask again, and say why, in the rejection's own words."""
        return self.refused(Refusal(status=status_of(rejection), says=rejection.says))

    def anew(self) -> "Asking":
        """Ask for another wish."""
        return replace(self, key=new_key())


class Question(Struct, frozen=True, kw_only=True):
    """What a dialog shows."""

    asking: Asking


QuestionT = TypeVar("QuestionT", bound=Question)


def asking_of(request: PageRequest, form: Form, visit: Visit, back: str) -> Asking:
    """Read it of a request; `back` is the path to go back to, within the shop."""
    is_filled_in = bool(form.text(KEY_FIELD))
    list_query = form.text(LIST_FIELD) if is_filled_in else visit.query
    return Asking(
        path=request.scope["raw_path"].decode("latin-1"),
        back=visit.url(with_query(back, list_query)),
        list_query=list_query,
        is_filled_in=is_filled_in,
        key=form.text(KEY_FIELD) or new_key(),
        expected=form.text(EXPECTED_FIELD),
        seen=version_in(form.text(SEEN_FIELD)) or 0,
    )


def version_in(text: str) -> int | None:
    """Read a hidden field that counts; None if it was tampered with or is not there."""
    is_version = text.isascii() and text.isdecimal() and len(text) <= VERSION_DIGITS_MAX
    return int(text) if is_version else None


def new_key() -> str:
    """Make the idempotency key of a wish that nobody has had before."""
    return uuid4().hex


def digest_of(*shown: object) -> str:
    """Sum up what a dialog says would happen, as far as a person decides on it."""
    return sha256(msgspec.json.encode(shown, enc_hook=str)).hexdigest()


def digest_of_effects(effects: Effects, *shown: object) -> str:
    """Sum up a dry run and what else is shown; how long something runs is left out."""
    return digest_of(
        effects.recorded,
        [(fires.action_id, fires.run, fires.revision, fires.whom) for fires in effects.fires],
        [(caution.code, caution.action_id) for caution in effects.cautions],
        *shown,
    )


async def show(parts: PageParts, visit: Visit, dialog: Dialog, question: Question) -> Response[str]:
    """Show the question: the dialog's content for a script, a full page for a plain browser."""
    refusal = question.asking.refusal
    status = refusal.status if refusal else HTTPStatus.OK
    if visit.region is Region.PAGE:
        page = _Page(template=dialog.template, question=question)
        return await full_page(
            parts,
            visit,
            "dialogs/page.html",
            page,
            title=dialog.title,
            current="orders",
            status=status,
        )
    headers = {REGION_HEADER: Region.DIALOG.value}
    return part(visit, dialog.template, question, status=status, headers=headers)


class _Page(Struct, frozen=True, kw_only=True):
    template: str
    question: Question
