"""What came of an outgoing call, and what that means for an action.

The rule to know: 2xx is success; what may pass by itself (no answer in time, no connection, 408,
425, 429, 5xx) is tried again; everything else needs a person. Nothing here names a URL.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from msgspec import Struct

from domain.configuration.masking import MASK
from domain.order.retries import RETRY_AFTER_SECONDS_MAX
from processors.ports import Failed

EXCERPT_CHARACTERS_MAX = 500
RETRYABLE_STATUSES = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)
OK_RANGE = range(200, 300)
REDIRECT_RANGE = range(300, 400)
SERVER_ERROR_MIN = 500


class HttpAnswer(Struct, frozen=True, kw_only=True):
    """The other side answered."""

    host: str
    status: int
    headers: Mapping[str, str] = {}
    """By lower-case name; of one that came more than once, the last."""
    body: bytes = b""
    """As much of it as was read within the limits of time and size."""
    excerpt: str = ""
    """The start of the body, for people: printable, one line, without the call's secrets."""
    retry_after_seconds: int = 0
    """0 beside a success, which is not made again."""

    @property
    def is_success(self) -> bool:
        """The other side took it."""
        return self.status in OK_RANGE


class HttpTrouble(Struct, frozen=True, kw_only=True):
    """There was no answer, or no call."""

    code: str
    message: str
    is_retryable: bool = False
    was_sent: bool = False
    """Something of the call may have left; off: it is certain that the other side never heard it."""


def outcome_of(said: HttpAnswer | HttpTrouble) -> HttpAnswer | Failed:
    """Give the answer that was a success, or say how the attempt failed."""
    if isinstance(said, HttpTrouble):
        return Failed(code=said.code, message=said.message, is_retryable=said.is_retryable)
    if said.is_success:
        return said
    return Failed(
        code=f"http_{said.status}",
        message=_sentence(said),
        is_retryable=said.status in RETRYABLE_STATUSES or said.status >= SERVER_ERROR_MIN,
        retry_after_seconds=said.retry_after_seconds,
    )


def retry_after_seconds(header: str, now: datetime) -> int:
    """Read a Retry-After header, seconds or a date (RFC 9110, 10.2.3); 0 where it says neither."""
    text = header.strip()
    is_number = text.isascii() and text.isdigit()
    asked = float(text) if is_number else _seconds_until(text, now)
    return int(min(max(asked, 0.0), RETRY_AFTER_SECONDS_MAX))


def excerpt_of(body: bytes, secrets: Iterable[str]) -> str:
    """Cut the start of a body for people; what of the call itself is secret is masked."""
    text = body.decode("utf-8", errors="replace")
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, MASK)
    start = text[: EXCERPT_CHARACTERS_MAX * 4]
    words = "".join(letter if letter.isprintable() else " " for letter in start).split()
    return " ".join(words)[:EXCERPT_CHARACTERS_MAX]


def _seconds_until(text: str, now: datetime) -> float:
    try:
        date = parsedate_to_datetime(text)
        # A date without a zone, or with -0000, is one of UTC (RFC 5322, 3.3).
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now.timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return 0.0


def _sentence(answer: HttpAnswer) -> str:
    sentence = f"{answer.host} answered {answer.status}"
    if answer.status in REDIRECT_RANGE:
        sentence += " and redirects are not followed: use the address that it leads to"
    if answer.status == HTTPStatus.GONE:
        sentence += ": the endpoint is gone for good"
    return f"{sentence}: {answer.excerpt}" if answer.excerpt else sentence
