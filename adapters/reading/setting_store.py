"""Published action settings, read from their own streams: there is no read model of them.

A shop has some thousand settings at most, and each few revisions: the journal's index is enough.
"""

from collections.abc import Iterable, Sequence
from typing import cast

from msgspec import Struct
from msgspec.structs import fields

from adapters.postgres.codec import open_rows
from adapters.postgres.database import Pool
from adapters.postgres.journal import Journal
from adapters.postgres.keyring import KeyRing
from domain.configuration.events import ConfigurationEvent
from domain.configuration.setting import NEW_SETTING, evolve_setting
from domain.identifiers import SettingId, ShopId, StreamName, setting_stream
from domain.message import Recorded
from domain.order.parts import ActionState
from domain.order.values import LatestConfiguration
from projections.setting_view.view import SettingDetails, SettingSummary, setting_view

Facts = Sequence[Recorded[ConfigurationEvent]]

LIST = """
SELECT DISTINCT stream
FROM journal.events
WHERE stream > %b::text
AND stream < %b::text
ORDER BY stream
LIMIT %b
"""

AFTER_EVERY_ID = "\x7f"
"""An id is one token of a NATS subject, so this comes after whatever it begins with."""


class SettingPage(Struct, frozen=True, kw_only=True):
    """Some settings, by id."""

    settings: tuple[SettingSummary, ...]
    next_cursor: str | None
    """Asks for the page after this one; null on the last."""


class SettingStore:
    """The settings of all shops."""

    def __init__(self, pool: Pool, journal: Journal, key_ring: KeyRing) -> None:
        self._pool = pool
        self._journal = journal
        self._key_ring = key_ring

    async def page(self, shop: ShopId, cursor: str | None, limit: int) -> SettingPage:
        """Give a shop's settings, removed ones too, as they are now."""
        # One more than is shown tells whether another page follows.
        found = await self._after(shop, SettingId(cursor or ""), limit + 1)
        shown = found[:limit]
        return SettingPage(
            settings=tuple(map(summary_of, shown)),
            next_cursor=shown[-1].setting_id if len(found) > limit else None,
        )

    async def find(self, shop: ShopId, setting_id: SettingId) -> SettingDetails | None:
        """Give one setting with all its revisions."""
        stream = setting_stream(shop, setting_id)
        facts = (await self._facts([stream]))[stream]
        return setting_view(facts) if facts else None

    async def latest_of(
        self, shop: ShopId, actions: Iterable[ActionState], until_position: int | None = None
    ) -> dict[SettingId, LatestConfiguration]:
        """Give the newest revision of the settings that actions came from; none of removed ones.

        With `until_position`, those that were the newest when the journal had come that far.
        """
        setting_ids = {action.setting_id for action in actions if action.setting_id}
        return await self.latest(shop, setting_ids, until_position)

    async def latest(
        self, shop: ShopId, setting_ids: Iterable[SettingId], until_position: int | None = None
    ) -> dict[SettingId, LatestConfiguration]:
        """Give the newest revision of these settings, as `latest_of` does."""
        streams = {one: setting_stream(shop, one) for one in setting_ids}
        if not streams:
            return {}
        facts_by_stream = await self._facts(list(streams.values()))
        found = {
            one: _latest(_until(facts_by_stream[stream], until_position))
            for one, stream in streams.items()
        }
        return {setting_id: latest for setting_id, latest in found.items() if latest}

    async def _after(self, shop: ShopId, after: SettingId, limit: int) -> Sequence[SettingDetails]:
        bounds = (
            setting_stream(shop, after),
            setting_stream(shop, SettingId(AFTER_EVERY_ID)),
        )
        async with self._pool.connection() as connection:
            cursor = await connection.execute(LIST, (*bounds, limit), binary=True)
            streams = [stream for (stream,) in await cursor.fetchall()]
        facts_by_stream = await self._facts(streams)
        return [setting_view(facts_by_stream[stream]) for stream in streams]

    async def _facts(self, streams: Sequence[StreamName]) -> dict[StreamName, Facts]:
        rows_by_stream = await self._journal.read_streams(streams)
        return {
            stream: cast(Facts, await open_rows(rows, self._key_ring))
            for stream, rows in rows_by_stream.items()
        }


def summary_of(setting: SettingDetails) -> SettingSummary:
    """Leave the revisions out."""
    return SettingSummary(
        **{field.name: getattr(setting, field.name) for field in fields(SettingSummary)}
    )


def _until(facts: Facts, position: int | None) -> Facts:
    return [fact for fact in facts if position is None or fact.position <= position]


def _latest(facts: Facts) -> LatestConfiguration | None:
    setting = NEW_SETTING
    for fact in facts:
        setting = evolve_setting(setting, fact.event, fact.recorded_at)
    published = setting.configured
    if published is None:
        return None
    return LatestConfiguration(settings=published.settings, revision=published.revision)
