"""Finnish pages: every text has its translation, and what is filled in is written as Finns do."""

import re
from datetime import UTC, datetime, timedelta
from string import Formatter
from zoneinfo import ZoneInfo

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from adapters.web.formats import formats_for
from adapters.web.regions import Region
from adapters.web.saying import said
from adapters.web.words import LanguageTag
from domain.durations import spoken
from domain.money import Money
from domain.order.refund_lines import AmountOutOfRange
from domain.phrase import joined, say
from projections.order_view.transfer_preview import in_short
from tests.adapters.web.opened import opened
from tests.adapters.web.seen import text_of
from tests.adapters.web.site import site
from tests.adapters.web.translatable import ROOT, Text, texts
from tests.examples import RECEIPT_ACTION, done, paid
from tests.support import Database

FINNISH = LanguageTag.FINNISH
FORMATS = formats_for(
    FINNISH, "FI", ZoneInfo("Europe/Helsinki"), datetime(2026, 11, 26, 12, tzinfo=UTC)
)
UNKNOWN = "00000000-0000-4000-8000-000000000000"
PLACES = re.compile(r"%\((\w+)\)s")


def catalogue() -> Catalog:
    with (ROOT / "adapters" / "web" / "locales" / "fi.po").open("rb") as source:
        return read_po(source, locale="fi", abort_invalid=True)


def messages() -> list[Message]:
    return [message for message in catalogue() if message.id]


def text_in(message: Message) -> Text:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def texts_of(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def places(text: str) -> set[str]:
    """Name what is filled in: `%(name)s` of a page's text, `{name}` of a sentence."""
    named = PLACES.findall(text)
    return set(named) or {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_text_is_in_finnish_and_nothing_else_is_in_the_catalogue() -> None:
    known = {text_in(message) for message in messages()}

    assert texts() - known == set()
    assert known - texts() == set()


def test_no_translation_is_missing_or_uncertain() -> None:
    assert [m.id for m in messages() if m.fuzzy or not all(forms(m))] == []


def test_a_translation_fills_in_what_the_text_does() -> None:
    pairs = [pair for one in messages() for pair in zip(texts_of(one), forms(one), strict=True)]

    assert [text for text, finnish in pairs if places(text) != places(finnish)] == []


def test_no_text_comes_twice() -> None:
    ids = re.findall(
        r'^msgid (".+"$)', (ROOT / "adapters/web/locales/fi.po").read_text(), re.MULTILINE
    )

    assert len(ids) == len(set(ids))


def test_a_sentence_about_a_refund_is_finnish_with_money_as_finns_write_it() -> None:
    says = in_short(Money(123_450, "EUR"), (), refund_payments=False)

    assert says == "1234.50 EUR is recorded as refunded, and no money is returned."
    assert said(says, FINNISH, FORMATS) == (
        "1\N{NO-BREAK SPACE}234,50\N{NO-BREAK SPACE}€ kirjataan hyvitetyksi, eikä rahaa palauteta."
    )


def test_a_rejection_is_said_in_finnish_with_finnish_quotes() -> None:
    rejection = AmountOutOfRange("line-1", Money(900, "EUR"), Money(500, "EUR"))

    assert said(rejection.says, FINNISH, FORMATS).replace("\N{NO-BREAK SPACE}", " ") == (
        "Rivistä ”line-1” voi hyvittää 0,01 € \N{EN DASH} 5,00 €, ei 9,00 €."
    )


def test_phrases_within_phrases_are_said_too() -> None:
    phrase = say("tried again after {length}", length=spoken(timedelta(hours=2)))

    assert phrase == "tried again after 2 h"
    assert said(joined(", ", [phrase]), FINNISH, FORMATS) == (
        "yritetään uudelleen, kun on kulunut 2 t"
    )


def test_people_are_named_without_their_ids() -> None:
    phrase = say("Marked as completed by {by}", by="Laura (van) Laine (p-23fedeeb)")

    assert said(phrase, LanguageTag.ENGLISH) == "Marked as completed by Laura (van) Laine"
    assert said(joined("", [phrase]), FINNISH, FORMATS).endswith("Laura (van) Laine")


def test_what_is_no_phrase_is_shown_as_it_comes() -> None:
    assert said("Kirja {saapui}", FINNISH, FORMATS) == "Kirja {saapui}"


async def test_an_order_is_told_in_finnish(database: Database) -> None:
    async with opened(database, *paid(RECEIPT_ACTION), *done(RECEIPT_ACTION)) as order:
        order.visitor.client.cookies.set("language", "fi")
        seen = text_of(await order.html())

    assert "Yhteensä 140,00 €" in seen
    assert "Maksu 140,00 € saatu" in seen
    assert "Receipt: onnistui" in seen


async def test_what_is_refused_is_refused_in_finnish(database: Database) -> None:
    async with site(database) as shop, shop.visitor(language="fi") as laura:
        page = await laura.get(f"/orders/{UNKNOWN}", Region.PANEL)

    assert "Tällaista tilausta ei ole." in text_of(page.text)
