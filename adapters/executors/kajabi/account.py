"""Calls to Kajabi's public API v1, signed in as a shop (developers.kajabi.com/api-reference).

The rule to know: a token is kept until shortly before it ends or the credentials are others, and a
call that answers 401 is made once more with a new one.
"""

import time
from urllib.parse import urlencode

from msgspec import Struct

from adapters.executors.calls import CallFailed, call, credential, read
from adapters.outbound_http import HttpAnswer, OutboundHttp
from adapters.postgres.secrets import KAJABI_CLIENT_ID, KAJABI_CLIENT_SECRET, Secrets
from domain.identifiers import ShopId

MEDIA_TYPE = "application/vnd.api+json"
FORM_TYPE = "application/x-www-form-urlencoded"
TOKEN_SPARE_SECONDS = 60
UNAUTHORIZED = 401


class _TokenAnswer(Struct):
    access_token: str
    expires_in: int = 0
    """Seconds; a token whose end is not told is used once."""


class Account(Struct, frozen=True):
    """Whom an attempt signs in as."""

    shop: ShopId
    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"Account({self.shop})"


class _Token(Struct, frozen=True):
    account: Account
    text: str
    ends_at: float
    """Of the monotonic clock."""


class Accounts:
    """The accounts of all shops, and the token of each. Every method raises CallFailed."""

    def __init__(self, http: OutboundHttp, secrets: Secrets, url: str) -> None:
        self._http = http
        self._secrets = secrets
        self._url = url.rstrip("/")
        self._tokens: dict[ShopId, _Token] = {}

    async def of(self, shop: ShopId) -> Account:
        """Find a shop's credentials."""
        return Account(
            shop,
            await credential(self._secrets, shop, KAJABI_CLIENT_ID),
            await credential(self._secrets, shop, KAJABI_CLIENT_SECRET),
        )

    async def ask(self, account: Account, method: str, path: str, body: bytes = b"") -> HttpAnswer:
        """Make one call signed in as the shop, once more with a new token after a 401."""
        try:
            return await self._signed_in(account, method, path, body)
        except CallFailed as error:
            if error.answer is None or error.answer.status != UNAUTHORIZED:
                raise
            self._tokens.pop(account.shop, None)
        return await self._signed_in(account, method, path, body)

    async def _signed_in(self, account: Account, method: str, path: str, body: bytes) -> HttpAnswer:
        token = await self._token(account)
        headers = {"Authorization": f"Bearer {token}", "Accept": MEDIA_TYPE}
        if body:
            headers["Content-Type"] = MEDIA_TYPE
        return await call(self._http, method, f"{self._url}{path}", headers=headers, body=body)

    async def _token(self, account: Account) -> str:
        kept = self._tokens.get(account.shop)
        if kept and kept.account == account and time.monotonic() < kept.ends_at:
            return kept.text
        self._tokens[account.shop] = token = await self._sign_in(account)
        return token.text

    async def _sign_in(self, account: Account) -> _Token:
        form = {
            "grant_type": "client_credentials",
            "client_id": account.client_id,
            "client_secret": account.client_secret,
        }
        url, headers = f"{self._url}/v1/oauth/token", {"Content-Type": FORM_TYPE}
        answer = await call(self._http, "POST", url, headers=headers, body=urlencode(form).encode())
        told = read(answer, _TokenAnswer)
        lasts_seconds = told.expires_in - TOKEN_SPARE_SECONDS
        return _Token(account, told.access_token, time.monotonic() + lasts_seconds)
