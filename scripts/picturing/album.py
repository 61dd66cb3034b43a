"""The page on which all pictures are looked at: one row a scene."""

from collections.abc import Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from scripts.picturing.camera import Picture

HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Pictures</title>
<style>
body { font: 14px/1.5 system-ui, sans-serif; margin: 2rem; }
nav { columns: 14rem; }
div { display: flex; gap: 1rem; overflow-x: auto; padding-block: .5rem; }
figure { margin: 0; flex: none; } img { block-size: 24rem; border: 1px solid #999; display: block; }
.complaint { color: #a3211a; max-inline-size: 40rem; }
</style><h1>Pictures</h1>
"""


def write_album(folder: Path, pictures: Sequence[Picture]) -> Path:
    """Write `index.html` beside the pictures; give its path."""
    scenes = [(name, list(some)) for name, some in groupby(pictures, lambda one: one.scene)]
    links = "".join(f'<a href="#{name}">{name}</a><br>' for name, _ in scenes)
    rows = "".join(
        f'<h2 id="{name}">{name}</h2><div>{_figures(some)}</div>' for name, some in scenes
    )
    album = folder / "index.html"
    album.write_text(f"{HEAD}<nav>{links}</nav>{rows}</html>\n", encoding="utf-8")
    return album


def _figures(pictures: Sequence[Picture]) -> str:
    return "".join(map(_figure, pictures))


def _figure(picture: Picture) -> str:
    said = "".join(f'<p class="complaint">{escape(one)}</p>' for one in picture.complaints)
    name = f"{picture.scene}, {picture.width} wide, {picture.scheme}"
    return (
        f'<figure><a href="{picture.file}"><img loading="lazy" src="{picture.file}" alt="{name}"></a>'
        f"<figcaption>{picture.width} {picture.scheme}</figcaption>{said}</figure>"
    )
