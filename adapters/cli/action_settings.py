"""`settings`: the action settings that the checkout published; secrets masked."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from cyclopts import App, Parameter, validators
from msgspec.structs import asdict, replace
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from adapters.cli.command_answer import difference_line, value_of
from adapters.cli.exits import NotFound
from adapters.cli.options import SHOP_OPTIONS, ShopOptions
from adapters.cli.output import fields, print_json, say, show, table, text
from adapters.cli.reaching import ledger, the_shop
from adapters.display.times import exact
from adapters.display.words import words_of
from adapters.reading.setting_store import SettingPage
from domain.identifiers import SettingId
from projections.setting_view.view import RevisionDetails, SettingDetails

LIMIT_DEFAULT = 50
LIMIT_MAX = 200

app = App(name="settings", help="The action settings that the checkout published.")


@app.command(name="list")
async def list_(
    *,
    limit: Annotated[int, Parameter(validator=validators.Number(gte=1, lte=LIMIT_MAX))] = (
        LIMIT_DEFAULT
    ),
    cursor: str | None = None,
    options: ShopOptions = SHOP_OPTIONS,
) -> None:
    """List the settings by id, as they are now; removed ones too.

    Parameters
    ----------
    limit
        How many at most.
    cursor
        Where the page before ended.
    """
    async with ledger(options) as parts:
        shop = await the_shop(parts, options)
        page = await parts.setting_store.page(shop, cursor, limit)
    print_json(page) if options.json else _show_page(page)


@app.command(name="show")
async def show_(
    setting: str,
    *,
    revision: Annotated[int | None, Parameter(validator=validators.Number(gte=1))] = None,
    options: ShopOptions = SHOP_OPTIONS,
) -> None:
    """Show one setting with its revisions, the newest first, and what each changed.

    Parameters
    ----------
    setting
        Its id.
    revision
        Only this one.
    """
    async with ledger(options) as parts:
        shop = await the_shop(parts, options)
        found = await parts.setting_store.find(shop, SettingId(setting))
    if found is None:
        raise NotFound(
            f"the shop {shop} has no setting {setting}", "`order-ledger settings list` names them."
        )
    shown = found if revision is None else _only(found, revision)
    print_json(shown) if options.json else show(*_sheet(shown))


def _only(setting: SettingDetails, revision: int) -> SettingDetails:
    kept = tuple(one for one in setting.revisions if one.revision == revision)
    if not kept:
        known = ", ".join(str(one.revision) for one in setting.revisions)
        raise NotFound(f"there is no revision {revision} of it", f"There are: {known}.")
    return replace(setting, revisions=kept)


def _show_page(page: SettingPage) -> None:
    if not page.settings:
        say("The checkout has published no settings.")
        return
    result = table(
        "Setting", "Name", "Kind", "Of", "Revision", numbers=["Revision"], whole=["Setting"]
    )
    for one in page.settings:
        whose = f"{words_of(one.level)} {one.level_id}" if one.level else ""
        revision = f"{one.revision}{', removed' if one.is_removed else ''}"
        result.add_row(
            text(one.setting_id), text(one.name), words_of(one.kind), text(whose), revision
        )
    show(result)
    if page.next_cursor:
        say(f"Next page: --cursor {page.next_cursor}")


def _sheet(setting: SettingDetails) -> Iterator[RenderableType]:
    whose = f"{words_of(setting.level)} {setting.level_id}" if setting.level else ""
    yield fields(
        ("Setting", setting.setting_id),
        ("Name", setting.name),
        ("Kind", words_of(setting.kind)),
        ("Of", whose),
        ("Revision", str(setting.revision)),
        ("Removed", "yes: orders keep what they have" if setting.is_removed else ""),
    )
    yield Text()
    yield _revisions(setting.revisions)


def _revisions(revisions: Sequence[RevisionDetails]) -> Table:
    result = table("#", "Published", "Name", "Settings", "Changed", numbers=["#"])
    for one in revisions:
        settings = asdict(one.settings) if one.settings else {}
        told = "\n".join(f"{words_of(name)}: {value_of(value)}" for name, value in settings.items())
        changed = "\n".join(map(difference_line, one.differences))
        result.add_row(
            "" if one.is_removal else str(one.revision),
            exact(one.at),
            text(one.name),
            text("removed" if one.is_removal else told),
            text(changed),
        )
    return result
