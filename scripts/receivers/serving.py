"""All receivers in one process, until it is told to stop."""

import asyncio
from pathlib import Path
from random import Random

import uvicorn
from litestar import Litestar

from scripts.receivers import (
    control,
    epassi,
    kajabi,
    kajabi_api,
    page,
    paytrail,
    stripe,
    stripe_control,
    systeme,
    webhooks,
)
from scripts.receivers.book import Book
from scripts.receivers.mail import MailSink, serving_mail
from scripts.receivers.places import CONTROL, Places, Receiver, take_places
from scripts.receivers.trouble import Troubles
from scripts.receivers.troubled import Troubled

SHUTDOWN_SECONDS = 1
BODY_BYTES_MAX = 1024 * 1024


async def serve(folder: Path, seed: int) -> None:
    """Serve every receiver at the places of a folder until SIGINT or SIGTERM; PlaceTaken."""
    places, sockets = take_places(folder)
    book, troubles = Book(), Troubles(Random(seed))
    app = Troubled(_application(places, book, troubles), troubles, book)
    mail_socket = sockets.pop(Receiver.MAIL)
    server = uvicorn.Server(_configuration(app))
    print(f"The sandbox runs; {places.url(CONTROL)}/sandbox/state tells how it stands", flush=True)
    async with serving_mail(MailSink(book, troubles), mail_socket):
        await server.serve(sockets=list(sockets.values()))


def _application(places: Places, book: Book, troubles: Troubles) -> Litestar:
    hooks = webhooks.Webhooks(book)
    account = stripe.Stripe(book)
    return Litestar(
        route_handlers=[
            control.router(places, book, troubles, hooks),
            page.router(places, book, troubles, hooks),
            webhooks.router(hooks),
            kajabi.router(kajabi.KajabiOffers(book)),
            kajabi_api.router(kajabi_api.KajabiApi(book)),
            systeme.router(systeme.Systeme(book)),
            paytrail.router(paytrail.Paytrail(book)),
            epassi.router(epassi.Epassi(book)),
            stripe.router(account),
            stripe_control.router(account),
        ],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=BODY_BYTES_MAX,
    )


def _configuration(app: Troubled) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )


def run(folder: Path, seed: int) -> None:
    """Serve; what is still open at the end is cut off."""
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(folder, seed))
