"""Passwords: their length is their strength, and only an argon2id hash of one is kept.

The rule to know: a try costs the same work whether the address is known or not, in a thread, and
only so many at once.
"""

import asyncio
import secrets
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct

from domain.phrase import say
from domain.rejection import Rejection

LENGTH_MIN = 12
LENGTH_MAX = 128
TYPED_LENGTH_MAX = 4 * LENGTH_MAX
"""A keyboard may write a letter in several parts. To put parts in order takes the square of them."""
AT_ONCE_MAX = 2
"""Each takes 64 MiB while it runs."""
IN_HAND_MAX = 32
"""At work or waiting for it."""

_hasher = PasswordHasher()


class PasswordTooShort(Rejection):
    """A chosen password is too short."""

    code = "password_too_short"


class PasswordTooLong(Rejection):
    """A chosen password is too long."""

    code = "password_too_long"


class SignInBusy(Rejection):
    """Too many passwords are being checked."""

    code = "sign_in_busy"


class Verdict(Struct, frozen=True):
    """What came of holding a password against a hash."""

    is_right: bool
    is_outdated: bool
    """The hash was made with other parameters than today's: hash anew."""


WRONG = Verdict(is_right=False, is_outdated=False)


def check_length(password: str) -> None:
    """Raise PasswordTooShort or PasswordTooLong; nothing else is asked of a password."""
    length = len(_normal(password))
    if len(password) > TYPED_LENGTH_MAX or length > LENGTH_MAX:
        raise PasswordTooLong(say("Choose at most {length_max} characters.", length_max=LENGTH_MAX))
    if length < LENGTH_MIN:
        raise PasswordTooShort(
            say(
                "Choose at least {length_min} characters; a sentence is good.",
                length_min=LENGTH_MIN,
            )
        )


class Passwords:
    """Hashes and compares, in threads."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE_MAX)
        self._in_hand = 0

    async def hash(self, password: str) -> str:
        """Hash a password whose length was checked when it was chosen; raise SignInBusy."""
        async with self._turn():
            return await asyncio.to_thread(_hasher.hash, _normal(password))

    async def verify(self, password_hash: str | None, password: str) -> Verdict:
        """Hold a password against a hash, or against one that nothing fits; raise SignInBusy."""
        is_possible = password_hash is not None and len(password) <= TYPED_LENGTH_MAX
        async with self._turn():
            verdict = await asyncio.to_thread(
                _compare, password_hash or _unfitting(), _normal(password)
            )
        return verdict if is_possible else WRONG

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._in_hand >= IN_HAND_MAX:
            raise SignInBusy(say("Very many people sign in just now. Try again in a moment."))
        self._in_hand += 1
        try:
            async with self._turns:
                yield
        finally:
            self._in_hand -= 1


def _normal(password: str) -> str:
    """Write it in one way: keyboards differ in how they compose ä. What is too long is cut off."""
    return unicodedata.normalize("NFKC", password[:TYPED_LENGTH_MAX])


@cache
def _unfitting() -> str:
    return _hasher.hash(secrets.token_urlsafe())


def _compare(password_hash: str, password: str) -> Verdict:
    try:
        _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return WRONG
    return Verdict(is_right=True, is_outdated=_hasher.check_needs_rehash(password_hash))
