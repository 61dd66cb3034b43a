"""`scripts/sandbox run|trouble|calm|received|state|verify|refunds|end|dashboard-refund|dispute|money`."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter, validators
from msgspec import ValidationError

from adapters.cli.exits import ending
from adapters.cli.output import print_json
from adapters.embedded.errors import EmbeddedServerFailed
from adapters.embedded.folder import hold
from scripts.receivers.client import Sandbox, SandboxRefused, SandboxSilent
from scripts.receivers.control import RECEIVED_MAX
from scripts.receivers.places import PlaceTaken
from scripts.receivers.refund_commands import register
from scripts.receivers.serving import run as serve
from scripts.receivers.showing import (
    say_if_uncalled,
    show_received,
    show_standing,
    show_texts,
)
from scripts.receivers.trouble import CannotTrouble, Trouble, kind_named

FOLDER = Path("ledger-data")
HOLD_FOLDER = "sandbox"
"""Of the data folder: what holds the folder itself is the ledger."""
LIMIT_DEFAULT = 20

Data = Annotated[Path, Parameter(env_var="ORDER_LEDGER_DATA")]
Flag = Annotated[bool, Parameter(negative=())]

REFUSALS = (
    SandboxSilent,
    SandboxRefused,
    CannotTrouble,
    PlaceTaken,
    EmbeddedServerFailed,
    ValidationError,
    OSError,
)

app = App(
    name="scripts/sandbox",
    help="Receivers for actions on this machine, with trouble that can be switched on and off.",
    help_format="plaintext",
    result_action="return_none",
)


@app.command
def run(*, data: Data = FOLDER, seed: int = 1) -> None:
    """Run the receivers until Ctrl-C; `scripts/run` does it by itself.

    Parameters
    ----------
    data
        Folder that keeps the ports.
    seed
        Of which calls a share of trouble befalls.
    """
    with hold(data / HOLD_FOLDER):
        serve(data, seed)


@app.command
def trouble(
    target: str,
    kind: str,
    *,
    next: Annotated[int | None, Parameter(validator=validators.Number(gte=1))] = None,  # noqa: A002
    share: Annotated[float, Parameter(validator=validators.Number(gt=0, lte=1))] = 1.0,
    seconds: Annotated[float, Parameter(validator=validators.Number(gte=0))] = 2.0,
    data: Data = FOLDER,
) -> None:
    """Switch trouble on for a receiver, or for a part of it such as `kajabi/yoga`.

    Parameters
    ----------
    target
        mail, books, crm, kajabi, kajabi-api, systeme, stripe, paytrail or epassi. A part follows
        a slash: of mail a mailbox, of books and crm an endpoint, of kajabi an offer, of paytrail
        a bank or another of its ways to pay.
    kind
        slow, hang, reset, lost, 500 or 429; of mail slow, hang, reset, lost, refuse or temporary.
    next
        For the next so many calls only.
    share
        Of the calls, by chance.
    seconds
        How long `slow` takes, or what `429` asks to wait.
    data
        Folder of the sandbox.
    """
    wanted = Trouble(target=target, kind=kind_named(kind), next=next, share=share, seconds=seconds)
    sandbox = Sandbox.of(data)
    sandbox.trouble(wanted)
    show_standing(sandbox.standing())
    say_if_uncalled(target, sandbox)


@app.command
def calm(target: str = "", *, data: Data = FOLDER) -> None:
    """Switch trouble off, and what `verify` began: of one target with its parts, or all.

    Parameters
    ----------
    target
        As of `trouble`.
    data
        Folder of the sandbox.
    """
    sandbox = Sandbox.of(data)
    sandbox.calm(target)
    show_standing(sandbox.standing())


@app.command
def received(
    target: str = "",
    *,
    limit: int = LIMIT_DEFAULT,
    body: Flag = False,
    json: Flag = False,
    data: Data = FOLDER,
) -> None:
    """List what was received, the newest last.

    Parameters
    ----------
    target
        Only this receiver's, or this part's.
    limit
        How many.
    body
        With the text of each mail, or the body of each webhook.
    json
        As one JSON document.
    data
        Folder of the sandbox.
    """
    sandbox = Sandbox.of(data)
    found = sandbox.received(target, min(limit, RECEIVED_MAX))
    if json:
        print_json(found)
        return
    show_texts(found) if body else show_received(found)
    say_if_uncalled(target, sandbox)


@app.command
def state(*, json: Flag = False, data: Data = FOLDER) -> None:
    """Show the receivers, their trouble, and where each behaviour of theirs is described.

    Parameters
    ----------
    json
        As one JSON document.
    data
        Folder of the sandbox.
    """
    standing = Sandbox.of(data).standing()
    print_json(standing) if json else show_standing(standing, with_sources=True)


@app.command
def verify(receiver: str, *, data: Data = FOLDER) -> None:
    """Let `books` or `crm` take only what is signed with a secret given on stdin, one a line.

    Parameters
    ----------
    receiver
        books or crm.
    data
        Folder of the sandbox.
    """
    secrets = sys.stdin.read().split()
    Sandbox.of(data).verify(receiver, *secrets)
    print(
        f"{receiver} answers 401 to what none of the given secrets ({len(secrets)}) has signed; "
        f"`scripts/sandbox calm {receiver}` ends that."
    )


register(app)


def main() -> None:
    """Run one command; a known trouble is one sentence."""
    try:
        with ending():
            app()
    except REFUSALS as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
