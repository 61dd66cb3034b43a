"""The words of credit notes in the languages that customers read. `{}` is filled in."""

from msgspec import Struct

from adapters.documents.language import Language


class CreditNoteWords(Struct, frozen=True, kw_only=True):
    """What a credit note says beside what a receipt says too."""

    subject: str
    title: str
    file_name: str
    number: str
    corrects: str
    refunded: str
    above_total: str
    reason: str
    money: str
    returned: str
    asks_customer: str
    by_the_shop: str
    owed: str
    recorded_only: str
    not_returned: str
    payment_of: str
    reference: str
    failed: str
    restored: str
    forgotten: str
    vat_note: str
    part_of: str


ENGLISH = CreditNoteWords(
    subject="Refund for order {}",
    title="Credit note",
    file_name="credit-note-{}.pdf",
    number="Number",
    corrects="Corrects the receipt for order {order} of {date}.",
    refunded="Refunded",
    above_total="Paid above the order's total, without VAT",
    reason="Reason",
    money="The money on {date}",
    returned="{amount} was returned on {date}: {how}.",
    asks_customer=(
        "{provider} took over {amount} on {date} and asks you by email for an account: {how}."
    ),
    by_the_shop="The shop paid back {amount} on {date}.",
    owed="The shop will pay back {amount}.",
    recorded_only="{amount} is credited. This credit note does not move money by itself.",
    not_returned="{amount} was not returned.",
    payment_of="{how}, payment of {date}",
    reference="reference {}",
    failed="This refund came to nothing: the receipt stands as it was, and this credit note is void.",
    restored="This refund was withdrawn: the receipt stands as it was, and this credit note is void.",
    forgotten="The customer's details were erased.",
    vat_note="Amounts are credited; VAT is that of the original sale.",
    part_of="part of {}",
)

FINNISH = CreditNoteWords(
    subject="Hyvitys tilauksesta {}",
    title="Hyvityslasku",
    file_name="hyvityslasku-{}.pdf",
    number="Numero",
    corrects="Oikaisee tilauksen {order} kuittia, päivätty {date}.",
    refunded="Hyvitetään",
    above_total="Maksettu yli tilauksen summan, ei ALV:tä",
    reason="Syy",
    money="Rahan palautus, tilanne {date}",
    returned="{amount} palautettu {date}: {how}.",
    asks_customer=(
        "{provider} on ottanut {amount} palautettavaksi {date} ja kysyy tilinumeroa sinulta "
        "sähköpostitse: {how}."
    ),
    by_the_shop="Kauppa on maksanut takaisin {amount}, {date}.",
    owed="Kauppa maksaa takaisin {amount}.",
    recorded_only="{amount} hyvitetään. Tämä hyvityslasku ei itsessään siirrä rahaa.",
    not_returned="{amount} ei palautettu.",
    payment_of="{how}, maksettu {date}",
    reference="viite {}",
    failed="Hyvitys ei toteutunut: kuitti on voimassa ennallaan ja tämä hyvityslasku on mitätön.",
    restored="Hyvitys on peruttu: kuitti on voimassa ennallaan ja tämä hyvityslasku on mitätön.",
    forgotten="Asiakkaan tiedot on poistettu.",
    vat_note="Summat hyvitetään; ALV on alkuperäisen myynnin mukainen.",
    part_of="osa summasta {}",
)

_WORDS_BY_LANGUAGE = {"fi": FINNISH, "en": ENGLISH}


def credit_note_words(language: Language) -> CreditNoteWords:
    """Say it in a language that customers are written to in."""
    return _WORDS_BY_LANGUAGE[language.locale.language]
