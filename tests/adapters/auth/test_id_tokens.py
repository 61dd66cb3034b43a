"""Tokens that are not the provider's word to us are refused, each for its own reason."""

import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from adapters.auth.openid.tokens import TokenRefused, read_id_token, verified_email

KEY = ECKey.generate_key("P-256", {"kid": "k-1"})
OTHER_KEY = ECKey.generate_key("P-256", {"kid": "k-1"})
KEYS = KeySet.import_key_set(KeySet([KEY]).as_dict(private=False))
ISSUER = "https://login.example.com"


def claims(**changed: Any) -> dict[str, Any]:
    """Give the claims of a good token, some of them changed; None leaves one out.

    Times are seconds from now.
    """
    now = int(time.time())
    changed |= {name: now + changed[name] for name in ("exp", "iat") if changed.get(name)}
    good = {
        "iss": ISSUER,
        "aud": "ledger",
        "sub": "s-1",
        "exp": now + 300,
        "iat": now,
        "nonce": "n-1",
        "email": "Laura@Example.com",
        "email_verified": True,
    }
    return {name: value for name, value in (good | changed).items() if value is not None}


def token(key: Any = KEY, algorithm: str = "ES256", **changed: Any) -> str:
    """Sign a token."""
    return jwt.encode({"alg": algorithm, "kid": "k-1"}, claims(**changed), key, [algorithm])


def read(text: str) -> Any:
    return read_id_token(text, KEYS, issuer=ISSUER, client_id="ledger", nonce="n-1")


def test_a_good_token_tells_who_signed_in() -> None:
    identity = read(token())

    assert (identity.issuer, identity.subject, identity.email) == (
        ISSUER,
        "s-1",
        "laura@example.com",
    )


def test_an_address_that_nobody_verified_is_none() -> None:
    assert read(token(email_verified="true")).email == ""
    assert read(token(email_verified=None)).email == ""


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": ["ledger", "another"]},
        {"azp": "another"},
        {"exp": -120},
        {"exp": None},
        {"iat": 600},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
    ],
    ids=str,
)
def test_a_claim_that_is_not_as_it_must_be_refuses_the_token(changed: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        read(token(**changed))


def test_a_token_for_several_is_taken_if_it_was_issued_to_us() -> None:
    assert read(token(aud=["another", "ledger"], azp="ledger")).subject == "s-1"


def test_a_signature_by_another_key_or_by_a_secret_is_refused() -> None:
    by_secret = token(OctKey.import_key("s3cret-of-the-client-long-enough"), "HS256")
    for forged in (token(OTHER_KEY), by_secret, token()[:-6] + "AAAAAA", "x.y.z", ""):
        with pytest.raises(TokenRefused):
            read(forged)


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("Kaisa@Example.com", "kaisa@example.com"),
        ("\N{KELVIN SIGN}aisa@example.com", "\N{KELVIN SIGN}aisa@example.com"),
    ],
)
def test_no_letter_becomes_one_of_another_address(address: str, read: str) -> None:
    assert verified_email({"email": address, "email_verified": True}) == read
