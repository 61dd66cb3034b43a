"""How people and keys of a shop stand: whether they can come in."""

from enum import StrEnum

from adapters.auth.keys import Key
from adapters.auth.members import Member
from adapters.clock import utc_now


class MemberState(StrEnum):
    """How far somebody is with signing in."""

    ACTIVE = "active"
    INVITED = "invited"
    """Was never here, and has a link that is good still."""
    NEVER_HERE = "never_here"
    SHUT_OUT = "shut_out"
    """By whoever runs the ledger."""


class KeyState(StrEnum):
    """Whether a key opens anything."""

    IN_USE = "in_use"
    EXPIRED = "expired"
    REVOKED = "revoked"


def member_state(member: Member) -> MemberState:
    """Say how a member stands."""
    if member.revoked_at:
        return MemberState.SHUT_OUT
    if member.seen_at:
        return MemberState.ACTIVE
    return MemberState.INVITED if member.has_open_link else MemberState.NEVER_HERE


def key_state(key: Key) -> KeyState:
    """Say how a key stands now."""
    if key.revoked_at:
        return KeyState.REVOKED
    return KeyState.EXPIRED if key.expires_at <= utc_now() else KeyState.IN_USE
