"""One action setting as its facts leave it: the newest revision counts."""

from datetime import datetime
from typing import assert_never

from msgspec import Struct

from domain.configuration.events import (
    ActionConfigurationRemoved,
    ActionConfigured,
    ConfigurationEvent,
)


class Setting(Struct, frozen=True, kw_only=True):
    """What is published of one setting."""

    revision: int = 0
    configured: ActionConfigured | None = None
    """The newest publication; None before the first and after a removal."""


NEW_SETTING = Setting()
"""A setting that nobody has published."""


def evolve_setting(_: Setting, event: ConfigurationEvent, _recorded_at: datetime) -> Setting:
    """Fold one fact into the setting: the last one says it all."""
    match event:
        case ActionConfigured():
            return Setting(revision=event.revision, configured=event)
        case ActionConfigurationRemoved():
            return Setting(revision=event.revision)
        case _:
            assert_never(event)
