"""Why a message is turned away, most at the door: each reason has a stable code and a sentence.

The rule to know: a refusal never quotes what the message says about a person, because reasons
are shown in lists and stand in tables unsealed.
"""

import re
from typing import ClassVar

from msgspec import ValidationError

from domain.rejection import Rejection

SENTENCE_CHARACTERS_MAX = 500

_NAME = re.compile(r"[a-z0-9._-]{1,100}")
_COMPLAINT = re.compile(r"(?P<what>.*?)(?P<place> - at `\$[A-Za-z0-9_.\[\]]*`)?", re.DOTALL)
_SENDERS_WORDS = re.compile(r"(?P<label>unknown field|value) [`'].*", re.DOTALL)


class Refusal(Rejection):
    """Base of the reasons for which a message can never be applied as it is."""

    code: ClassVar[str] = "refused"


class BodyTooLarge(Refusal):
    """The body is over the limit of the contract."""

    code = "body_too_large"


class NotJson(Refusal):
    """The body is no JSON document in UTF-8."""

    code = "not_json"


class NulCharacter(Refusal):
    """A string holds U+0000, which no table can."""

    code = "nul_character"


class InvalidEnvelope(Refusal):
    """The body is no CloudEvents 1.0 event as the contract describes it."""

    code = "invalid_envelope"


class UnknownType(Refusal):
    """The contract has no such type of message."""

    code = "unknown_type"


class UnknownVersion(Refusal):
    """The contract has this type of message in other versions."""

    code = "unknown_version"


class InvalidContent(Refusal):
    """The content does not fit its type: a field missing, unknown, or out of its limits."""

    code = "invalid_content"


class WrongShop(Refusal):
    """The shop of the subject is not the shop of the body's source."""

    code = "wrong_shop"


class WrongSubject(Refusal):
    """The NATS subject is not the one of this order (or setting) and type."""

    code = "wrong_subject"


class ImplausibleTime(Refusal):
    """The time lies before any checkout, or in the future of the ledger's clock."""

    code = "implausible_time"


class UnknownShop(Refusal):
    """The ledger serves no such shop."""

    code = "unknown_shop"


class IdReused(Refusal):
    """A message with this id and other content was applied before."""

    code = "id_reused"


class NotStorableMessage(Refusal):
    """PostgreSQL cannot hold a text of the message, and nobody noticed at the door."""

    code = "not_storable"


class InternalError(Refusal):
    """A mistake of the ledger's own came between; the message may be as good as any."""

    code = "internal_error"


def sentence_of(rejection: Rejection) -> str:
    """Write the reason so that it fits its column, whatever was in it."""
    return storable(str(rejection))[:SENTENCE_CHARACTERS_MAX]


def quoted(name: str) -> str:
    """Quote a type or a subject of the sender's if it looks like one: it could be an address."""
    return repr(name) if _NAME.fullmatch(name) else "what it names"


def complaint_of(error: ValidationError) -> str:
    """Say what msgspec found, and where, without the sender's own words."""
    found = _COMPLAINT.fullmatch(str(error))
    assert found is not None
    what = _SENDERS_WORDS.sub(r"\g<label>", found["what"]).replace("unknown", "an unknown")
    return what + (found["place"] or "")


def storable(text: str) -> str:
    """Replace what no table can hold: U+0000, and halves of surrogate pairs."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
