"""What each role may do, word for word from the design."""

import pytest

from adapters.auth.keys import Caller
from adapters.auth.roles import MEANING_BY_ROLE, PERMISSIONS_BY_ROLE, Permission, Role
from domain.identifiers import ShopId

ALLOWED = {
    Role.VIEWER: {"see"},
    Role.CUSTOMER_SERVICE: {"see", "operate"},
    Role.MAINTAINER: {"see", "operate", "maintain"},
    Role.ADMIN: {"see", "operate", "maintain", "administer"},
    Role.AUDITOR: {"see", "audit"},
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_a_role_may_do_exactly_what_the_table_says(role: Role, permission: Permission) -> None:
    caller = Caller(
        key_id="0011223344556677", name="till", role=role, shops=frozenset({ShopId("kauppa")})
    )

    assert caller.may(permission) is (permission.value in ALLOWED[role])


def test_every_role_stands_in_the_table() -> None:
    assert set(PERMISSIONS_BY_ROLE) == set(Role)


def test_every_role_says_what_it_may_do() -> None:
    assert set(MEANING_BY_ROLE) == set(Role)
    assert all(MEANING_BY_ROLE.values())
