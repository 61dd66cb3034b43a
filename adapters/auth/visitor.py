"""Who looks at a page: a person who has signed in, with a role in each shop they belong to."""

from collections.abc import Mapping

from msgspec import Struct

from adapters.auth.roles import PERMISSIONS_BY_ROLE, Permission, Role
from domain.identifiers import ShopId


class Visitor(Struct, frozen=True, kw_only=True):
    """A person as far as a valid session tells."""

    person_id: str
    name: str
    email: str
    roles: Mapping[ShopId, Role]

    @property
    def by(self) -> str:
        """Name the person on what is recorded for them: names may repeat, ids do not."""
        return f"{self.name} ({self.person_id})"

    def may(self, permission: Permission, shop: ShopId) -> bool:
        """Say whether the person's role in this shop allows it."""
        role = self.roles.get(shop)
        return role is not None and permission in PERMISSIONS_BY_ROLE[role]
