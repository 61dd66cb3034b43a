"""Decide on news of one action setting: older revisions change nothing, whenever they come."""

from typing import assert_never

from domain.configuration.commands import ConfigureAction, RemoveActionConfiguration, SettingWish
from domain.configuration.events import (
    ActionConfigurationRemoved,
    ActionConfigured,
    ConfigurationEvent,
)
from domain.configuration.setting import Setting
from domain.rejection import Rejection


class RevisionDiffers(Rejection):
    """A revision stands for one content."""

    code = "revision_differs"

    def __init__(self, revision: int) -> None:
        super().__init__(f"Revision {revision} of the setting is known with another content.")


def decide_setting(command: SettingWish, setting: Setting) -> list[ConfigurationEvent]:
    """Decide on a command; raises Rejection."""
    match command:
        case ConfigureAction():
            return _configure(command, setting)
        case RemoveActionConfiguration():
            return _remove(command, setting)
        case _:
            assert_never(command)


def _configure(command: ConfigureAction, setting: Setting) -> list[ConfigurationEvent]:
    configured = ActionConfigured(
        at=command.at,
        shop=command.shop,
        setting_id=command.setting_id,
        level=command.level,
        level_id=command.level_id,
        name=command.name,
        settings=command.settings,
        revision=command.revision,
    )
    if command.revision > setting.revision:
        return [configured]
    known = setting.configured
    if known is not None and known.revision == command.revision:
        _require_same(configured, known)
    return []


def _require_same(configured: ActionConfigured, known: ActionConfigured) -> None:
    if (configured.level, configured.level_id, configured.name, configured.settings) != (
        known.level,
        known.level_id,
        known.name,
        known.settings,
    ):
        raise RevisionDiffers(configured.revision)


def _remove(command: RemoveActionConfiguration, setting: Setting) -> list[ConfigurationEvent]:
    is_removed = setting.configured is None and setting.revision > 0
    if command.revision < setting.revision or (is_removed and command.revision == setting.revision):
        return []
    return [
        ActionConfigurationRemoved(
            at=command.at,
            shop=command.shop,
            setting_id=command.setting_id,
            revision=command.revision,
        )
    ]
