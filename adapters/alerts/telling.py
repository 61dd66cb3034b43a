"""An alert as a person reads it and as a program does: counts, codes, hosts and order numbers.

The rule to know: nothing here tells who a customer is, or what a receiver said.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape

import msgspec
from msgspec import Struct

from adapters.display.times import exact
from adapters.display.words import orders_need, words_of
from adapters.mail.letter import Letter
from adapters.shops.settings import ShopSettings
from domain.identifiers import ShopId
from processors.episodes import Change, Notice
from projections.attention.projection import NO_ANSWER_YET

LINES_MAX = 20
"""Causes named in an email; there are hardly ever as many."""
EVENT_TYPE = "attention.changed"


class AlertBody(Struct, frozen=True, kw_only=True):
    """What a webhook's receiver gets."""

    type: str
    timestamp: datetime
    data: "AlertDetails"


class AlertDetails(Struct, frozen=True, kw_only=True):
    """The shop and all that is told of it."""

    shop: ShopId
    notices: tuple[Notice, ...]


def letter_of(notices: Sequence[Notice], settings: ShopSettings) -> Letter:
    """Write an email."""
    text = "\n".join(_paragraphs(notices))
    return Letter(
        subject=_subject(notices, settings),
        text=text,
        html=f"<html><body><pre>{escape(text)}</pre></body></html>",
    )


def body_of(shop: ShopId, notices: Sequence[Notice]) -> bytes:
    """Write a webhook's body; the same notices give the same bytes."""
    details = AlertDetails(shop=shop, notices=tuple(notices))
    return msgspec.json.encode(AlertBody(type=EVENT_TYPE, timestamp=notices[0].at, data=details))


def _subject(notices: Sequence[Notice], settings: ShopSettings) -> str:
    if len(notices) == 1:
        return f"{settings.display_name}: {_head(notices[0])}"
    return f"{settings.display_name}: {len(notices)} causes of trouble have news"


def _paragraphs(notices: Sequence[Notice]) -> Iterator[str]:
    for notice in notices[:LINES_MAX]:
        yield _head(notice)
        if notice.numbers:
            more = " …" if notice.orders > len(notice.numbers) else ""
            yield f"  Orders: {', '.join(notice.numbers)}{more}"
        yield f"  Since {exact(notice.since)}. Cause {notice.cause}."
        yield ""
    if len(notices) > LINES_MAX:
        yield f"… and {len(notices) - LINES_MAX} more."
    if any(notice.change is not Change.RECOVERED for notice in notices):
        yield "After the repair: order-ledger attention rerun CAUSE"


def _head(notice: Notice) -> str:
    if notice.change is Change.RECOVERED:
        return f"Recovered: {_about(notice)}"
    still = "Still " if notice.change is Change.AGED else ""
    return f"{still}{orders_need(notice.orders)} attention: {_about(notice)}"


def _about(notice: Notice) -> str:
    subject = notice.subject
    if not subject.action_kind:
        return ", ".join(filter(None, (words_of(subject.kind), subject.error)))
    error = words_of(NO_ANSWER_YET).lower() if subject.error == NO_ANSWER_YET else subject.error
    return f"{words_of(subject.action_kind)} to {subject.destination}: {error}"
