"""The ID token: who signed in, if the provider signed that for us and for this very attempt.

Source: OpenID Connect Core 1.0, 3.1.3.7 (ID Token Validation).
"""

from collections.abc import Mapping
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry
from msgspec import Struct

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
"""Signed with keys that only the provider has; `none` and shared secrets are not among them."""
LEEWAY_SECONDS = 60
"""By which clocks may differ."""


class TokenRefused(Exception):
    """The token is not one that the provider made for us and for this attempt."""


class KeyUnknown(TokenRefused):
    """The token names a key that is not among those we know of, or none and is signed by another."""


class Identity(Struct, frozen=True, kw_only=True):
    """Who signed in."""

    issuer: str
    subject: str
    """The provider's name of the person, which never changes."""
    email: str
    """In lower case; "" unless the provider has seen that it is theirs."""


def read_id_token(token: str, keys: KeySet, *, issuer: str, client_id: str, nonce: str) -> Identity:
    """Read a token; raise TokenRefused, and of that KeyUnknown."""
    registry = JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        registry.validate(claims)
    except InvalidKeyIdError as error:
        raise KeyUnknown(type(error).__name__) from error
    except BadSignatureError as error:
        refusal = TokenRefused if _names_key(token) else KeyUnknown
        raise refusal(type(error).__name__) from error
    except (JoseError, ValueError, TypeError) as error:
        raise TokenRefused(type(error).__name__) from error
    _check_party(claims, client_id)
    return Identity(issuer=issuer, subject=str(claims["sub"]), email=verified_email(claims))


def _names_key(token: str) -> bool:
    """Say whether it does; a provider of one key need not (OpenID Connect Core 1.0, 10.1)."""
    return "kid" in jws.extract_compact(token.encode()).headers()


def _check_party(claims: dict[str, Any], client_id: str) -> None:
    """Refuse a token for several audiences that was not issued to us."""
    audience = claims["aud"]
    is_for_several = isinstance(audience, list) and len(audience) > 1
    if claims.get("azp", None if is_for_several else client_id) != client_id:
        raise TokenRefused("authorized party")


def verified_email(claims: Mapping[str, Any]) -> str:
    """Read an address, in lower case; "" unless the provider says that it is theirs.

    Other letters than ASCII stay: the Kelvin sign's lower case is the k of somebody else's address.
    """
    if claims.get("email_verified") is not True:
        return ""
    address = str(claims.get("email", ""))
    return address.lower() if address.isascii() else address
