"""What a person reads once a ledger runs: where it is, the key, and commands that work as printed.

The rule to know: whatever is printed as a command is quoted for a shell.
"""

import shlex
import sys
from collections.abc import Iterable
from pathlib import Path

from adapters.up import Standing
from domain.identifiers import ShopId


def banner(standing: Standing, shop: str, key: str, remarks: Iterable[str] = ()) -> str:
    """Say where to look; `shop` is the one that the key and the examples are of."""
    api = standing.settings.api_url
    page = standing.page(ShopId(shop))
    lines = (
        f"The ledger runs. Its data lies in {standing.data}",
        f"Page  {page}  (opens the Order Management page, once; signed in for up to 7 days)",
        f"API  {api}/api/v1  (documentation: {api}/api/v1/docs)",
        f"Key  {key}  (shop {shop})",
        f"Try  {command(standing, 'orders', 'list', '--shop', shop)}",
        f"     {command(standing, 'attention', '--shop', shop)}",
        f"     curl -H 'Authorization: Bearer {key}' '{api}/api/v1/orders?shop={shop}'",
        *remarks,
        "Ctrl-C stops it.",
    )
    return "\n".join(lines)


def command(standing: Standing, *words: str) -> str:
    """Spell a command of this very program, to be run from this folder."""
    program = Path(sys.prefix) / "bin" / "order-ledger"
    if program.is_relative_to(Path.cwd()):
        program = program.relative_to(Path.cwd())
    return shlex.join([str(program), *words, "--data", str(standing.data)])
