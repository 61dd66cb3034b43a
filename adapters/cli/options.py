"""Options that many commands share. Nothing secret is ever an argument."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

DATA_FOLDER_VARIABLE = "ORDER_LEDGER_DATA"
DATA_FOLDER_DEFAULT = Path("ledger-data")


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Connection:
    """Where the ledger is."""

    data: Annotated[Path, Parameter(env_var=DATA_FOLDER_VARIABLE)] = DATA_FOLDER_DEFAULT
    """Folder of the embedded servers. Variables such as DATABASE_URL come before what it says."""


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class CommonOptions(Connection):
    """Where the ledger is, and how to answer."""

    json: Annotated[bool, Parameter(negative=())] = False
    """Answer with one JSON document."""


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ShopOptions(CommonOptions):
    """Where the ledger is, how to answer, and about which shop."""

    shop: str | None = None
    """The shop. Not needed where there is only one."""


CONNECTION = Connection()
COMMON_OPTIONS = CommonOptions()
SHOP_OPTIONS = ShopOptions()
