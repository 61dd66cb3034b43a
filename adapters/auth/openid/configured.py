"""The sign-in by OpenID Connect that the settings name, if they do."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.auth.openid.attempt import Attempts
from adapters.auth.openid.provider import OpenIdProvider, is_safe_address
from adapters.auth.openid.signing_in import OpenIdClient, OpenIdSignIn
from adapters.master_key import MasterKey
from adapters.outbound_http import OutboundHttp
from adapters.settings import InnerAddresses, Settings, SettingsMissing


@asynccontextmanager
async def openid_sign_in(
    settings: Settings, master_key: MasterKey
) -> AsyncIterator[OpenIdSignIn | None]:
    """Open it; None where no issuer is set. SettingsMissing where the rest is not."""
    if not settings.openid_issuer:
        yield None
        return
    if not is_safe_address(settings.openid_issuer):
        raise SettingsMissing("LEDGER_OPENID_ISSUER must begin with https://")
    if not (settings.openid_client_id and settings.openid_client_secret):
        raise SettingsMissing(
            "LEDGER_OPENID_ISSUER needs LEDGER_OPENID_CLIENT_ID and LEDGER_OPENID_CLIENT_SECRET"
        )
    client = OpenIdClient(
        issuer=settings.openid_issuer,
        client_id=settings.openid_client_id,
        client_secret=settings.openid_client_secret,
        name=settings.openid_name,
    )
    # The operator names the provider, which may well stand in the inner network.
    async with OutboundHttp(InnerAddresses.ALLOWED) as http:
        provider = OpenIdProvider(http, settings.openid_issuer)
        yield OpenIdSignIn(client, provider, Attempts(master_key))
