"""How a letter becomes a message: its headers, its parts, and what nobody can smuggle in."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from adapters.mail.letter import (
    AddressWrong,
    Attachment,
    Letter,
    Parties,
    address_of,
    message_of,
)

LETTER = Letter(subject="Kiitos!", text="Hyvää päivää\n", html="<p>Hyvää päivää</p>\n")
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PARTIES = Parties(
    sender=address_of("Piano school", "shop@example.com"),
    reply_to=address_of("Piano school", "help@example.com"),
    recipient=address_of("Aino Virtanen", "aino@example.com"),
)


def read(
    letter: Letter = LETTER, parties: Parties = PARTIES, key: str = "order/email/1"
) -> EmailMessage:
    raw = message_of(letter, parties, key, NOW).as_bytes()
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) <= 998
    return message_from_bytes(raw, policy=default)


def test_a_message_says_from_whom_to_whom_and_when() -> None:
    message = read()

    assert message["From"] == "Piano school <shop@example.com>"
    assert message["Reply-To"] == "Piano school <help@example.com>"
    assert message["To"] == "Aino Virtanen <aino@example.com>"
    assert message["Subject"] == "Kiitos!"
    assert message["Date"].datetime == NOW
    assert message["Auto-Submitted"] == "auto-generated"


def test_a_file_goes_with_it_byte_for_byte_behind_both_texts() -> None:
    content = bytes(range(256)) + b"\r\n.\r\n"
    file = Attachment(name="hyvityslasku-KL-1.pdf", media_type="application/pdf", content=content)
    message = read(replace(LETTER, attachments=(file,)))

    [attached] = message.iter_attachments()
    assert attached.get_filename() == "hyvityslasku-KL-1.pdf"
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content() == content
    assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "application/pdf",
    ]


WORDS = st.lists(st.sampled_from(["Hyvä", "ystävä", "and", "yö,", "翻訳", "🎹", '"x"']))


@given(words=WORDS)
def test_no_subject_or_name_loses_a_letter_however_long(words: list[str]) -> None:
    text = " ".join(words)
    recipient = address_of(text, "aino@example.com")
    parties = Parties(sender=recipient, reply_to=recipient, recipient=recipient)
    raw = message_of(Letter(subject=text, text="t", html="h"), parties, "k", NOW).as_bytes()
    headers = message_from_bytes(raw)

    assert _decoded(headers["Subject"]) == text[:300].strip()
    for header in ("From", "To", "Reply-To"):
        name, email = parseaddr(headers[header])
        assert (_decoded(name), email) == (text[:100].strip(), "aino@example.com")


def _decoded(header: str) -> str:
    """Read as RFC 2047 says; Python 3.11's newer reader puts spaces where there are none."""
    return str(make_header(decode_header(header)))


def test_without_an_address_for_replies_there_is_no_such_header() -> None:
    parties = Parties(sender=PARTIES.sender, reply_to=None, recipient=PARTIES.recipient)

    assert "Reply-To" not in read(parties=parties)


def parts(message: EmailMessage) -> dict[str, str]:
    assert message.get_content_type() == "multipart/alternative"
    inner = [part for part in message.iter_parts() if isinstance(part, EmailMessage)]
    return {part.get_content_type(): part.get_content().replace("\r\n", "\n") for part in inner}


def test_a_message_has_a_text_and_an_html_part() -> None:
    assert parts(read()) == {"text/plain": LETTER.text, "text/html": LETTER.html}


def test_long_lines_and_letters_of_any_script_arrive_whole() -> None:
    subject, text = "翻訳 🎹 " * 30 + "ä", "Kääntäjä 翻訳 🎹 " * 500 + "\n.\n"
    message = read(Letter(subject=subject, text=text, html=text))

    assert message["Subject"] == subject
    assert parts(message) == {"text/plain": text, "text/html": text}


def test_the_message_id_is_the_same_for_one_run_and_another_for_the_next() -> None:
    first, again, next_run = read(key="k/1"), read(key="k/1"), read(key="k/2")

    assert first["Message-ID"] == again["Message-ID"]
    assert first["Message-ID"] != next_run["Message-ID"]
    assert first["Message-ID"].endswith("@example.com>")


ENCODED = "=?utf-8?q?=0D=0A?="


@pytest.mark.parametrize(
    "end", ["\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\0", ENCODED]
)
def test_no_name_or_subject_can_begin_a_header_of_its_own(end: str) -> None:
    mean = f"Aino{end}Bcc: everybody@example.com{end}{end}Body"
    parties = Parties(
        sender=address_of(mean, "shop@example.com"),
        reply_to=None,
        recipient=address_of(mean, "aino@example.com"),
    )
    message = read(Letter(subject=mean, text="t", html="h"), parties)

    assert message["Bcc"] is None
    assert message["Subject"].startswith("Aino")
    assert "Bcc: everybody@example.com" in message["Subject"]
    assert [a.addr_spec for a in message["To"].addresses] == ["aino@example.com"]
    assert [a.addr_spec for a in message["From"].addresses] == ["shop@example.com"]


@pytest.mark.parametrize(
    "name", ['Aino "Ace" Virtanen', "Virtanen, Aino", "a@b.example", "<x>", "Äiti 🎹", ""]
)
def test_a_name_is_a_name_whatever_its_signs(name: str) -> None:
    parties = Parties(
        sender=PARTIES.sender, reply_to=None, recipient=address_of(name, "aino@example.com")
    )
    (recipient,) = read(parties=parties)["To"].addresses

    assert (recipient.display_name, recipient.addr_spec) == (name, "aino@example.com")


def test_a_domain_in_other_letters_is_written_as_mail_servers_know_it() -> None:
    assert address_of("", "aino@kärkkäinen.example").addr_spec == ("aino@xn--krkkinen-0zad.example")
    # The older rules would make it another domain, and send the letter to a stranger.
    assert address_of("", "aino@faß.example").addr_spec == "aino@xn--fa-hia.example"


@pytest.mark.parametrize(
    "email",
    [
        "",
        "aino",
        "aino@",
        "@example.com",
        "a,b@example.com",
        "a b@example.com",
        "a@ä..example",
        "a@b@c.example",
        "a@[1",
        "a@",
        "a@\ud800",
        "(c)@example.com",
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(AddressWrong, match="is not an email address"):
        address_of("Aino", email)
