"""`/sandbox/stripe`: what Stripe is told to do, and its money."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.datastructures import State
from litestar.types import ControllerRouterHandler, ExceptionHandlersMap
from msgspec import Meta, Struct

from scripts.receivers.stripe import Stripe
from scripts.receivers.stripe_account import OPEN, Denied, Dispute, Manner, Movement, Refund
from scripts.receivers.stripe_webhooks import Event

TIMES_MAX = 100
UNPROCESSABLE = 422

EndStatus = Literal["succeeded", "failed", "canceled"]
DisputeStatus = Literal[
    "warning_needs_response",
    "warning_under_review",
    "warning_closed",
    "needs_response",
    "under_review",
    "won",
    "lost",
]

Asked = Request[Any, Any, State]


class Instruction(Struct, forbid_unknown_fields=True, kw_only=True):
    """What it is told to do with refunds from now on, or with the next ones."""

    manner: Manner
    next: Annotated[int, Meta(ge=1)] | None = None


class Listener(Struct, forbid_unknown_fields=True, kw_only=True):
    """Where events are told, and how often each at once; 0 holds them back."""

    url: str = ""
    times: Annotated[int, Meta(ge=0, le=TIMES_MAX)] = 1


class Telling(Struct, forbid_unknown_fields=True, kw_only=True):
    """Events that are told now, whatever was told before."""

    is_reversed: bool = False
    times: Annotated[int, Meta(ge=1, le=TIMES_MAX)] = 1
    types: tuple[str, ...] = ()
    """Only these."""
    payment: str = ""
    """Only those about this payment."""


class Ending(Struct, forbid_unknown_fields=True, kw_only=True):
    """How refunds go on."""

    status: EndStatus = "succeeded"
    payment: str = ""
    """Whose refunds, also those that have succeeded; "" is all that have not ended."""
    failure_reason: str | None = None


class DashboardRefund(Struct, forbid_unknown_fields=True, kw_only=True):
    """A refund that a person makes in the dashboard."""

    payment: str
    amount: Annotated[int, Meta(ge=1)]


class DisputeAsked(Struct, forbid_unknown_fields=True, kw_only=True):
    """A dispute that begins, or goes on."""

    payment: str
    amount: Annotated[int, Meta(ge=1)] | None = None
    """None: all that was paid."""
    status: DisputeStatus = "needs_response"


class Clock(Struct, forbid_unknown_fields=True, kw_only=True):
    """How long passes, for the memory of keys."""

    hours: float


class Money(Struct, frozen=True):
    """The account as it stands."""

    movements: list[Movement]
    returned: dict[str, int]
    """In Stripe's minor units, by payment."""
    refunds: list[Refund]
    disputes: list[Dispute]
    events: list[Event]


def router(stripe: Stripe) -> Router:
    """Serve `/sandbox/stripe`."""
    handlers = [*_telling(stripe), *_moving(stripe)]
    refusing: ExceptionHandlersMap = {Denied: _refuse, msgspec.DecodeError: _refuse}
    return Router("/sandbox/stripe", route_handlers=handlers, exception_handlers=refusing)


def _telling(stripe: Stripe) -> Sequence[ControllerRouterHandler]:
    account, webhooks = stripe.account, stripe.webhooks

    @get("/")
    async def money() -> Response[bytes]:
        """Show the account's money."""
        shown = Money(
            account.movements,
            account.returned(),
            account.refunds,
            account.disputes,
            webhooks.events,
        )
        return Response(msgspec.json.encode(shown), media_type="application/json")

    @post("/listener", status_code=204)
    async def listener(request: Asked) -> None:
        """Tell it whom to tell."""
        told = msgspec.json.decode(await request.body(), type=Listener)
        webhooks.url, webhooks.times = told.url, told.times

    @post("/telling", status_code=200)
    async def telling(request: Asked) -> int:
        """Tell events now, and say how many that were."""
        chosen = _chosen(stripe, msgspec.json.decode(await request.body(), type=Telling))
        await webhooks.deliver(chosen)
        return len(chosen)

    @post("/clock", status_code=204)
    async def clock(request: Asked) -> None:
        """Let time pass."""
        told = msgspec.json.decode(await request.body(), type=Clock)
        stripe.keys.advance(timedelta(hours=told.hours))

    return (money, listener, telling, clock)


def _moving(stripe: Stripe) -> Sequence[ControllerRouterHandler]:
    account = stripe.account

    @post("/instruction", status_code=204)
    async def instruction(request: Asked) -> None:
        """Tell it what to do with refunds."""
        told = msgspec.json.decode(await request.body(), type=Instruction)
        account.manner, account.manner_next = told.manner, told.next

    @post("/ending", status_code=200)
    async def ending(request: Asked) -> int:
        """Let refunds go on, and say how many did."""
        told = msgspec.json.decode(await request.body(), type=Ending)
        changed = [
            account.end(refund, told.status, told.failure_reason)
            for refund in account.refunds
            if _is_meant(refund, told)
        ]
        stripe.tell()
        return sum(changed)

    @post("/dashboard-refund", status_code=200)
    async def dashboard_refund(request: Asked) -> Response[bytes]:
        """Refund as a person does in the dashboard."""
        told = msgspec.json.decode(await request.body(), type=DashboardRefund)
        made = account.refund(told.payment, told.amount, {})
        stripe.tell()
        return _named(made.id)

    @post("/dispute", status_code=200)
    async def dispute(request: Asked) -> Response[bytes]:
        """Begin a dispute, or let it go on."""
        told = msgspec.json.decode(await request.body(), type=DisputeAsked)
        made = account.dispute(told.payment, told.amount, told.status)
        stripe.tell()
        return _named(made.id)

    return (instruction, ending, dashboard_refund, dispute)


def _is_meant(refund: Refund, told: Ending) -> bool:
    if told.payment:
        return told.payment in (refund.payment_intent, refund.charge)
    return refund.status in OPEN


def _named(made: str) -> Response[bytes]:
    return Response(msgspec.json.encode(made), media_type="application/json")


def _chosen(stripe: Stripe, told: Telling) -> list[Event]:
    chosen = [
        event
        for event in stripe.webhooks.events
        if (not told.types or event.type in told.types)
        and told.payment in ("", event.content.get("payment_intent"))
    ]
    return (chosen[::-1] if told.is_reversed else chosen) * told.times


def _refuse(_: Asked, error: Exception) -> Response[bytes]:
    content = msgspec.json.encode({"detail": str(error)})
    return Response(content, status_code=UNPROCESSABLE, media_type="application/json")
