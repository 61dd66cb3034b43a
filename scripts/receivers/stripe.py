"""Stripe's refunds: an account with its own ledger of money, idempotency keys and webhooks.

Any key opens it. Payments are whatever ids say, see `stripe_ids.py`; what it does with refunds can
be told to it at `/sandbox/stripe`, where its money can be seen too.
"""

from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.types import ExceptionHandlersMap

from scripts.receivers.book import Book, Effect
from scripts.receivers.places import Receiver
from scripts.receivers.sources import ASSUMED, Behaviour
from scripts.receivers.stripe_account import FAILED, Denied, Refund, StripeAccount
from scripts.receivers.stripe_ids import Paid, paid_by
from scripts.receivers.stripe_keys import Answer, Keys
from scripts.receivers.stripe_webhooks import Webhooks

PAGES = "https://docs.stripe.com"
BEHAVIOURS = tuple(
    Behaviour(Receiver.STRIPE, what, source)
    for what, source in (
        ("a refund names payment_intent or charge, and no more than is left", f"{PAGES}/api/refunds/create"),
        ("refunds are listed by payment and time, the newest first, in pages", f"{PAGES}/api/refunds/list"),
        ("pending, requires_action, succeeded, failed, canceled", f"{PAGES}/api/refunds/object"),
        ("a refund can fail after it succeeded; the money is the merchant's again", f"{PAGES}/refunds"),
        ("with too small a balance a card's refund waits, others fail", f"{PAGES}/refunds"),
        ("a key with other parameters is an idempotency_error; kept for 24 hours", f"{PAGES}/api/idempotent_requests"),
        ("charge_already_refunded, charge_disputed, resource_missing", f"{PAGES}/error-codes"),
        ("webhooks are signed, may come twice and in any order", f"{PAGES}/webhooks"),
        ("refund.created, .updated, .failed; charge.refunded without refunds", f"{PAGES}/api/events/types"),
        ("a repeat under a key is answered with Idempotent-Replayed: true", f"{PAGES}/error-low-level"),
        ("more than is left is a 400 that names the parameter amount", ASSUMED),
        ("a payment that a parameter names and nobody knows is a 400", ASSUMED),
        ("a charge under an inquiry (warning_…) can be refunded", ASSUMED),
    )
)  # fmt: skip
LIMIT_DEFAULT, LIMIT_MAX = 10, 100

Asked = Request[Any, Any, State]


class Stripe:
    """The account with its doors."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self.account = StripeAccount()
        self.keys = Keys()
        self.webhooks = Webhooks()

    def refund(self, key: str, body: bytes) -> tuple[Answer, bool]:
        """Refund a payment once under its key, and tell of it; raise Denied."""
        answer, is_repeat = self.keys.once(key, body, lambda: self._answered(key, body))
        if is_repeat:
            self._book.note(Receiver.STRIPE, "", key, Effect.KNOWN, "the same answer again")
        self.tell()
        return answer, is_repeat

    def tell(self) -> None:
        """Tell what happened."""
        told, self.account.told = self.account.told, []
        self.webhooks.begin(told)

    def listed(self, query: dict[str, str]) -> dict[str, Any]:
        """Give a page of refunds."""
        since = int(query.get("created[gte]", "0"))
        paid = _paid(query)
        found = [
            one
            for one in reversed(self.account.refunds)
            if one.created >= since and (paid is None or one.charge == paid.charge)
        ]
        ids = [one.id for one in found]
        after = query.get("starting_after")
        begin = ids.index(after) + 1 if after in ids else 0
        limit = min(int(query.get("limit", LIMIT_DEFAULT)), LIMIT_MAX)
        page = found[begin : begin + limit]
        return {
            "object": "list",
            "url": "/v1/refunds",
            "data": page,
            "has_more": len(found) > begin + limit,
        }

    def shown(self, refund_id: str) -> Refund:
        """Give a refund; raise Denied."""
        for refund in self.account.refunds:
            if refund.id == refund_id:
                return refund
        raise Denied(404, "resource_missing", f"No such refund: '{refund_id}'", "id")

    def _answered(self, key: str, body: bytes) -> Answer:
        form = dict(parse_qsl(body.decode()))
        try:
            made = self.account.refund(
                form.get("payment_intent") or form.get("charge", ""),
                int(form["amount"]) if "amount" in form else None,
                {name[9:-1]: value for name, value in form.items() if name[:9] == "metadata["},
                form.get("reason"),
            )
        except Denied as denied:
            self._book.note(Receiver.STRIPE, "", key, Effect.REFUSED, str(denied))
            return Answer(denied.status, msgspec.json.encode({"error": denied.error}))
        effect = Effect.NONE if made.status in FAILED else Effect.DONE
        self._book.note(Receiver.STRIPE, "", key, effect, f"{made.amount} {made.status}")
        return Answer(200, msgspec.json.encode(made))


def router(stripe: Stripe) -> Router:
    """Serve `/v1/refunds`."""

    @post("/v1/refunds")
    async def refund(request: Asked) -> Response[bytes]:
        """Refund a payment."""
        key = request.headers.get("idempotency-key", "")
        answer, is_repeat = stripe.refund(key, await request.body())
        headers = {"Idempotent-Replayed": "true"} if is_repeat else {}
        return Response(
            answer.body,
            status_code=answer.status,
            media_type="application/json",
            headers=headers | {"Request-Id": "req_sandbox"},
        )

    @get("/v1/refunds")
    async def listed(request: Asked) -> Response[bytes]:
        """List refunds."""
        return _json(stripe.listed(dict(request.query_params.items())))

    @get("/v1/refunds/{refund_id:str}")
    async def shown(refund_id: str) -> Response[bytes]:
        """Show a refund."""
        return _json(stripe.shown(refund_id))

    refusing: ExceptionHandlersMap = {Denied: _denied}
    return Router(
        "/",
        route_handlers=[refund, listed, shown],
        exception_handlers=refusing,
        before_request=_require_key,
    )


def _paid(query: dict[str, str]) -> Paid | None:
    """Read whose refunds are asked for, None for all; raise Denied."""
    named = query.get("payment_intent") or query.get("charge")
    paid = paid_by(named) if named else None
    if named and paid is None:
        raise Denied(404, "resource_missing", f"No such payment_intent: '{named}'")
    return paid


def _require_key(request: Asked) -> None:
    if not request.headers.get("authorization"):
        raise Denied(401, "", "You did not provide an API key.")


def _denied(_: Asked, denied: Denied) -> Response[bytes]:
    return _json({"error": denied.error}, denied.status)


def _json(document: object, status: int = 200) -> Response[bytes]:
    content = msgspec.json.encode(document)
    return Response(content, status_code=status, media_type="application/json")
