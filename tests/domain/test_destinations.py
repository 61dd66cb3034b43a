"""Where each kind of action goes."""

import pytest

from domain.configuration.destinations import destination_of, host_of
from domain.configuration.settings import (
    AccessRemoval,
    ActionSettings,
    CustomEmail,
    KajabiGrant,
    ReceiptEmail,
    RefundConfirmation,
    SystemeContact,
    Webhook,
)


@pytest.mark.parametrize(
    ("settings", "destination"),
    [
        (ReceiptEmail(), "smtp"),
        (CustomEmail(subject="s", body="b"), "smtp"),
        (RefundConfirmation(refund_id="r"), "smtp"),
        (Webhook(url="https://crm.example.com/orders"), "crm.example.com"),
        (Webhook(url="nonsense"), ""),
        (Webhook(url=f"https://{chr(0x20001) * 1_900}/"), ""),
        (KajabiGrant(offer_name="o", activation_url="https://k.example.com/x"), "k.example.com"),
        (KajabiGrant(offer_name="o", offer_id="1"), "kajabi-api"),
        (SystemeContact(tags=("t",)), "systeme"),
        (AccessRemoval(granted_by="a", refund_id="r"), "access-removal"),
    ],
)
def test_a_destination_is_who_receives(settings: ActionSettings, destination: str) -> None:
    assert destination_of(settings) == destination


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://user:secret@CRM.example.com/orders?token=secret#secret", "crm.example.com"),
        ("http://127.0.0.1:8080/", "127.0.0.1:8080"),
        ("http://[::1]:8080/hook", "[::1]:8080"),
        ("https://[2001:DB8::1]/hook", "[2001:db8::1]"),
        ("https://[secret/", ""),
        ("https://example.com:secret/", ""),
        ("secret:secret@example.com/", ""),
        ("mailto:secret@example.com", ""),
        ("https:///secret", ""),
        ("https://hooks.example.com\\SECRET/x", ""),
        ("https://hooks.example.com;secret/x", ""),
        ("https://[fe80::1%secret]/x", ""),
        ("https://[v1.secret]/x", ""),
        ("https://kärkkäinen.example/x", "kärkkäinen.example"),
        ("http://web_hooks:8080/x", "web_hooks:8080"),
        (f"https://{'a' * 253}/", "a" * 253),
        (f"https://{'a' * 254}/", ""),
        ("", ""),
    ],
)
def test_of_a_web_address_it_is_the_host_and_no_secret(url: str, host: str) -> None:
    assert host_of(url) == host
