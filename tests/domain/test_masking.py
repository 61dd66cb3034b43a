"""Secrets in action settings never leave the ledger."""

import pytest

from domain.configuration.masking import masked
from domain.configuration.settings import CustomEmail, KajabiGrant, Webhook


def test_both_urls_of_a_kajabi_grant_keep_only_their_host() -> None:
    grant = KajabiGrant(
        offer_name="Course",
        activation_url="https://shop.example.com/webhooks/offers/123/secret/activate",
        deactivation_url="https://shop.example.com/webhooks/offers/123/secret/deactivate?x=1",
    )

    assert masked(grant) == KajabiGrant(
        offer_name="Course",
        activation_url="https://shop.example.com/•••",
        deactivation_url="https://shop.example.com/•••",
    )


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.com/hook", "https://example.com/hook"),
        ("https://example.com:8443/hook", "https://example.com:8443/hook"),
        ("http://[::1]:8080/hook", "http://[::1]:8080/hook"),
        ("https://user:secret@example.com/hook", "https://•••@example.com/hook"),
        ("https://secret@example.com/hook", "https://•••@example.com/hook"),
        ("https://example.com/hook?token=secret", "https://example.com/hook?•••"),
        ("https://example.com/hook#secret", "https://example.com/hook?•••"),
        (
            "https://example.com/T0123/B0123/Ab3Ab3Ab3Ab3Ab3Ab3Ab",
            "https://example.com/T0123/B0123/•••",
        ),
        (
            "https://example.com/only-small-letters-of-words/on",
            "https://example.com/only-small-letters-of-words/on",
        ),
        ("https://example.com/ABCDEFGHIJabcdefghij", "https://example.com/•••"),
        ("https://example.com/ab1ab1ab1ab1ab1ab1a", "https://example.com/ab1ab1ab1ab1ab1ab1a"),
        ("https://example.com/0b9b-c0ffee-0b9b-c0ffee/on", "https://example.com/•••/on"),
        (f"https://example.com/{'a' * 39}/{'a' * 40}", f"https://example.com/{'a' * 39}/•••"),
        ("https://example.com/t%C3%B6iss%C3%A4", "https://example.com/t%C3%B6iss%C3%A4"),
        ("https://example.com\\SECRET/hook", "•••"),
        ("user:secret@example.com/hook", "•••"),
        ("https://[secret/hook", "•••"),
        ("https://example.com:secret/hook", "•••"),
        ("secret", "•••"),
        ("", ""),
    ],
)
def test_a_webhook_shows_where_it_goes_without_what_lets_one_in(url: str, shown: str) -> None:
    assert masked(Webhook(url=url)) == Webhook(url=shown)


def test_settings_without_secrets_are_shown_as_they_are() -> None:
    email = CustomEmail(subject="Hello", body="https://example.com/?a=b")

    assert masked(email) is email
