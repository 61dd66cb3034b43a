"""What the provider says of itself (OpenID Connect Discovery 1.0), and its keys.

The rule to know: both are read anew after a while, and the keys at once when a token names one that
is not among them, as providers change their keys.
"""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
from joserfc.jwk import KeySet
from msgspec import Struct

from adapters.outbound_http import HttpAnswer, OutboundHttp

DISCOVERY_PATH = "/.well-known/openid-configuration"
FRESH_SECONDS = 3_600.0
LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "::1"})


class OpenIdUnavailable(Exception):
    """The provider did not answer, or not as one; the message names no address."""


class ProviderMetadata(Struct, frozen=True, kw_only=True):
    """The part of its discovery document that we use."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""


class OpenIdProvider:
    """One provider, by its issuer."""

    def __init__(self, http: OutboundHttp, issuer: str) -> None:
        self._http = http
        self._issuer = issuer
        self._read_at = -FRESH_SECONDS
        self._metadata: ProviderMetadata | None = None
        self._keys: KeySet | None = None

    async def metadata(self) -> ProviderMetadata:
        """Give its endpoints; raise OpenIdUnavailable."""
        now = time.monotonic()
        if self._metadata is None or now - self._read_at >= FRESH_SECONDS:
            self._metadata = await self._discovered()
            self._keys, self._read_at = None, now
        return self._metadata

    async def keys(self, *, anew: bool = False) -> KeySet:
        """Give its public keys; raise OpenIdUnavailable."""
        if self._keys is None or anew:
            metadata = await self.metadata()
            self._keys = _key_set(await self._get(metadata.jwks_uri))
        return self._keys

    async def exchange(self, form: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        """Ask the token endpoint; raise OpenIdUnavailable unless it answers."""
        metadata = await self.metadata()
        answer = await self._http.request(
            "POST", metadata.token_endpoint, headers=headers, body=form
        )
        if not isinstance(answer, HttpAnswer):
            raise OpenIdUnavailable(answer.message)
        return answer

    async def claims(self, access_token: str) -> bytes:
        """Ask who somebody is who signed in (UserInfo); raise OpenIdUnavailable."""
        metadata = await self.metadata()
        return await self._get(metadata.userinfo_endpoint, f"Bearer {access_token}")

    async def _discovered(self) -> ProviderMetadata:
        body = await self._get(self._issuer.rstrip("/") + DISCOVERY_PATH)
        try:
            metadata = msgspec.json.decode(body, type=ProviderMetadata)
        except msgspec.MsgspecError as error:
            raise OpenIdUnavailable("its discovery document cannot be read") from error
        if metadata.issuer.rstrip("/") != self._issuer.rstrip("/"):
            raise OpenIdUnavailable("its discovery document is another issuer's")
        endpoints = [metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri]
        endpoints += [metadata.userinfo_endpoint] if metadata.userinfo_endpoint else []
        if not all(is_safe_address(one) for one in endpoints):
            raise OpenIdUnavailable("its discovery document names an endpoint without TLS")
        return metadata

    async def _get(self, url: str, authorization: str = "") -> bytes:
        headers = {"Accept": "application/json"}
        headers |= {"Authorization": authorization} if authorization else {}
        answer = await self._http.request("GET", url, headers=headers)
        if not isinstance(answer, HttpAnswer):
            raise OpenIdUnavailable(answer.message)
        if not answer.is_success:
            raise OpenIdUnavailable(f"it answers {answer.status}")
        return answer.body


def is_safe_address(url: str) -> bool:
    """Say whether what goes there cannot be read on the way: by TLS, or on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK_NAMES)


def _key_set(body: bytes) -> KeySet:
    try:
        document: Any = msgspec.json.decode(body)
        return KeySet.import_key_set(document)
    except (msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
        raise OpenIdUnavailable("its keys cannot be read") from error
