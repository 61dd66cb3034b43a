"""Which providers a shop can refund through: those whose credentials are all set."""

from adapters.master_key import MasterKey, generate_master_key
from adapters.postgres.database import open_pool
from adapters.postgres.secrets import PAYTRAIL_ACCOUNT, PAYTRAIL_SECRET, STRIPE_API_KEY, Secrets
from adapters.providers.configured import configured_providers
from domain.identifiers import ShopId
from tests.support import Database

KAUPPA = ShopId("kauppa")
TOINEN = ShopId("toinen")
VALUE = "made-up"


async def test_a_provider_counts_once_its_last_credential_is_set(database: Database) -> None:
    async with open_pool(database.url, min_size=1, max_size=2) as pool:
        secrets = Secrets(pool, MasterKey.parse(generate_master_key()))
        assert await configured_providers(secrets, KAUPPA) == frozenset()

        await secrets.set(KAUPPA, STRIPE_API_KEY, VALUE)
        await secrets.set(KAUPPA, PAYTRAIL_ACCOUNT, VALUE)
        assert await configured_providers(secrets, KAUPPA) == {"stripe"}

        await secrets.set(KAUPPA, PAYTRAIL_SECRET, VALUE)
        assert await configured_providers(secrets, KAUPPA) == {"stripe", "paytrail"}
        assert await configured_providers(secrets, TOINEN) == frozenset()
