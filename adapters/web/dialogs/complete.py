"""`/shops/{shop}/orders/{id}/complete`: close an order, and run its actions again if wanted.

The rule to know: restoring is offered only with refunds in force, the latest configuration only with
a failed action.
"""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from adapters.auth.roles import Permission
from adapters.commands.operating import CommandAnswer
from adapters.commands.options import CompleteOptions, Wanted
from adapters.http_api.access import needs
from adapters.web.access import PageRequest
from adapters.web.dialogs.asking import (
    Asking,
    Dialog,
    Question,
    asking_of,
    show,
)
from adapters.web.dialogs.granting import grant, requester_of, tried
from adapters.web.forms import Form, read_form
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from adapters.web.words import translations_of
from domain.identifiers import OrderId
from projections.order_view.details import OrderDetails
from projections.order_view.firing import Effects

COMPLETE = Dialog("dialogs/complete.html", "Complete order")


class CompleteQuestion(Question, frozen=True, kw_only=True):
    """Which options apply, which are chosen, and what comes of them."""

    order: OrderDetails
    options: CompleteOptions
    effects: Effects | None
    """None where what is chosen is refused."""


@get("/orders/{order_id:uuid}/complete", opt=needs(Permission.OPERATE))
async def ask_complete(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
) -> Response[str]:
    """Ask how to complete the order."""
    form = await read_form(request)
    asking = asking_of(request, form, visit, f"/orders/{order_id}")
    options = _options(form, asking)
    question = await _read(parts, visit, OrderId(order_id), options, asking)
    return await show(parts, visit, COMPLETE, question)


@post("/orders/{order_id:uuid}/complete", opt=needs(Permission.OPERATE))
async def do_complete(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
) -> Response[Any]:
    """Complete it."""
    form = await read_form(request)
    asking = asking_of(request, form, visit, f"/orders/{order_id}")
    options = _options(form, asking)

    async def read(asking: Asking) -> CompleteQuestion:
        return await _read(parts, visit, OrderId(order_id), options, asking)

    return await grant(
        parts,
        visit,
        dialog=COMPLETE,
        order_id=OrderId(order_id),
        asking=asking,
        wanted=Wanted(options=options),
        read=read,
        says=lambda answer: _says(visit, answer),
    )


def _options(form: Form, asking: Asking) -> CompleteOptions:
    if not asking.is_filled_in:
        return CompleteOptions()
    run_actions = form.flag("run_actions")
    return CompleteOptions(
        run_actions=run_actions,
        restore_refunded_data=form.flag("restore_refunded_data"),
        # Settings are replaced for the sake of a run: without one the tick says nothing.
        use_latest_configuration=run_actions and form.flag("use_latest_configuration"),
    )


async def _read(
    parts: PageParts, visit: Visit, order_id: OrderId, options: CompleteOptions, asking: Asking
) -> CompleteQuestion:
    order = await parts.order_reader.sheet(visit.shop, order_id)
    trial = parts.operations.complete(requester_of(visit, order_id), options)
    asking, effects = await tried(asking, order.version, trial, options, order.completion)
    return CompleteQuestion(asking=asking, order=order, options=options, effects=effects)


def _says(visit: Visit, answer: CommandAnswer) -> str:
    texts = translations_of(visit.language)
    if not answer.fires:
        return texts.gettext("Order completed. No action runs again.")
    count = len(answer.fires)
    return texts.ngettext(
        "Order completed. %(n)s action runs again.",
        "Order completed. %(n)s actions run again.",
        count,
    ) % {"n": count}
