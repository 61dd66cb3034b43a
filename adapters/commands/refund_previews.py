"""What a refund would come to, for whoever thinks of one: the wish is made as it will be, and tried.

The rule to know: nothing is recorded, and who asks does not matter.
"""

from msgspec.structs import replace

from adapters.clock import Clock, utc_now
from adapters.commands.options import Wanted
from adapters.commands.refund_options import RefundOptions, every_line
from adapters.commands.requests import Requester
from adapters.commands.wishes import wish_of
from adapters.postgres.secrets import Secrets
from adapters.providers.configured import configured_providers
from adapters.reading.grants import Grants
from adapters.reading.order_reader import OrderReader
from domain.identifiers import ActionId, OrderId, ShopId
from domain.order.access import grants_of
from domain.order.commands.refunds import RequestRefund
from domain.order.rejections import require_placed
from domain.order.state import Order
from projections.order_view.refund_preview import RefundPreview, refund_preview
from projections.order_view.view import fold

EVERYTHING = RefundOptions()


class RefundPreviews:
    """Tries refunds of all shops' orders; raises OrderUnknown where there is no order."""

    def __init__(
        self,
        *,
        order_reader: OrderReader,
        secrets: Secrets,
        grants: Grants,
        clock: Clock = utc_now,
    ) -> None:
        self._order_reader = order_reader
        self._secrets = secrets
        self._grants = grants
        self._clock = clock

    async def preview(
        self, shop: ShopId, order_id: OrderId, options: RefundOptions = EVERYTHING
    ) -> RefundPreview:
        """Show what a request would come to, by default one of all that can be refunded.

        Raises the Rejection that the request would meet.
        """
        order = fold(await self._order_reader.facts(shop, order_id))
        require_placed(order)
        wanted = Wanted(options=_chosen(options, order))
        wish = wish_of(
            wanted,
            Requester(shop=shop, by=""),
            self._clock(),
            order,
            providers=await configured_providers(self._secrets, shop),
        )
        assert isinstance(wish, RequestRefund)
        spared = await self._grants.spared(order, _going(order, wish))
        return refund_preview(order, wish, {action: one.by for action, one in spared.items()})


def _chosen(options: RefundOptions, order: Order) -> RefundOptions:
    """Choose everything where nothing is chosen."""
    if options.lines or options.excess or options.remove_offer_access:
        return options
    return replace(options, lines=every_line(order), excess=None)


def _going(order: Order, wish: RequestRefund) -> frozenset[ActionId]:
    """Name the grants whose access is to go together: they do not spare each other."""
    lines = {line.line_id for line in wish.lines if line.remove_access}
    going = grants_of(order, lines, with_offer=wish.remove_offer_access)
    return frozenset(grant.action_id for grant in going)
