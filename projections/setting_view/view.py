"""A published setting: every revision that is kept, and what each changed; secrets masked."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from domain.configuration.events import ActionConfigured, ConfigurationEvent
from domain.configuration.masking import masked
from domain.configuration.settings import ActionLevel, ActionSettings, kind_of
from domain.message import Recorded
from projections.order_view.differences import Difference, differences


class RevisionDetails(Struct, frozen=True, kw_only=True):
    """One publication, or the removal."""

    revision: int
    at: datetime
    """When the merchant published it."""
    recorded_at: datetime
    """When the ledger recorded it."""
    is_removal: bool
    name: str
    settings: ActionSettings | None
    """Secrets masked; None of a removal."""
    differences: tuple[Difference, ...]
    """From the publication before; none of the first, nor of a removal."""


class SettingSummary(Struct, frozen=True, kw_only=True):
    """A setting as it was last published."""

    setting_id: str
    revision: int
    is_removed: bool
    """The merchant took it away: orders keep what they have."""
    level: ActionLevel | None
    """None, like all that a publication says, of what was removed before it was published."""
    level_id: str
    """The product, offer or checkout that it belongs to."""
    name: str
    kind: str
    settings: ActionSettings | None
    """Secrets masked."""


class SettingDetails(SettingSummary, frozen=True, kw_only=True):
    """A setting with all its revisions, the newest first."""

    revisions: tuple[RevisionDetails, ...]


Facts = Sequence[Recorded[ConfigurationEvent]]


def setting_view(facts: Facts) -> SettingDetails:
    """Show a setting; give all of its facts, the first first."""
    newest = facts[-1].event
    published = next((one for one in reversed(_publications(facts))), None)
    return SettingDetails(
        setting_id=newest.setting_id,
        revision=newest.revision,
        is_removed=not isinstance(newest, ActionConfigured),
        level=published.level if published else None,
        level_id=published.level_id if published else "",
        name=published.name if published else "",
        kind=kind_of(published.settings) if published else "",
        settings=masked(published.settings) if published else None,
        revisions=tuple(reversed(list(_revisions(facts)))),
    )


def _publications(facts: Facts) -> list[ActionConfigured]:
    return [fact.event for fact in facts if isinstance(fact.event, ActionConfigured)]


def _revisions(facts: Facts) -> Iterator[RevisionDetails]:
    before: ActionConfigured | None = None
    for fact in facts:
        event = fact.event
        published = event if isinstance(event, ActionConfigured) else None
        yield RevisionDetails(
            revision=event.revision,
            at=event.at,
            recorded_at=fact.recorded_at,
            is_removal=published is None,
            name=published.name if published else "",
            settings=masked(published.settings) if published else None,
            differences=_differences(before, published),
        )
        before = published or before


def _differences(
    before: ActionConfigured | None, after: ActionConfigured | None
) -> tuple[Difference, ...]:
    return differences(before.settings, after.settings) if before and after else ()
