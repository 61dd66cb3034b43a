"""What the ledger reaches the outside world with: one way for emails, one for HTTP.

The rule to know: both are opened once in a process; whatever sends shares their connections.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

from adapters.mail.post import Post
from adapters.mail.smtp import Mailer
from adapters.outbound_http import OutboundHttp
from adapters.postgres.secrets import Secrets
from adapters.settings import Settings
from adapters.webhooks.signing import SignedPost


class Outside(Struct, frozen=True, kw_only=True):
    """The ways out."""

    post: Post
    http: OutboundHttp
    signed: SignedPost


@asynccontextmanager
async def open_outside(settings: Settings, secrets: Secrets) -> AsyncIterator[Outside]:
    """Make the ways out; close what they hold."""
    mailer = Mailer(settings.smtp_url, connections_max=settings.smtp_connections)
    try:
        async with OutboundHttp(settings.inner_addresses) as http:
            yield Outside(
                post=Post(mailer=mailer, mail_from=settings.mail_from),
                http=http,
                signed=SignedPost(http, secrets),
            )
    finally:
        await mailer.close()
