"""Structured logs on stderr: one JSON object a line, or words where a person watches.

Personal data and secrets are never logged: whoever logs passes ids. What slips in all the same is
masked by the name it goes by, and a whole object is reduced to its type's name.
"""

import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from uuid import UUID

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.types import EventDict, Processor, WrappedLogger

PLACES_MAX = 8
"""Of a mistake's traceback, the innermost: where it broke and who called that."""
MASK = "***"
MASKED_NAMES = frozenset(
    [
        "address",
        "answers",
        "api_key",
        "authorization",
        "billing",
        "body",
        "city",
        "company",
        "cookie",
        "custom_fields",
        "customer",
        "email",
        "first_name",
        "full_name",
        "key",
        "last_name",
        "master_key",
        "name",
        "note",
        "password",
        "personal",
        "phone",
        "postal_code",
        "reason_text",
        "recipient",
        "recipients",
        "secret",
        "street",
        "token",
        "url",
        "vat_number",
    ]
)
MASKED_ENDINGS = ("_address", "_email", "_password", "_phone", "_secret", "_token", "_url")
SHOWN_TYPES = (
    str,
    int,
    float,
    Decimal,
    date,
    datetime,
    UUID,
    Enum,
    Path,
    BaseException,
    type(None),
)


def set_up_log() -> None:
    """Set up logging for this process, that of libraries too."""
    is_watched = sys.stderr.isatty()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        mask,
    ]
    structlog.configure(
        processors=[*shared, *_rendering(is_watched=is_watched)],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    libraries = logging.StreamHandler(sys.stderr)
    libraries.setFormatter(
        ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                ProcessorFormatter.remove_processors_meta,
                *_rendering(is_watched=is_watched),
            ],
        )
    )
    logging.basicConfig(handlers=[libraries], level=logging.WARNING, force=True)


def log_mistake(event: str, problem: Exception, **about: object) -> None:
    """Log a mistake of ours by its type and places; its words may be personal or secret."""
    frames = traceback.extract_tb(problem.__traceback__)[-PLACES_MAX:]
    structlog.get_logger().error(
        event,
        **about,
        problem=type(problem).__name__,
        places=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    )


def mask(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    """Hide what goes by the name of something personal or secret, however deep it lies."""
    shown = {name: value for name, value in entry.items() if name.startswith("_")}
    return shown | {name: _shown(name, entry[name]) for name in entry if name not in shown}


def _rendering(*, is_watched: bool) -> list[Processor]:
    if is_watched:
        return [structlog.dev.ConsoleRenderer()]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]


def _shown(name: str, value: object) -> object:
    if name in MASKED_NAMES or name.endswith(MASKED_ENDINGS):
        return MASK
    if name == "exc_info" or isinstance(value, SHOWN_TYPES):
        return value
    if isinstance(value, Mapping):
        return {str(inner): _shown(str(inner), held) for inner, held in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_shown(name, held) for held in value]
    return f"<{type(value).__name__}>"
