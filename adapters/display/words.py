"""Codes as people read them. A code that is not listed here reads as itself, in sentence case."""

from projections.order_view.provider_words import WORDS_BY_PROVIDER

_WORDS_BY_CODE = WORDS_BY_PROVIDER | {
    "pre_upsell": "Pre-upsell",
    "kajabi_grant": "Kajabi grant",
    "systeme_contact": "Systeme.io contact",
    "invited": "Has a sign-in link",
    "never_here": "Needs a sign-in link",
    "url": "URL",
    "vat": "VAT",
    "vat_rate": "VAT rate",
}


def words_of(code: str) -> str:
    """Turn a stored code into words: `marked_as_completed` is "Marked as completed"."""
    words = code.replace("_", " ")
    if words.startswith("http "):
        return f"HTTP {words.removeprefix('http ')}"
    return _WORDS_BY_CODE.get(code) or words[:1].upper() + words[1:]


def counted(count: int, thing: str) -> str:
    """Say how many: "1 order", "1,200 orders"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def orders_need(count: int) -> str:
    """Begin a sentence: "1 order needs", "1,200 orders need"."""
    return f"{counted(count, 'order')} need{'s' if count == 1 else ''}"


def percent_of(basis_points: int) -> str:
    """Write a VAT rate: 2550 is "25.5 %", 2400 is "24 %"."""
    return f"{basis_points / 100:g} %"
