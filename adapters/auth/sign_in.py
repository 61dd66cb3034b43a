"""Signing in by email address and password: one answer for whatever is wrong."""

from msgspec import Struct

from adapters.auth.passwords import Passwords, check_length
from adapters.auth.people import People
from adapters.auth.sessions import Sessions
from adapters.auth.sign_in_limits import SignInLimits
from adapters.auth.visitor import Visitor
from domain.phrase import say
from domain.rejection import Rejection


class SignInRefused(Rejection):
    """There is no such person with such a password."""

    code = "sign_in_refused"


class PasswordWrong(Rejection):
    """The present password is another one."""

    code = "password_wrong"


class SignIn(Struct, frozen=True, kw_only=True):
    """Holds passwords against what is kept, as often as the limits allow."""

    people: People
    sessions: Sessions
    limits: SignInLimits
    passwords: Passwords

    async def by_password(self, email: str, password: str, network_address: str) -> str:
        """Say who it is. SignInRefused, TooManyTries, SignInBusy."""
        await self.limits.take(email, network_address)
        known = await self.people.password_of(email)
        verdict = await self.passwords.verify(known.password_hash if known else None, password)
        if known is None or not verdict.is_right:
            raise SignInRefused(say("This email address and password do not belong together."))
        await self.limits.succeed(email, network_address)
        if verdict.is_outdated:
            anew = await self.passwords.hash(password)
            await self.people.rehash(known, anew)
        return known.person_id

    async def needs_present_password(self, visitor: Visitor, session: str) -> bool:
        """Say whether a new password asks for the present one: not of whoever came by a link."""
        known = await self.people.password_of(visitor.email)
        return bool(known and known.password_hash) and not await self.sessions.is_by_link(session)

    async def choose_password(
        self, visitor: Visitor, session: str, present: str, password: str, network_address: str
    ) -> None:
        """Set a person's password and sign them out everywhere.

        PasswordTooShort, PasswordTooLong, PasswordWrong, TooManyTries, SignInBusy.
        """
        check_length(password)
        if await self.needs_present_password(visitor, session):
            await self._require_present(visitor.email, present, network_address)
        password_hash = await self.passwords.hash(password)
        await self.people.set_password(visitor.person_id, password_hash)
        await self.sessions.end_all(visitor.person_id)

    async def _require_present(self, email: str, present: str, network_address: str) -> None:
        try:
            await self.by_password(email, present, network_address)
        except SignInRefused as refusal:
            raise PasswordWrong(say("The present password is another one.")) from refusal
