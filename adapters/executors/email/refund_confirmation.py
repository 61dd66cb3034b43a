"""`refund_confirmation`: the credit note of a refund, as the money stands when it is sent.

The rule to know: before anything is written the refund takes its number, once; an attempt after
that, or a re-run, finds it in the order. So a letter that is sent again is the same document.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from adapters.credit_notes.letters import credit_note_letter
from adapters.credit_notes.numbering import CreditNotes, NumberWanted
from adapters.executors.email.customer_post import CustomerPost
from adapters.postgres.errors import UNAVAILABLE
from domain.configuration.settings import RefundConfirmation
from domain.identifiers import RefundId
from domain.message import Actor, ActorKind, Metadata
from domain.order.state import Order
from domain.rejection import Rejection
from processors.attempts import CUSTOMER_ERASED, LEDGER_UNAVAILABLE, NOT_SENT
from processors.ports import Failed, Outcome, Task

ACTOR = Actor(ActorKind.SYSTEM, "worker")

Numbered: TypeAlias = Callable[[Task, RefundId], Awaitable[Order]]
"""Gives the task's order once the refund has its number; raises Rejection."""


class RefundConfirmationExecutor:
    """Sends credit notes."""

    def __init__(self, post: CustomerPost, numbered: Numbered) -> None:
        self._post = post
        self._numbered = numbered

    async def execute(self, task: Task) -> Outcome:
        """Give the refund its number, write its credit note, and send it."""
        settings = task.action.settings
        assert isinstance(settings, RefundConfirmation)
        refund_id = RefundId(settings.refund_id)
        try:
            order = await self._numbered(task, refund_id)
            if order.customer is None:
                return CUSTOMER_ERASED
            refund = order.refunds_by_id[refund_id]
            letter = await asyncio.to_thread(credit_note_letter, order, refund, task.now)
        except UNAVAILABLE:
            return LEDGER_UNAVAILABLE
        except asyncio.CancelledError:
            return NOT_SENT
        except Rejection as rejection:
            return Failed(code=rejection.code, message=str(rejection))
        return await self._post.send(task, lambda _customer, _shop: letter)


def numbered_by(credit_notes: CreditNotes) -> Numbered:
    """Take numbers out of the shops' books."""

    async def numbered(task: Task, refund_id: RefundId) -> Order:
        order, run = task.order, task.action.key
        assert order.order_id is not None, "an order that wants something has begun"
        wanted = NumberWanted(shop=order.shop, order_id=order.order_id, refund_id=refund_id)
        metadata = Metadata(
            actor=ACTOR, correlation_id=run, causation_id=run, command_id=f"{run}/number"
        )
        return await credit_notes.numbered(wanted, metadata, task.now)

    return numbered
