"""`scripts/screenshots` for one scene, and that every scene shows an order that is told."""

import re
import subprocess
import sys
from pathlib import Path

from scripts.picturing.orders import KINDS
from scripts.picturing.scenes import SCENES

MADE_SECONDS_MAX = 180
NAMED = re.compile(r"/orders/\{([a-z-]+)\}")


def test_a_scene_is_pictured_in_both_schemes_and_sizes(chromium: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.picturing", "--out", str(tmp_path), "system"]
    made = subprocess.run(
        command,
        capture_output=True,
        check=False,
        env={"LEDGER_BROWSER": chromium, "PYTHONPATH": str(Path.cwd())},
        text=True,
        timeout=MADE_SECONDS_MAX,
    )

    assert made.returncode == 0, made.stderr
    assert made.stderr == ""
    names = {
        f"system-{width}-{scheme}.png" for width in (1440, 390, 320) for scheme in ("light", "dark")
    }
    assert {file.name for file in tmp_path.glob("*.png")} == names
    album = (tmp_path / "index.html").read_text()
    assert all(f'src="{name}"' in album for name in names)


def test_scenes_have_names_of_their_own_and_orders_that_are_told() -> None:
    names = [scene.name for scene in SCENES]
    shown = {name for scene in SCENES for name in NAMED.findall(scene.path)}

    assert len(set(names)) == len(names)
    assert shown <= set(KINDS)
