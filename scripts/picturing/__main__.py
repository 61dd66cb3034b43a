"""Picture every page and state: `scripts/screenshots [--out FOLDER] [NAME…]`.

A name stands for all scenes whose names begin with it: `panel dialog-refund`.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import structlog

from scripts.browsing.installing import ensure_browser
from scripts.picturing.album import write_album
from scripts.picturing.camera import SCHEMES, Picture, camera, picture
from scripts.picturing.ledger import pictured_ledger
from scripts.picturing.scenes import SCENES, Scene

AT_A_TIME = 3
WARNING = 30


def main() -> None:
    """Make the pictures; say where they are, and on stderr what pages complained of."""
    options = _options()
    scenes = [one for one in SCENES if one.name.startswith(tuple(options.names or [""]))]
    if not scenes:
        sys.exit(f"No scene begins so. There are: {', '.join(one.name for one in SCENES)}")
    browser = ensure_browser()
    if browser is None:
        sys.exit("No Chromium was found or could be installed: name one in LEDGER_BROWSER.")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(WARNING))
    options.out.mkdir(parents=True, exist_ok=True)
    made = asyncio.run(_make(scenes, browser, options.out))
    complaints = [f"{one.file}: {said}" for one in made for said in one.complaints]
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    print(f"{len(made)} pictures: {write_album(options.out, made)}")


async def _make(scenes: Sequence[Scene], browser: Path, folder: Path) -> Sequence[Picture]:
    turns = asyncio.Semaphore(AT_A_TIME)
    with tempfile.TemporaryDirectory(prefix="ledger-pictures-") as data:
        async with pictured_ledger(Path(data)) as ledger, camera(browser) as opened:

            async def take(scene: Scene, width: int, scheme: str) -> Picture:
                async with turns:
                    return await picture(
                        opened, ledger, scene, width=width, scheme=scheme, folder=folder
                    )

            return await asyncio.gather(
                *(
                    take(scene, width, scheme)
                    for scene in scenes
                    for width in scene.widths
                    for scheme in SCHEMES
                )
            )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="the beginning of scenes' names")
    parser.add_argument("--out", type=Path, default=Path("pictures"), metavar="FOLDER")
    return parser.parse_args()


if __name__ == "__main__":
    main()
