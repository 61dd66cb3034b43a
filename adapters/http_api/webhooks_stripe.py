"""`/webhooks/stripe/{shop}`: what Stripe tells by itself. No key opens it: each call is signed.

The rule to know: what is told is kept before it is answered for, so Stripe need not tell it again;
it is taken in after the answer, and by the workers whatever becomes of this process.
"""

from http import HTTPStatus
from typing import Annotated, Any

import structlog
from litestar import Request, Response, post
from litestar.background_tasks import BackgroundTask
from litestar.di import NamedDependency
from litestar.params import PathParameter

from adapters.clock import utc_now
from adapters.http_api.access import PUBLIC
from adapters.http_api.parts import ApiParts
from adapters.http_api.problems import HttpRejection
from adapters.postgres.errors import UNAVAILABLE
from adapters.postgres.secrets import STRIPE_WEBHOOK_SECRET
from adapters.providers.news_applying import NewsApplier
from adapters.providers.news_store import KeptNews
from adapters.providers.stripe import STRIPE
from adapters.providers.stripe.events import NotUnderstood, news_in
from adapters.providers.stripe.signature import is_signed
from domain.identifiers import ShopId

BODY_BYTES_MAX = 262_144
"""An event holds whole charges, with their metadata."""
SIGNATURE_HEADER = "stripe-signature"
SHOP_LENGTH_MAX = 63

logger = structlog.get_logger()

PathShop = Annotated[
    str, PathParameter(description="Whose account it is.", max_length=SHOP_LENGTH_MAX)
]


class NotSigned(HttpRejection):
    """No secret of the shop's endpoint signed this lately, or the shop has none."""

    code = "not_signed"


class EventNotUnderstood(HttpRejection):
    """A kind of event that matters is written in another way than is documented."""

    code = "event_not_understood"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


@post(
    "/webhooks/stripe/{shop:str}",
    include_in_schema=False,
    request_max_body_size=BODY_BYTES_MAX,
    status_code=HTTPStatus.OK,
    opt=PUBLIC,
)
async def hear_stripe(
    request: Request[Any, Any, Any], shop: PathShop, parts: NamedDependency[ApiParts]
) -> Response[bytes]:
    """Keep what an event tells, answer, then take it in."""
    body = await request.body()
    secrets = await parts.secrets.valid(ShopId(shop), STRIPE_WEBHOOK_SECRET)
    header = request.headers.get(SIGNATURE_HEADER, "")
    if not is_signed(header, body, secrets, utc_now()):
        raise NotSigned("Stripe-Signature is missing, too old, or not by this shop's secret.")
    try:
        news = news_in(body)
    except NotUnderstood as problem:
        logger.warning("stripe_event_not_understood", shop=shop)
        raise EventNotUnderstood("This event is written in a way we do not know.") from problem
    applier = parts.news_applier
    kept = await applier.keep(ShopId(shop), STRIPE, news)
    return Response(b"", background=BackgroundTask(_take_in, applier, kept))


async def _take_in(applier: NewsApplier, kept: list[KeptNews]) -> None:
    try:
        await applier.take_in_complete(kept)
    except UNAVAILABLE as problem:
        logger.warning("provider_news_left_to_workers", problem=type(problem).__name__)
