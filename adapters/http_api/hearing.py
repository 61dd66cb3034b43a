"""What the routes share that payment providers call: whose account, and what comes after the answer.

The rule to know: what is told is kept before it is answered for, so the provider need not tell it
again; it is taken in after the answer, and by the workers whatever becomes of this process.
"""

from collections.abc import Sequence
from typing import Annotated

import structlog
from litestar import Response
from litestar.background_tasks import BackgroundTask
from litestar.params import PathParameter

from adapters.postgres.errors import UNAVAILABLE
from adapters.providers.news_applying import NewsApplier
from adapters.providers.news_store import KeptNews

SHOP_LENGTH_MAX = 63

logger = structlog.get_logger()

PathShop = Annotated[
    str, PathParameter(description="Whose account it is.", max_length=SHOP_LENGTH_MAX)
]


def heard(applier: NewsApplier, kept: Sequence[KeptNews]) -> Response[bytes]:
    """Answer for what is kept, then take it in."""
    return Response(b"", background=BackgroundTask(_take_in, applier, kept))


async def _take_in(applier: NewsApplier, kept: Sequence[KeptNews]) -> None:
    try:
        await applier.take_in_complete(kept)
    except UNAVAILABLE as problem:
        logger.warning("provider_news_left_to_workers", problem=type(problem).__name__)
