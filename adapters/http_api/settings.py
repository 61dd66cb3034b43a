"""`/settings`: the action settings that the checkout published, with every revision; secrets masked."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter
from msgspec import Struct
from msgspec.structs import fields

from adapters.auth.roles import Permission
from adapters.commands.setting_store import SettingStore
from adapters.http_api.access import needs
from adapters.http_api.documented import keyed_problems
from adapters.http_api.parameters import (
    LIMIT_DEFAULT,
    NO_CONTROL_CHARACTERS,
    TEXT_MAX,
    CursorParameter,
    LimitParameter,
)
from adapters.http_api.parts import ApiParts
from adapters.http_api.problems import NotFound
from domain.identifiers import SettingId, ShopId
from projections.setting_view.view import SettingDetails, SettingSummary

SettingIdParameter = Annotated[
    str,
    PathParameter(
        description="The setting's id, from the checkout.",
        max_length=TEXT_MAX,
        pattern=NO_CONTROL_CHARACTERS,
    ),
]


class SettingPage(Struct, frozen=True, kw_only=True):
    """Some settings, by id."""

    settings: tuple[SettingSummary, ...]
    next_cursor: str | None
    """Asks for the page after this one; null on the last."""


@get(
    "/settings",
    operation_id="listSettings",
    summary="Published action settings",
    tags=["settings"],
    responses=keyed_problems(),
    opt=needs(Permission.MAINTAIN),
)
async def settings_list(
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    limit: LimitParameter = LIMIT_DEFAULT,
    cursor: CursorParameter = None,
) -> SettingPage:
    """List the settings that the checkout published, as they are now; removed ones too."""
    return await setting_page(parts.setting_store, shop_id, cursor, limit)


@get(
    "/settings/{setting_id:str}",
    operation_id="showSetting",
    summary="One setting with its revisions",
    tags=["settings"],
    responses=keyed_problems(),
    opt=needs(Permission.MAINTAIN),
)
async def settings_show(
    parts: NamedDependency[ApiParts],
    shop_id: NamedDependency[ShopId],
    setting_id: SettingIdParameter,
) -> SettingDetails:
    """Give every revision that was published, and what each changed."""
    found = await parts.setting_store.find(shop_id, SettingId(setting_id))
    if found is None:
        raise NotFound("There is no such setting.")
    return found


async def setting_page(
    store: SettingStore, shop: ShopId, cursor: str | None, limit: int
) -> SettingPage:
    """Read one page, and one setting more to know whether another follows."""
    found = await store.page(shop, cursor or "", limit + 1)
    shown = found[:limit]
    return SettingPage(
        settings=tuple(map(summary_of, shown)),
        next_cursor=shown[-1].setting_id if len(found) > limit else None,
    )


def summary_of(setting: SettingDetails) -> SettingSummary:
    """Leave the revisions out."""
    return SettingSummary(
        **{field.name: getattr(setting, field.name) for field in fields(SettingSummary)}
    )
