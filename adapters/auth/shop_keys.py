"""The keys of one shop, as its admins see and change them.

The rule to know: a key to other shops too is not theirs alone to revoke.
"""

import builtins
import re
from datetime import timedelta

from adapters.auth.keys import IssuedKey, Key, Keys
from adapters.auth.roles import Role
from domain.identifiers import ShopId
from domain.phrase import say
from domain.rejection import Rejection

NAME = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,200}")


class KeyNameWrong(Rejection):
    """A key's name cannot be one."""

    code = "key_name_wrong"


class KeyUnknown(Rejection):
    """No such key of the shop is in use."""

    code = "key_unknown"


class KeyElsewhere(Rejection):
    """The key reaches other shops too."""

    code = "key_elsewhere"


class ShopKeys:
    """The keys that reach a shop."""

    def __init__(self, keys: Keys, shop: ShopId) -> None:
        self._keys = keys
        self._shop = shop

    async def list(self) -> builtins.list[Key]:
        """Give all keys that reach the shop, the newest first."""
        return [key for key in reversed(await self._keys.list()) if self._shop in key.shops]

    async def find(self, key_id: str) -> Key:
        """Give one of them; raise KeyUnknown."""
        for key in await self.list():
            if key.key_id == key_id:
                return key
        raise KeyUnknown(say("No such key of this shop is in use."))

    async def issue(self, name: str, role: Role, life: timedelta) -> IssuedKey:
        """Make a key to this shop alone. KeyNameWrong."""
        if not NAME.fullmatch(name):
            raise KeyNameWrong(say("Say what the key is for, in 1 to 200 characters."))
        return await self._keys.issue(name, role, [self._shop], life)

    async def revoke(self, key_id: str) -> None:
        """Refuse a key from now on. KeyUnknown, KeyElsewhere."""
        key = await self.find(key_id)
        if key.shops != (self._shop,):
            raise KeyElsewhere(
                say(
                    "This key reaches other shops too, so only whoever runs the "
                    "ledger can revoke it: order-ledger keys revoke {key_id}",
                    key_id=key_id,
                )
            )
        if not await self._keys.revoke(key_id):
            raise KeyUnknown(say("This key is revoked already."))
