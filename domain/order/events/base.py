"""The base of every fact in an order's stream."""

from domain.message import Event


class OrderEvent(Event, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the facts in an order's stream."""
