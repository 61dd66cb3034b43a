"""Paytrail's refunds: a merchant's account with its own ledger of money, signatures and callbacks.

One made-up merchant has it. Payments are whatever ids say, see `paytrail_ids.py`; what it does with
refunds can be told to it at `/sandbox/paytrail`, where its money can be seen too.
"""

from typing import Annotated, Any, Literal
from uuid import uuid4

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.types import ExceptionHandlersMap
from msgspec import Meta, Struct
from msgspec.structs import replace

from scripts.receivers.book import Book, Effect
from scripts.receivers.paytrail_account import (
    Denied,
    Manner,
    Movement,
    PaytrailAccount,
    Refund,
    read_asked,
)
from scripts.receivers.paytrail_callbacks import Callbacks
from scripts.receivers.paytrail_ids import paid_by
from scripts.receivers.paytrail_signing import answer_headers, is_signed
from scripts.receivers.places import Receiver
from scripts.receivers.sources import ASSUMED, Behaviour

PAGE = "https://docs.paytrail.com/#/?id="
PROVIDERS_PAGE = "https://docs.paytrail.com/#/payment-method-providers?id=refunds"
BEHAVIOURS = tuple(
    Behaviour(Receiver.PAYTRAIL, what, source)
    for what, source in (
        ("requests are signed, answers too; 401 where that is wrong", f"{PAGE}authentication"),
        ("a nonce is taken once", f"{PAGE}authentication"),
        ("POST /payments/{id}/refund is answered 201 with ok, pending or fail", f"{PAGE}refund"),
        ("422 where the provider supports no refunds, 400 for anything else", f"{PAGE}refund"),
        ("callbacks are GET with signed parameters, and may come twice", f"{PAGE}redirect-and-callback-url-parameters"),
        ("no checkout-transaction-id where the balance is too small", f"{PAGE}redirect-and-callback-url-parameters"),
        ("S-Pankki and Ålandsbanken by email only, Nordea once", PROVIDERS_PAGE),
        ("with an email it pays back by email what it cannot otherwise", f"{PAGE}refund-payment"),
        ("a refund's own transaction is shown by GET /payments/{id}", ASSUMED),
        ("callbacks tell the refund's own amount, stamp and reference", ASSUMED),
        ("a refund by email is answered ok, and that is its end", ASSUMED),
        ("too small a balance is answered 201 pending before its callback", ASSUMED),
        ("a refund stamp that comes again is paid again", ASSUMED),
        ("callbacks over http are made, on this machine; the real ones are https", ASSUMED),
    )
)  # fmt: skip
TIMES_MAX = 100
DECLINED = 400

Asked = Request[Any, Any, State]


class Instruction(Struct, forbid_unknown_fields=True, kw_only=True):
    """What it is told to do with refunds from now on, or with the next ones."""

    manner: Manner
    next: Annotated[int, Meta(ge=1)] | None = None
    callbacks: Annotated[int, Meta(ge=0, le=TIMES_MAX)] = 1
    """How often it calls back; 0 for callbacks that are lost."""


EndStatus = Literal["ok", "fail"]


class Ending(Struct, forbid_unknown_fields=True, kw_only=True):
    """How what is pending ends, or that what has ended is told again."""

    status: EndStatus = "ok"
    stamp: str = ""
    """Of one refund, and if it has ended it is told again."""
    payment: str = ""
    """Whose refunds, and those that have ended are told again."""
    callbacks: Annotated[int, Meta(ge=0, le=TIMES_MAX)] = 1

    def is_about(self, refund: Refund) -> bool:
        """Say whether a refund is meant; of those that nobody names, the pending ones are."""
        if not self.stamp and not self.payment:
            return refund.status == "pending"
        named = (self.stamp or refund.asked.refund_stamp, self.payment or refund.payment_id)
        return named == (refund.asked.refund_stamp, refund.payment_id)


class Money(Struct, frozen=True):
    """The account as it stands."""

    movements: list[Movement]
    returned: dict[str, int]
    """Cents, by payment."""
    refunds: list[Refund]


class Paytrail:
    """The account with its doors."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._nonces: set[str] = set()
        self._calling = Callbacks()
        self._told = Instruction(manner=Manner.OK)
        self.account = PaytrailAccount()

    def require_signature(self, headers: dict[str, str], body: bytes, transaction: str) -> None:
        """Raise Denied unless the account's owner asks, for the first time in these words."""
        nonce = headers.get("checkout-nonce", "")
        if not is_signed(headers, body) or not nonce or nonce in self._nonces:
            raise Denied(401, "HMAC calculation failed")
        if headers.get("checkout-transaction-id") != transaction:
            raise Denied(DECLINED, "checkout-transaction-id is not the transaction of the address")
        self._nonces.add(nonce)

    def refund(self, payment_id: str, body: bytes) -> dict[str, str]:
        """Refund a payment; call back once it has ended. Raises Denied."""
        asked, told = read_asked(body), self._next_instruction()
        try:
            made = self.account.refund(payment_id, asked, told.manner)
        except Denied as denied:
            self._note(payment_id, asked.refund_stamp, Effect.REFUSED, str(denied))
            raise
        effect = Effect.DONE if made.status == "ok" else Effect.NONE
        self._note(payment_id, asked.refund_stamp, effect, f"{asked.amount} {made.status}")
        if made.status != "pending":
            self._calling.begin(made, told.callbacks)
        return _shown(made) if made.transaction_id else _shown_as_taken(made)

    def follow(self, told: Instruction) -> None:
        """Do from now on as told."""
        self._told = told

    async def end(self, ending: Ending) -> int:
        """End what is pending and tell it, or tell it again; say how many refunds that were."""
        chosen = [one for one in self.account.refunds if ending.is_about(one)]
        for refund in chosen:
            if refund.status == "pending":
                self.account.end(refund, ending.status)
                effect = Effect.DONE if refund.status == "ok" else Effect.NONE
                stamp = refund.asked.refund_stamp
                self._note(refund.payment_id, stamp, effect, f"ended {refund.status}")
            await self._calling.call(refund, ending.callbacks)
        return len(chosen)

    def money(self) -> Money:
        """Show the account."""
        account = self.account
        return Money(account.movements, account.returned(), account.refunds)

    def _next_instruction(self) -> Instruction:
        told = self._told
        if told.next is not None:
            is_over = told.next == 1
            self._told = (
                Instruction(manner=Manner.OK) if is_over else replace(told, next=told.next - 1)
            )
        return told

    def _note(self, payment_id: str, stamp: str, effect: Effect, words: str) -> None:
        paid = paid_by(payment_id)
        part = paid.provider if paid else ""
        self._book.note(Receiver.PAYTRAIL, part, stamp, effect, words)


def router(paytrail: Paytrail) -> Router:
    """Serve `/payments`, and `/sandbox/paytrail`."""

    @post("/payments/{transaction:str}/refund")
    async def refund(request: Asked, transaction: str) -> Response[bytes]:
        """Refund a payment."""
        body = await request.body()
        paytrail.require_signature(dict(request.headers), body, transaction)
        return _signed(request, paytrail.refund(transaction, body), 201)

    @get("/payments/{transaction:str}")
    async def show(request: Asked, transaction: str) -> Response[bytes]:
        """Show a payment, or a refund."""
        paytrail.require_signature(dict(request.headers), b"", transaction)
        refund, paid = paytrail.account.find(transaction), paid_by(transaction)
        if refund is not None:
            return _signed(request, _shown(refund) | _amounts(refund.asked.amount))
        if paid is None:
            raise Denied(404, "Transaction not found")
        payment = {"transactionId": transaction, "status": "ok", "provider": paid.provider}
        return _signed(request, payment | _amounts(paid.amount))

    @get("/sandbox/paytrail")
    async def money() -> Response[bytes]:
        """Show the account's money."""
        return _json(paytrail.money())

    @post("/sandbox/paytrail/instruction", status_code=204)
    async def instruction(request: Asked) -> None:
        """Tell it what to do with refunds."""
        paytrail.follow(msgspec.json.decode(await request.body(), type=Instruction))

    @post("/sandbox/paytrail/ending", status_code=200)
    async def ending(request: Asked) -> int:
        """End what is pending."""
        return await paytrail.end(msgspec.json.decode(await request.body(), type=Ending))

    handlers = [refund, show, money, instruction, ending]
    refusing: ExceptionHandlersMap = {Denied: _denied, msgspec.DecodeError: _misunderstood}
    return Router("/", route_handlers=handlers, exception_handlers=refusing)


def _shown(refund: Refund) -> dict[str, str]:
    return {
        "transactionId": refund.transaction_id,
        "provider": refund.provider,
        "status": refund.status,
    }


def _shown_as_taken(refund: Refund) -> dict[str, str]:
    return _shown(refund) | {"transactionId": str(uuid4()), "status": "pending"}


def _amounts(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


def _signed(request: Asked, document: dict[str, Any], status: int = 200) -> Response[bytes]:
    body = msgspec.json.encode(document)
    headers = answer_headers(body, request.headers.get("checkout-nonce", "none"))
    media_type = "application/json; charset=utf-8"
    return Response(body, status_code=status, media_type=media_type, headers=headers)


def _denied(request: Asked, denied: Denied) -> Response[bytes]:
    return _signed(request, {"status": "error", "message": str(denied)}, denied.status)


def _misunderstood(_: Asked, error: msgspec.DecodeError) -> Response[bytes]:
    return _json({"detail": str(error)}, 422)


def _json(document: object, status: int = 200) -> Response[bytes]:
    content = msgspec.json.encode(document)
    return Response(content, status_code=status, media_type="application/json")
