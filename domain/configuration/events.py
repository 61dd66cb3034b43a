"""Facts of one action setting. The names and fields are the storage format: never edit them."""

from typing import TypeAlias

from domain.configuration.settings import ActionLevel, PublishedSettings
from domain.identifiers import SettingId, ShopId
from domain.message import Event


class ActionConfigured(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The merchant published these settings; re-runs with the latest configuration find them."""

    shop: ShopId
    setting_id: SettingId
    level: ActionLevel
    level_id: str
    """The product, offer or checkout that the action belongs to."""
    name: str
    settings: PublishedSettings
    revision: int
    """Counts from 1 within the setting."""


class ActionConfigurationRemoved(Event, frozen=True, kw_only=True, omit_defaults=True):
    """The merchant took the setting away; orders keep what they have."""

    shop: ShopId
    setting_id: SettingId
    revision: int


ConfigurationEvent: TypeAlias = ActionConfigured | ActionConfigurationRemoved
