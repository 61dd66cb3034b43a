"""Which receivers there are and on which ports; a folder keeps its ports for ever.

The rule to know: orders remember the addresses that they were placed with, so a second start on
the same folder listens where the first one did, or not at all.
"""

import socket
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct

from adapters.embedded.ports import ANY_PORT, LOOPBACK

PLACES_FILE = "sandbox.json"


class Receiver(StrEnum):
    """Who receives; the name is what commands call it."""

    MAIL = "mail"
    BOOKS = "books"
    CRM = "crm"
    KAJABI = "kajabi"
    KAJABI_API = "kajabi-api"
    SYSTEME = "systeme"
    PAYTRAIL = "paytrail"
    STRIPE = "stripe"
    EPASSI = "epassi"


WITHOUT_PARTS = (Receiver.KAJABI_API, Receiver.SYSTEME, Receiver.EPASSI, Receiver.STRIPE)
CONTROL = "control"
LISTENING = (*(receiver.value for receiver in Receiver), CONTROL)


class ReceiverUnknown(Exception):
    """There is no receiver of this name, or it has no parts."""


class PlaceTaken(Exception):
    """Another program listens where a receiver of this folder has its place."""


class Places(Struct, frozen=True):
    """The ports, by receiver."""

    ports: dict[str, int]

    def url(self, receiver: str) -> str:
        """Name the address that a receiver's paths begin with."""
        scheme = "smtp" if receiver == Receiver.MAIL else "http"
        return f"{scheme}://{LOOPBACK}:{self.ports[receiver]}"

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Read the places of a folder's sandbox; None where it had none yet."""
        file = folder / PLACES_FILE
        return msgspec.json.decode(file.read_bytes(), type=cls) if file.exists() else None

    def save(self, folder: Path) -> None:
        """Keep the places for the next start."""
        unfinished = folder / f"{PLACES_FILE}.new"
        unfinished.write_bytes(msgspec.json.encode(self))
        unfinished.replace(folder / PLACES_FILE)


def target_named(target: str) -> tuple[Receiver, str]:
    """Tell the receiver, and the part of it if any, that a target names; raise ReceiverUnknown."""
    name, _, part = target.partition("/")
    if name not in set(Receiver):
        raise ReceiverUnknown(f"no receiver {name!r}: there are {', '.join(Receiver)}")
    receiver = Receiver(name)
    if part and receiver in WITHOUT_PARTS:
        raise ReceiverUnknown(f"{receiver} has no parts: name it alone")
    return receiver, part


def take_places(folder: Path) -> tuple[Places, dict[str, socket.socket]]:
    """Listen on a port for each receiver, on the folder's own where it has them; PlaceTaken."""
    known = Places.read(folder)
    with ExitStack() as opened:
        sockets = {}
        for name in LISTENING:
            port = known.ports.get(name, ANY_PORT) if known else ANY_PORT
            sockets[name] = opened.enter_context(_listen(name, port, folder))
        opened.pop_all()
    places = Places({name: listening.getsockname()[1] for name, listening in sockets.items()})
    places.save(folder)
    return places, sockets


def _listen(name: str, port: int, folder: Path) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((LOOPBACK, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise PlaceTaken(
            f"port {port}, where orders of {folder} expect {name!r}, is in use: end what listens "
            "there, or choose another folder."
        ) from error
    return listening
