"""Epassi, as far as cancelling a payment is *assumed*: there is no public page to follow.

Any id is a payment of just the amount that is asked back. A form is answered with a form.
"""

import hashlib
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State

from scripts.receivers.book import Book, Effect
from scripts.receivers.places import Receiver
from scripts.receivers.sources import ASSUMED, Behaviour

BEHAVIOURS = tuple(
    Behaviour(Receiver.EPASSI, what, ASSUMED)
    for what in (
        "a form with STAMP, SITE, AMOUNT, PAID and MAC cancels the payment that PAID names",
        "MAC is the SHA-512 of the values and the secret, joined by &, as in the payment form",
        "200 with STAMP, CANCELLED and MAC; 400 with ERROR, whose words are the payment form's",
        "a payment is cancelled once, and whole",
    )
)
PATH = "/e_payments/cancel"
SITE = "70001"
SECRET = "made-up-secret-of-the-sandbox"  # noqa: S105 - it opens nothing but the sandbox
FIELDS = ("STAMP", "SITE", "AMOUNT", "PAID")


class Epassi:
    """A merchant's payments that were cancelled."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.returned: dict[str, int] = {}
        """Cents, by payment."""

    def cancel(self, form: dict[str, str]) -> dict[str, str]:
        """Cancel a payment, or say what is wrong."""
        error = self._error_in(form)
        stamp = form.get("STAMP", "")
        if error:
            self._book.note(Receiver.EPASSI, "", stamp, Effect.REFUSED, error)
            return {"ERROR": error}
        paid = form["PAID"]
        self.returned[paid] = int(Decimal(form["AMOUNT"]) * 100)
        self._book.note(Receiver.EPASSI, "", stamp, Effect.DONE, f"cancelled {form['AMOUNT']}")
        cancelled = f"C{len(self.returned):06}"
        return {"STAMP": stamp, "CANCELLED": cancelled, "MAC": _mac(stamp, cancelled)}

    def _error_in(self, form: dict[str, str]) -> str:
        if any(not form.get(name) for name in FIELDS) or form["PAID"] in self.returned:
            return "INVALID_REQUEST"
        if form["SITE"] != SITE:
            return "SITE_DOES_NOT_EXIST"
        is_signed = form.get("MAC") == _mac(*(form[name] for name in FIELDS))
        return "" if is_signed else "INVALID_REQUEST_SIGNATURE"


def router(epassi: Epassi) -> Router:
    """Serve the form, and `/sandbox/epassi`."""

    @post(PATH)
    async def cancel(request: Request[Any, Any, State]) -> Response[bytes]:
        """Cancel a payment."""
        said = epassi.cancel(dict(parse_qsl((await request.body()).decode())))
        body, status = urlencode(said).encode(), 400 if "ERROR" in said else 200
        return Response(body, status_code=status, media_type="application/x-www-form-urlencoded")

    @get("/sandbox/epassi")
    async def money() -> Response[bytes]:
        """Show what went back."""
        return Response(msgspec.json.encode(epassi.returned), media_type="application/json")

    return Router("/", route_handlers=[cancel, money])


def _mac(*values: str) -> str:
    return hashlib.sha512("&".join((*values, SECRET)).encode()).hexdigest()
