"""Wishes about one action setting, from the merchant by way of the checkout."""

from datetime import datetime
from typing import TypeAlias

from domain.configuration.settings import ActionLevel, PublishedSettings
from domain.identifiers import SettingId, ShopId
from domain.message import Command


class ConfigureAction(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The merchant published settings."""

    at: datetime
    shop: ShopId
    setting_id: SettingId
    level: ActionLevel
    level_id: str
    name: str
    settings: PublishedSettings
    revision: int


class RemoveActionConfiguration(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The merchant took the setting away, as of a revision."""

    at: datetime
    shop: ShopId
    setting_id: SettingId
    revision: int


SettingWish: TypeAlias = ConfigureAction | RemoveActionConfiguration
