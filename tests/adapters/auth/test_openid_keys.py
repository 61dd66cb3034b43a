"""Keys are asked for anew only where the known ones cannot tell: here the provider does not answer."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from adapters.auth.openid.attempt import Attempt, Attempts
from adapters.auth.openid.provider import OpenIdProvider, OpenIdUnavailable
from adapters.auth.openid.signing_in import OpenIdClient, OpenIdRefused, OpenIdSignIn
from adapters.master_key import MasterKey
from adapters.outbound_http import OutboundHttp
from adapters.settings import InnerAddresses
from tests.adapters.auth.test_id_tokens import ISSUER, KEY, KEYS, OTHER_KEY, claims, token

ATTEMPT = Attempt(state="s", nonce="n-1", verifier="v", after="/")


@asynccontextmanager
async def knowing_keys() -> AsyncIterator[OpenIdSignIn]:
    """Know a key of a provider that is away since."""
    client = OpenIdClient(issuer=ISSUER, client_id="ledger", client_secret="s3cret", name="Kauppa")
    async with OutboundHttp(InnerAddresses.ALLOWED) as http:
        provider = OpenIdProvider(http, "http://127.0.0.1:9")
        provider._keys = KEYS
        yield OpenIdSignIn(client, provider, Attempts(MasterKey(b"m" * 32)))


def signed(key: ECKey, **header: Any) -> str:
    return jwt.encode({"alg": "ES256"} | header, claims(), key, ["ES256"])


@pytest.mark.parametrize("header", [{}, {"kid": "k-1"}])
async def test_a_token_by_the_known_key_needs_no_other(header: dict[str, str]) -> None:
    async with knowing_keys() as signing_in:
        identity = await signing_in._identity(signed(KEY, **header), ISSUER, ATTEMPT)

    assert identity.subject == "s-1"


@pytest.mark.parametrize("header", [{}, {"kid": "k-2"}])
async def test_a_token_by_a_key_that_may_be_new_asks_for_the_keys(header: dict[str, str]) -> None:
    async with knowing_keys() as signing_in:
        with pytest.raises(OpenIdUnavailable):
            await signing_in._identity(signed(OTHER_KEY, **header), ISSUER, ATTEMPT)


@pytest.mark.parametrize(
    "made",
    [
        lambda: token(OTHER_KEY),
        lambda: token(nonce="another"),
        lambda: token(exp=-120),
        lambda: "x.y.z",
    ],
    ids=["another key", "another nonce", "too old", "no token"],
)
async def test_a_token_that_is_wrong_in_another_way_asks_for_nothing(
    made: Callable[[], str],
) -> None:
    async with knowing_keys() as signing_in:
        with pytest.raises(OpenIdRefused):
            await signing_in._identity(made(), ISSUER, ATTEMPT)
