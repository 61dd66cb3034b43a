"""The base of every wish that an order decides on."""

from domain.message import Command


class OrderCommand(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A wish about one order, decided on that order's state alone."""
