"""The ways somebody is told, and which of them a shop wants."""

from enum import StrEnum

from adapters.shops.settings import ShopSettings


class Channel(StrEnum):
    """How somebody is told."""

    EMAIL = "email"
    WEBHOOK = "webhook"


def wanted_channels(settings: ShopSettings) -> list[Channel]:
    """Name the ways for which a shop has set an address."""
    wanted = {Channel.EMAIL: settings.alert_email, Channel.WEBHOOK: settings.alert_webhook_url}
    return [channel for channel, address in wanted.items() if address]
