"""Who belongs to a shop, and which keys reach it, as its admins see them."""

from collections.abc import Sequence

from msgspec import Struct

from adapters.auth.keys import Key
from adapters.auth.members import Member, Members
from adapters.auth.roles import Permission, Role
from adapters.auth.shop_keys import ShopKeys
from adapters.web.accounts.standing import KeyState, MemberState, key_state, member_state
from adapters.web.parts import PageParts
from adapters.web.visit import Visit


class MemberRow(Struct, frozen=True, kw_only=True):
    """One line of the table of people."""

    member: Member
    state: MemberState
    is_visitor: bool


class KeyRow(Struct, frozen=True, kw_only=True):
    """One line of the table of keys."""

    key: Key
    state: KeyState
    is_elsewhere_too: bool


class PeopleView(Struct, frozen=True, kw_only=True):
    """The page: people, keys in use, and keys of the past."""

    members: Sequence[MemberRow]
    keys: Sequence[KeyRow]
    past_keys: Sequence[KeyRow]


def members_of(parts: PageParts, visit: Visit) -> Members:
    """Reach the people of the shop, as far as the visitor may."""
    roles = visit.visitor.roles
    run = [shop for shop in roles if visit.visitor.may(Permission.ADMINISTER, shop)]
    return Members(parts.pool, visit.shop, run)


def keys_of(parts: PageParts, visit: Visit) -> ShopKeys:
    """Reach the keys of the shop."""
    return ShopKeys(parts.keys, visit.shop)


async def read_people(parts: PageParts, visit: Visit) -> PeopleView:
    """Read the whole page."""
    members = await members_of(parts, visit).list()
    rows = [key_row(key) for key in await keys_of(parts, visit).list()]
    return PeopleView(
        members=[member_row(member, visit) for member in members],
        keys=[row for row in rows if row.state is KeyState.IN_USE],
        past_keys=[row for row in rows if row.state is not KeyState.IN_USE],
    )


def member_row(member: Member, visit: Visit) -> MemberRow:
    """Show one member."""
    return MemberRow(
        member=member,
        state=member_state(member),
        is_visitor=member.person_id == visit.visitor.person_id,
    )


def key_row(key: Key) -> KeyRow:
    """Show one key."""
    return KeyRow(key=key, state=key_state(key), is_elsewhere_too=len(key.shops) > 1)


def role_named(name: str) -> Role:
    """Read a role that a form chose; the one that may least if it chose none."""
    return Role(name) if name in set(Role) else Role.VIEWER
