"""`/webhooks/stripe/{shop}`: what Stripe tells by itself. No key opens it: each call is signed.

The rule to know: what is told is kept before it is answered for, so Stripe need not tell it again;
it is taken in after the answer, and by the workers whatever becomes of this process.
"""

from http import HTTPStatus
from typing import Any

import structlog
from litestar import Request, Response, post
from litestar.di import NamedDependency

from adapters.clock import utc_now
from adapters.http_api.access import PUBLIC
from adapters.http_api.hearing import PathShop, heard
from adapters.http_api.parts import ApiParts
from adapters.http_api.problems import HttpRejection
from adapters.postgres.errors import NotStorable
from adapters.postgres.secrets import STRIPE_WEBHOOK_SECRET
from adapters.providers.stripe import STRIPE
from adapters.providers.stripe.events import NotUnderstood, news_in
from adapters.providers.stripe.signature import is_signed
from domain.identifiers import ShopId

BODY_BYTES_MAX = 262_144
"""An event holds whole charges, with their metadata."""
SIGNATURE_HEADER = "stripe-signature"

logger = structlog.get_logger()


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
    applier = parts.news_applier
    try:
        kept = await applier.keep(ShopId(shop), STRIPE, news_in(body))
    except (NotUnderstood, NotStorable) as problem:
        logger.warning("stripe_event_not_understood", shop=shop)
        raise EventNotUnderstood("This event is written in a way we do not know.") from problem
    return heard(applier, kept)
