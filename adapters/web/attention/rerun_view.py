"""The question before many actions run again: what fires, to whom, what remains, and what is left.

The rule to know: what is asked for is chosen and tried by the very code that does it, so that the
summary and the deed cannot differ.
"""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from adapters.commands.requests import Requester
from adapters.commands.rerun_answer import RerunAnswer, RerunFiring
from adapters.commands.rerun_options import AT_ONCE_MAX, LIMIT_DEFAULT, RerunAtOnceOptions
from adapters.postgres.query import fetch
from adapters.reading.attention import read_causes
from adapters.reading.order_rows import AttentionOrder, ShownCause, attention_orders
from adapters.web.attention.address import TAB, AttentionAddress, address_in
from adapters.web.attention.rerun_shown import written
from adapters.web.attention.rows import ROWS_MAX
from adapters.web.dialogs.asking import Asking, Question
from adapters.web.forms import Form, order_ids_in
from adapters.web.parts import PageParts
from adapters.web.visit import Visit
from domain.identifiers import OrderId
from domain.rejection import Rejection
from projections.attention.listing import list_named
from projections.attention.rerun_targets import Chosen

RERUN_AT_ONCE = LIMIT_DEFAULT
"""Actions of one press of the button; the next are offered then."""
NO_ORDER = OrderId(UUID(int=0))


class RerunWish(Struct, frozen=True, kw_only=True):
    """What a person asks for, as the form says it."""

    cause: str
    order_ids: tuple[OrderId, ...]
    force: bool
    use_latest_configuration: bool
    back: AttentionAddress
    """The list behind the dialog."""

    @property
    def chosen(self) -> object:
        """Give what decides how actions run, whichever they are."""
        return self.cause, self.force, self.use_latest_configuration

    def options(self, actions: Sequence[Chosen]) -> RerunAtOnceOptions:
        """Say it as a command; `actions` are those of the orders that were ticked."""
        return RerunAtOnceOptions(
            cause=self.cause or None,
            actions=() if self.cause else tuple(actions[:AT_ONCE_MAX]),
            force=self.force,
            use_latest_configuration=self.use_latest_configuration,
            limit=RERUN_AT_ONCE,
        )


class FiringGroup(Struct, frozen=True, kw_only=True):
    """Runs that differ in their order alone."""

    fires: RerunFiring
    """One of them."""
    numbers: tuple[str, ...]
    """Of the orders."""


class RerunManyQuestion(Question, frozen=True, kw_only=True):
    """What would come of it."""

    wish: RerunWish
    cause: ShownCause | None
    orders: int
    """That are concerned."""
    options: RerunAtOnceOptions | None
    """None: there is no action to run again."""
    answer: RerunAnswer | None
    """Of the dry run; None where it is refused."""
    beyond: int
    """Actions that one wish cannot name any more."""
    has_newer_settings: bool
    said: str = ""
    """What was just done, where this asks for the next."""

    @property
    def remaining(self) -> int:
        """Actions that are left for a next wish."""
        return self.beyond + (self.answer.remaining if self.answer else 0)

    @property
    def groups(self) -> Sequence[FiringGroup]:
        """What fires: what is the same for several orders stands once."""
        found: dict[RerunFiring, list[RerunFiring]] = {}
        for fires in self.answer.fires if self.answer else ():
            found.setdefault(_without_order(fires), []).append(fires)
        return [
            FiringGroup(fires=same[0], numbers=tuple(fires.number for fires in same))
            for same in found.values()
        ]

    @property
    def refusals(self) -> Sequence[tuple[str, int]]:
        """Why actions are left alone, and how many for each reason."""
        return Counter(one.code for one in self.answer.refused).most_common() if self.answer else ()


def _without_order(fires: RerunFiring) -> RerunFiring:
    return replace(fires, order_id=NO_ORDER, number="", action_id="")


def wish_of(visit: Visit, form: Form) -> RerunWish:
    """Read the form."""
    return RerunWish(
        cause=form.text("cause"),
        order_ids=tuple(order_ids_in(form.texts("order"))[:ROWS_MAX]),
        force=form.flag("force"),
        use_latest_configuration=form.flag("use_latest_configuration"),
        back=address_in(visit, form.text("back") or f"tab={TAB}"),
    )


async def read_rerun(
    parts: PageParts, visit: Visit, wish: RerunWish, asking: Asking
) -> RerunManyQuestion:
    """Try out what is asked for."""
    orders = await _orders(parts, visit, wish)
    causes = await read_causes(parts.pool, parts.shop_settings, parts.setting_store, visit.shop)
    concerned = [cause for cause in causes.causes if _concerns(cause, wish, orders)]
    cause = concerned[0] if wish.cause and concerned else None
    actions = _actions(orders)
    question = RerunManyQuestion(
        asking=asking,
        wish=wish,
        cause=cause,
        orders=cause.orders if cause else len(orders),
        options=wish.options(actions) if wish.cause or actions else None,
        answer=None,
        beyond=max(0, len(actions) - AT_ONCE_MAX),
        has_newer_settings=any(one.newer_settings for one in concerned),
    )
    return await _tried(parts, visit, _showing(question))


async def _orders(parts: PageParts, visit: Visit, wish: RerunWish) -> Sequence[AttentionOrder]:
    now = visit.formats.now
    grace = (await parts.shop_settings.get(visit.shop)).grace
    named = list_named(visit.shop, wish.order_ids, now=now, grace=grace)
    return attention_orders(await fetch(parts.pool, named), now, grace)


def _concerns(cause: ShownCause, wish: RerunWish, orders: Sequence[AttentionOrder]) -> bool:
    if wish.cause:
        return cause.cause_id == wish.cause
    return any(problem.cause == cause.cause_id for order in orders for problem in order.problems)


def _actions(orders: Sequence[AttentionOrder]) -> list[Chosen]:
    return [
        Chosen(order_id=OrderId(order.order_id), action_id=problem.action_id)
        for order in orders
        for problem in order.problems
        if problem.action_id is not None
    ]


async def _tried(parts: PageParts, visit: Visit, question: RerunManyQuestion) -> RerunManyQuestion:
    if question.options is None:
        return question
    requester = Requester(shop=visit.shop, by=visit.visitor.by, is_dry_run=True)
    try:
        answer = await parts.reruns.rerun(requester, question.options)
    except Rejection as rejection:
        return replace(question, asking=question.asking.rejected(rejection))
    return _showing(replace(question, answer=answer))


def _showing(question: RerunManyQuestion) -> RerunManyQuestion:
    fires = question.answer.fires if question.answer else ()
    asking = replace(question.asking, expected=written(question.wish.chosen, fires))
    return replace(question, asking=asking)
