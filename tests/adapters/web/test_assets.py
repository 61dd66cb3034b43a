"""Styles and scripts: whole, kept for ever under names that change, and only our own."""

import re

from adapters.web.assets import assets, assets_path, script_names
from tests.adapters.http_api.served import TOINEN
from tests.adapters.web.site import site
from tests.support import Database

IMPORTED = re.compile(r"""(?:from|import) "(\./[^"]+)";""")


async def test_a_page_names_files_that_a_browser_may_keep_for_ever(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        page = await laura.get("/orders")
        named = set(re.findall(r'(?:href|src)="(/assets/[^"]+)"', page.text))
        answers = [await ledger.client.get(path) for path in sorted(named)]

    assert {path.rpartition("/")[2] for path in named} == {"page.css", *script_names()}
    assert {answer.status_code for answer in answers} == {200}
    assert all("immutable" in answer.headers["Cache-Control"] for answer in answers)


async def test_a_file_of_another_version_is_not_there(database: Database) -> None:
    async with site(database) as ledger:
        old = await ledger.client.get("/assets/0123456789abcdef/page.css")
        none = await ledger.client.get(f"{assets_path()}/none.js")
    assert (old.status_code, none.status_code) == (404, 404)


def test_every_module_imports_only_modules_that_there_are() -> None:
    for name in script_names():
        text = assets()[name].decode()
        imported = {path.removeprefix("./") for path in IMPORTED.findall(text)}
        assert imported <= set(script_names()), name


def test_the_layers_are_named_before_any_of_them_is_filled() -> None:
    style = assets()["page.css"].decode()
    assert style.index("@layer tokens, base, layout, components;") < style.index("@layer tokens {")
    assert "url(" not in style


async def test_a_sentence_of_the_last_form_is_shown_once(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        laura.client.cookies.set("said", "Maksettu%20takaisin%20%3Cb%3E")
        first = await laura.get("/orders")
    assert "Maksettu takaisin &lt;b&gt;" in first.text
    assert re.match(r"said=.*Max-Age=0", first.headers["Set-Cookie"])


async def test_who_belongs_to_several_shops_can_change_between_them(database: Database) -> None:
    async with site(database) as ledger, ledger.visitor() as laura:
        one = await laura.get("/orders")
        async with ledger.visitor(shop=TOINEN) as both:
            two = await both.get("/orders")
    assert "/shops/toinen/orders" not in one.text
    assert 'href="/shops/kauppa/orders"' in two.text
