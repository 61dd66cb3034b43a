"""`/settings`: the action settings that the checkout published, with every revision; secrets masked."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from adapters.auth.roles import Permission
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
from adapters.reading.setting_store import SettingPage
from domain.identifiers import SettingId, ShopId
from projections.setting_view.view import SettingDetails

SettingIdParameter = Annotated[
    str,
    PathParameter(
        description="The setting's id, from the checkout.",
        max_length=TEXT_MAX,
        pattern=NO_CONTROL_CHARACTERS,
    ),
]


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
    return await parts.setting_store.page(shop_id, cursor, limit)


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
