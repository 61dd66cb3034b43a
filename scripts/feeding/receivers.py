"""Where made-up actions go on this machine: to the sandbox of a data folder, if it has one."""

from pathlib import Path

from scripts.feeding.catalogue import NOWHERE, Addresses
from scripts.receivers.places import Places, Receiver


def addresses_of(folder: Path) -> Addresses:
    """Name the sandbox's receivers, or those that are nobody's."""
    places = Places.read(folder)
    return addresses_in(places) if places else NOWHERE


def addresses_in(places: Places) -> Addresses:
    """Name the receivers as made-up orders do."""
    return Addresses(
        kajabi=places.url(Receiver.KAJABI),
        books=places.url(Receiver.BOOKS),
        crm=places.url(Receiver.CRM),
    )
