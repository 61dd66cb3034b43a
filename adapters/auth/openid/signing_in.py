"""The two steps of a sign-in: where the browser is sent, and who came back."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from adapters.auth.openid.attempt import Attempt, Attempts
from adapters.auth.openid.provider import OpenIdProvider
from adapters.auth.openid.tokens import (
    Identity,
    KeyUnknown,
    TokenRefused,
    read_id_token,
    verified_email,
)
from adapters.outbound_http import FORM_TYPE

SCOPE = "openid email profile"


class OpenIdClient(Struct, frozen=True, kw_only=True):
    """What this ledger is to the provider."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    """How people call the provider: "Sign in with …"."""

    def __repr__(self) -> str:
        return f"OpenIdClient(issuer={self.issuer!r}, …)"


class OpenIdRefused(Exception):
    """Nobody signed in: the person turned back, or what came back is not what was sent away."""


class _Tokens(Struct, frozen=True):
    id_token: str
    access_token: str


class OpenIdSignIn:
    """Signs people in by one provider."""

    def __init__(self, client: OpenIdClient, provider: OpenIdProvider, attempts: Attempts) -> None:
        self.client = client
        self.attempts = attempts
        self._provider = provider

    async def address(self, attempt: Attempt, redirect_uri: str) -> str:
        """Say where to send the browser; raise OpenIdUnavailable."""
        metadata = await self._provider.metadata()
        query = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": redirect_uri,
            "scope": SCOPE,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": attempt.challenge,
            "code_challenge_method": "S256",
        }
        separator = "&" if "?" in metadata.authorization_endpoint else "?"
        return f"{metadata.authorization_endpoint}{separator}{urlencode(query)}"

    async def finish(
        self, query: Mapping[str, str], attempt: Attempt, redirect_uri: str
    ) -> Identity:
        """Tell who came back; raise OpenIdRefused or OpenIdUnavailable."""
        metadata = await self._provider.metadata()
        if not hmac.compare_digest(query.get("state", "").encode(), attempt.state.encode()):
            raise OpenIdRefused("state")
        # RFC 9207: an answer that names another issuer was meant for another sign-in.
        if query.get("iss", metadata.issuer) != metadata.issuer:
            raise OpenIdRefused("issuer")
        if not query.get("code"):
            raise OpenIdRefused("turned back")
        tokens = await self._exchanged(query["code"], attempt, redirect_uri)
        identity = await self._identity(tokens.id_token, metadata.issuer, attempt)
        if identity.email or not metadata.userinfo_endpoint:
            return identity
        return replace(identity, email=await self._email(identity, tokens.access_token))

    async def _exchanged(self, code: str, attempt: Attempt, redirect_uri: str) -> _Tokens:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": attempt.verifier,
        }
        answer = await self._provider.exchange(
            urlencode(form).encode(),
            {"Content-Type": FORM_TYPE, "Authorization": _basic(self.client)},
        )
        try:
            return msgspec.json.decode(answer.body, type=_Tokens)
        except msgspec.MsgspecError as error:
            raise OpenIdRefused("code") from error

    async def _identity(self, token: str, issuer: str, attempt: Attempt) -> Identity:
        expected = {
            "issuer": issuer,
            "client_id": self.client.client_id,
            "nonce": attempt.nonce,
        }
        try:
            try:
                return read_id_token(token, await self._provider.keys(), **expected)
            except KeyUnknown:
                keys = await self._provider.keys(anew=True)
            return read_id_token(token, keys, **expected)
        except TokenRefused as error:
            raise OpenIdRefused("token") from error

    async def _email(self, identity: Identity, access_token: str) -> str:
        """Ask for the address where the token does not tell it (OpenID Connect Core 1.0, 5.3)."""
        try:
            claims = msgspec.json.decode(
                await self._provider.claims(access_token), type=dict[str, object]
            )
        except msgspec.MsgspecError as error:
            raise OpenIdRefused("userinfo") from error
        if claims.get("sub") != identity.subject:
            raise OpenIdRefused("userinfo of somebody else")
        return verified_email(claims)


def _basic(client: OpenIdClient) -> str:
    """Write the credentials as RFC 6749 2.3.1 wants them: form-encoded, then as Basic."""
    pair = f"{quote(client.client_id, safe='')}:{quote(client.client_secret, safe='')}"
    return f"Basic {b64encode(pair.encode()).decode()}"
