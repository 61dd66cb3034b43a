"""Settings of a Kajabi grant: by URL or by the API's offer id, and never both."""

from typing import Any

import msgspec
import pytest

from adapters.messaging.published_settings import KajabiGrantIn, PublishedSettingsIn, settings_of
from domain.configuration.settings import KajabiGrant

ONE_IS_NEEDED = "exactly one of activation_url and offer_id is needed"
URL = "https://checkout.example.com/webhooks/offers/token/1/activate"


def read(**fields: str) -> PublishedSettingsIn:
    document = msgspec.json.encode({"kind": "kajabi_grant", "offer_name": "Spring"} | fields)
    settings: PublishedSettingsIn = msgspec.json.decode(document, type=PublishedSettingsIn)
    return settings


def test_an_offer_of_the_api_needs_no_url() -> None:
    settings = read(offer_id="2150")
    assert isinstance(settings, KajabiGrantIn)
    assert settings_of(settings) == KajabiGrant(offer_name="Spring", offer_id="2150")


def test_an_offer_with_urls_needs_no_id() -> None:
    settings = read(activation_url=URL, deactivation_url=URL)
    assert settings_of(settings) == KajabiGrant(
        offer_name="Spring", activation_url=URL, deactivation_url=URL
    )


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, ONE_IS_NEEDED),
        ({"activation_url": URL, "offer_id": "1"}, ONE_IS_NEEDED),
        ({"offer_id": "1", "deactivation_url": URL}, "belongs to activation_url"),
        ({"offer_id": "../1"}, "offer_id"),
    ],
)
def test_what_does_not_fit_together_is_refused_with_a_sentence(
    fields: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(msgspec.ValidationError, match=sentence):
        read(**fields)
