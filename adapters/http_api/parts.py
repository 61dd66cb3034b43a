"""What the API needs of the process that serves it; `adapters.bootstrap` constructs it."""

from typing import Protocol, runtime_checkable

from adapters.auth.keys import Keys
from adapters.commands.operating import Operations
from adapters.commands.refund_previews import RefundPreviews
from adapters.commands.rerunning import Reruns
from adapters.messaging.queries import Messages
from adapters.postgres.database import Pool
from adapters.postgres.news import News
from adapters.postgres.secrets import Secrets
from adapters.providers.news_applying import NewsApplier
from adapters.reading.order_reader import OrderReader
from adapters.reading.setting_store import SettingStore
from adapters.shops.settings import ShopSettingsStore


@runtime_checkable
class ApiParts(Protocol):
    """The adapters that routes use."""

    @property
    def pool(self) -> Pool:
        """Connections with the application's rights."""
        ...

    @property
    def keys(self) -> Keys:
        """Who may ask."""
        ...

    @property
    def shop_settings(self) -> ShopSettingsStore:
        """What merchants set for their shops."""
        ...

    @property
    def news(self) -> News:
        """Tells when the journal has news."""
        ...

    @property
    def order_reader(self) -> OrderReader:
        """Reads orders from the journal."""
        ...

    @property
    def messages(self) -> Messages:
        """What came from the checkout."""
        ...

    @property
    def operations(self) -> Operations:
        """What people want done with orders."""
        ...

    @property
    def refund_previews(self) -> RefundPreviews:
        """What refunds would come to."""
        ...

    @property
    def reruns(self) -> Reruns:
        """What people want done with many actions."""
        ...

    @property
    def setting_store(self) -> SettingStore:
        """What merchants published."""
        ...

    @property
    def secrets(self) -> Secrets:
        """What providers sign with."""
        ...

    @property
    def news_applier(self) -> NewsApplier:
        """Keeps and takes in what providers tell."""
        ...
