"""`contracts write`: AsyncAPI, JSON Schemas and examples for publishers, made from the code."""

from pathlib import Path

from cyclopts import App

from adapters.cli.output import say
from adapters.messaging.documents import write_contracts

FOLDER_DEFAULT = Path("docs/contracts")

app = App(name="contracts", help="What others build against.")


@app.command(name="write")
def write(*, folder: Path = FOLDER_DEFAULT) -> None:
    """Write the contracts anew; files that are no longer made are taken away.

    Parameters
    ----------
    folder
        Where to.
    """
    say(f"{len(write_contracts(folder))} files written to {folder}.")
