"""What the latest configuration of an action would change, field by field.

The rule to know: values are compared as they are and shown masked, so that a new secret is seen
to be new without being seen.
"""

from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import asdict

from domain.configuration.masking import masked
from domain.configuration.settings import ActionSettings, kind_of
from domain.identifiers import SettingId
from domain.order.parts import ActionState
from domain.order.values import LatestConfiguration

SettingValue: TypeAlias = str | bool | tuple[str, ...] | None
"""What a field of a setting holds; None where that kind has no such field."""


class Difference(Struct, frozen=True, kw_only=True):
    """One field that is set otherwise."""

    field: str
    before: SettingValue
    after: SettingValue
    is_secret: bool
    """What differs is masked, so both values may look the same."""


class NewerConfiguration(Struct, frozen=True, kw_only=True):
    """A later revision of the settings that an action has."""

    revision: int
    differences: tuple[Difference, ...]


def differences(before: ActionSettings, after: ActionSettings) -> tuple[Difference, ...]:
    """Compare settings; those of another kind differ in `kind` too."""
    old, new = _values(before), _values(after)
    old_shown, new_shown = _values(masked(before)), _values(masked(after))
    return tuple(
        Difference(
            field=field,
            before=old_shown.get(field),
            after=new_shown.get(field),
            is_secret=old_shown.get(field) == new_shown.get(field),
        )
        for field in old | new
        if old.get(field) != new.get(field)
    )


def newer_configuration(
    action: ActionState, latest: Mapping[SettingId, LatestConfiguration]
) -> NewerConfiguration | None:
    """Say what using the latest configuration would change; None where there is no later one."""
    newest = latest.get(action.setting_id) if action.setting_id else None
    if newest is None or not newest.is_newer_than(action.revision):
        return None
    return NewerConfiguration(
        revision=newest.revision, differences=differences(action.settings, newest.settings)
    )


def _values(settings: ActionSettings) -> dict[str, SettingValue]:
    return {"kind": kind_of(settings)} | asdict(settings)
