"""Styles, scripts and icons as they are served: under a name that changes with their content.

The rule to know: what has a hashed name never changes, so a browser keeps it for ever. The style
sheets are one file by then: the layers in their order, then each component's own.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from importlib.resources import files

from litestar import Response, get
from litestar.params import FromPath

from adapters.http_api.access import PUBLIC
from adapters.http_api.problems import NotFound

STYLE_LAYERS = ("tokens", "base", "layout", "components", "controls")
STYLE_SHEET = "page.css"
TYPE_BY_ENDING = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
HEADERS = {"Cache-Control": "public, max-age=31536000, immutable"}
HASH_LETTERS = 16


@cache
def assets() -> Mapping[str, bytes]:
    """Read all assets by their names, once."""
    folder = files(__package__)
    styles = {path.name.removesuffix(".css"): path for path in folder.joinpath("css").iterdir()}
    names = (*STYLE_LAYERS, *sorted(styles.keys() - set(STYLE_LAYERS)))
    style = b"\n".join(styles[name].read_bytes() for name in names)
    scripts = {
        path.name: path.read_bytes()
        for path in sorted(folder.joinpath("js").iterdir(), key=lambda one: one.name)
        if path.name.endswith(".js")
    }
    return {STYLE_SHEET: style} | scripts


@cache
def assets_path() -> str:
    """Say under which path the assets of this version lie."""
    digest = hashlib.sha256()
    for name, content in assets().items():
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return f"/assets/{digest.hexdigest()[:HASH_LETTERS]}"


@cache
def script_names() -> Sequence[str]:
    """Name the modules, for a browser to fetch all of them at once."""
    return tuple(name for name in assets() if name.endswith(".js"))


@get("/assets/{version:str}/{name:str}", include_in_schema=False, opt=PUBLIC)
async def serve_asset(version: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """Give a style sheet or a script; of another version there is none."""
    content = assets().get(name)
    if content is None or not assets_path().endswith(f"/{version}"):
        raise NotFound("There is no such file.")
    media_type = TYPE_BY_ENDING[name.rpartition(".")[2]]
    return Response(content, media_type=media_type, status_code=HTTPStatus.OK, headers=HEADERS)
