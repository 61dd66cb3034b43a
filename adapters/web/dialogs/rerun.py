"""`/shops/{shop}/orders/{id}/actions/{action}/rerun`: run one action again, in any state.

The rule to know: the question is always tried as if it were confirmed and forced, so that it can say
what would happen; what is then sent must hold the tick itself.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from adapters.auth.roles import Permission
from adapters.commands.operating import CommandAnswer
from adapters.commands.options import RerunOptions, Wanted
from adapters.http_api.access import needs
from adapters.web.access import PageRequest
from adapters.web.dialogs.actions import ActionQuestion, action_in_path, found_action
from adapters.web.dialogs.asking import (
    Asking,
    Dialog,
    asking_of,
    show,
    version_in,
)
from adapters.web.dialogs.granting import grant, requester_of, tried
from adapters.web.forms import Form, read_form
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from adapters.web.words import translations_of
from domain.identifiers import ActionId, OrderId
from domain.phrase import Phrase, say

RERUN = Dialog("dialogs/rerun.html", "Re-run an action")
AGAIN_BY_KIND: Mapping[str, str] = {
    "receipt_email": "The email will be sent to {whom} again.",
    "custom_email": "The email will be sent to {whom} again.",
    "webhook": "The webhook will be sent to {whom} again.",
    "kajabi_grant": "The course access will be granted to {whom} again.",
    "access_removal": "The course access of {whom} will be removed again.",
}


class RerunQuestion(ActionQuestion, frozen=True, kw_only=True):
    """Whether to run it again."""

    options: RerunOptions

    @property
    def again(self) -> Phrase:
        """Say what happens a second time."""
        fires = self.effects.fires if self.effects else ()
        whom = fires[0].whom if fires else self.action.recipient
        if self.action.kind in AGAIN_BY_KIND:
            return say(AGAIN_BY_KIND[self.action.kind], whom=whom)
        return say("Its effect on {whom} will happen again.", whom=whom)


@get("/orders/{order_id:uuid}/actions/{action_id:str}/rerun", opt=needs(Permission.OPERATE))
async def ask_rerun(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
    action_id: FromPath[str],  # noqa: ARG001 - read of the path as it was sent
) -> Response[str]:
    """Ask whether to run the action again."""
    form = await read_form(request)
    asking = asking_of(request, form, visit, f"/orders/{order_id}")
    action = action_in_path(request)
    question = await _read(
        parts, visit, OrderId(order_id), action, options=_options(form), asking=asking
    )
    return await show(parts, visit, RERUN, question)


@post("/orders/{order_id:uuid}/actions/{action_id:str}/rerun", opt=needs(Permission.OPERATE))
async def do_rerun(
    request: PageRequest,
    parts: NamedDependency[PageParts],
    visit: NamedDependency[Visit],
    order_id: FromPath[UUID],
    action_id: FromPath[str],  # noqa: ARG001 - read of the path as it was sent
) -> Response[Any]:
    """Run it again."""
    form = await read_form(request)
    options, action = _options(form), action_in_path(request)

    async def read(asking: Asking) -> RerunQuestion:
        return await _read(parts, visit, OrderId(order_id), action, options=options, asking=asking)

    return await grant(
        parts,
        visit,
        dialog=RERUN,
        order_id=OrderId(order_id),
        asking=asking_of(request, form, visit, f"/orders/{order_id}"),
        wanted=Wanted(options=options, about=action),
        read=read,
        says=lambda answer: _says(visit, answer),
    )


def _options(form: Form) -> RerunOptions:
    return RerunOptions(
        confirmed=form.flag("confirmed"),
        force=form.flag("force"),
        use_latest_configuration=form.flag("use_latest_configuration"),
        run_seen=version_in(form.text("run_seen")),
        attempt_seen=version_in(form.text("attempt_seen")),
    )


async def _read(
    parts: PageParts,
    visit: Visit,
    order_id: OrderId,
    action_id: ActionId,
    *,
    options: RerunOptions,
    asking: Asking,
) -> RerunQuestion:
    order = await parts.order_reader.sheet(visit.shop, order_id)
    action = found_action(order, action_id)
    wanted = RerunOptions(
        confirmed=True,
        force=True,
        use_latest_configuration=options.use_latest_configuration,
        run_seen=action.run,
        attempt_seen=action.attempt,
    )
    trial = parts.operations.rerun(requester_of(visit, order_id), action_id, wanted)
    shown = (wanted, action.status, action.newer_configuration)
    asking, effects = await tried(asking, order.version, trial, *shown)
    return RerunQuestion(
        asking=asking, order=order, action=action, options=options, effects=effects
    )


def _says(visit: Visit, answer: CommandAnswer) -> str:
    [firing] = answer.fires
    says = translations_of(visit.language).gettext("%(action)s runs again (run %(run)s).")
    return says % {"action": firing.name, "run": firing.run}
