"""A key ring in memory: real keys, so that personal parts are sealed and opened as always."""

from collections.abc import Collection, Iterable
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.postgres.keyring import CustomerRef, KeyRing
from domain.identifiers import CustomerKeyId
from scripts.simulation.journal import NotSent
from scripts.simulation.scheduler import Place

KEY = AESGCM(bytes(32))


class SimulatedKeyRing(KeyRing):
    """The keys of all customers. What it tells is settled once and for all."""

    def __init__(self) -> None:
        self._ids: dict[CustomerRef, CustomerKeyId] = {}

    async def ensure(self, customers: Collection[CustomerRef]) -> dict[CustomerRef, CustomerKeyId]:
        """Find or make keys."""
        await Place("keys", NotSent)
        return {customer: self._id(customer) for customer in customers}

    async def load(self, key_ids: Iterable[CustomerKeyId]) -> None:
        """Have all at hand already."""

    def get(self, key_id: CustomerKeyId) -> AESGCM | None:  # noqa: ARG002 - all have the same
        """Give the one key."""
        return KEY

    def _id(self, customer: CustomerRef) -> CustomerKeyId:
        return self._ids.setdefault(customer, CustomerKeyId(UUID(int=len(self._ids) + 1)))
