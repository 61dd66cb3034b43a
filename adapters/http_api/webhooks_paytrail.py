"""`/webhooks/paytrail/{shop}/{transfer}/{outcome}`: what became of a refund, told by Paytrail.

The rule to know: no key opens it, each call is signed; and Paytrail may call as often as it likes.
"""

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import parse_qsl

import structlog
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from adapters.clock import utc_now
from adapters.http_api.access import PUBLIC
from adapters.http_api.hearing import PathShop, heard
from adapters.http_api.parameters import ANY_QUERY
from adapters.http_api.parts import ApiParts
from adapters.http_api.problems import HttpRejection
from adapters.postgres.errors import NotStorable
from adapters.providers.paytrail import PAYTRAIL
from adapters.providers.paytrail.account import account_of
from adapters.providers.paytrail.callbacks import CallbackDisagrees, CallbackUnsigned, news_in
from domain.identifiers import ShopId

TRANSFER_LENGTH_MAX = 2_000
"""Of a transfer's key in base64; Paytrail calls addresses of up to 3,000 characters."""
OUTCOME_LENGTH_MAX = 20
PARAMETERS_MAX = 100

logger = structlog.get_logger()

PathTransfer = Annotated[
    str, PathParameter(description="Which transfer.", max_length=TRANSFER_LENGTH_MAX)
]
PathOutcome = Annotated[
    str, PathParameter(description="How it ended.", max_length=OUTCOME_LENGTH_MAX)
]


class NotSigned(HttpRejection):
    """No secret of the shop's account signed this, or the shop has none."""

    code = "not_signed"


class NotAboutThis(HttpRejection):
    """What is signed is about something else than the address that was called."""

    code = "callback_disagrees"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


@get(
    "/webhooks/paytrail/{shop:str}/{transfer:str}/{outcome:str}",
    include_in_schema=False,
    opt={**PUBLIC, **ANY_QUERY},
)
async def hear_paytrail(
    request: Request[Any, Any, Any],
    shop: PathShop,
    transfer: PathTransfer,
    outcome: PathOutcome,
    parts: NamedDependency[ApiParts],
) -> Response[bytes]:
    """Keep what a callback tells, answer, then take it in."""
    account = await account_of(parts.secrets, ShopId(shop))
    applier = parts.news_applier
    try:
        told = news_in(account, transfer, outcome, _parameters(request), utc_now())
        kept = await applier.keep(ShopId(shop), PAYTRAIL, [told])
    except CallbackUnsigned as problem:
        raise NotSigned("The signature is missing, or not by this shop's account.") from problem
    except (CallbackDisagrees, NotStorable) as problem:
        logger.warning("paytrail_callback_disagrees", shop=shop)
        raise NotAboutThis("What is signed is not about the refund of this address.") from problem
    return heard(applier, kept)


def _parameters(request: Request[Any, Any, Any]) -> list[tuple[str, str]]:
    """Read the query as it was signed, empty values too; nothing where there is too much of it."""
    query: bytes = request.scope["query_string"]
    try:
        return parse_qsl(
            query.decode("latin-1"), keep_blank_values=True, max_num_fields=PARAMETERS_MAX
        )
    except ValueError:
        return []
