"""How a command ends: its exit code, and one sentence on stderr that says what to do next.

Every exit code is documented in `docs/cli.md`. A programmer error is not caught: it shows itself.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import ClassVar

import psycopg
from msgspec import Struct
from psycopg_pool import PoolTimeout

from adapters.cli.output import print_json, tell
from adapters.embedded.errors import EmbeddedServerFailed
from adapters.master_key import NotAMasterKey
from adapters.postgres.errors import JournalUnavailable, OutcomeUnknown
from adapters.postgres.keyring import WrongMasterKey
from adapters.settings import SettingsMissing
from domain.rejection import Rejection


class ExitCode(IntEnum):
    """What the caller's shell sees."""

    OK = 0
    REFUSED = 1
    USAGE = 2
    NOT_FOUND = 3
    UNAVAILABLE = 4
    UNKNOWN = 5
    PIPE_CLOSED = 141
    """As a program that SIGPIPE ends: whoever read the answer has enough, as `head` has."""


class CommandError(Exception):
    """Base of what ends a command: a sentence for people, and what to do next."""

    exit_code: ClassVar[ExitCode]

    def __init__(self, sentence: str, advice: str = "", code: str = "") -> None:
        """Say `code` where the ledger has one: a refusal's, as the HTTP API gives it."""
        super().__init__(sentence)
        self.advice = advice
        self.code = code


class CommandProblem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to --json that is not what was asked for."""

    title: str
    code: str
    detail: str
    advice: str = ""


class Refused(CommandError):
    """The ledger could, but the answer is no."""

    exit_code = ExitCode.REFUSED


class WrongUse(CommandError):
    """The arguments do not make sense together."""

    exit_code = ExitCode.USAGE


class NotFound(CommandError):
    """What was named does not exist."""

    exit_code = ExitCode.NOT_FOUND


class Unavailable(CommandError):
    """A server that is needed does not answer, or nobody said where it is."""

    exit_code = ExitCode.UNAVAILABLE


class OutcomeNotKnown(CommandError):
    """It may or may not have been recorded."""

    exit_code = ExitCode.UNKNOWN


@contextmanager
def ending(*, is_json: bool = False) -> Iterator[None]:
    """Turn the expected ends of a command into an exit code and a sentence.

    With `is_json` the problem is a document on stdout too.
    """
    try:
        with _told(is_json=is_json):
            try:
                yield
            finally:
                sys.stdout.flush()
    except BrokenPipeError:
        # What is buffered still would be written, and fail, when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ExitCode.PIPE_CLOSED)


@contextmanager
def _told(*, is_json: bool) -> Iterator[None]:
    try:
        with _translated():
            yield
    except CommandError as error:
        tell(f"error: {error}{f' ({error.code})' if error.code else ''}")
        if error.advice:
            tell(error.advice)
        if is_json:
            print_json(_problem(error))
            sys.stdout.flush()
        sys.exit(error.exit_code)


def _problem(error: CommandError) -> CommandProblem:
    title = error.exit_code.name.lower()
    return CommandProblem(
        title=title.replace("_", " ").capitalize(),
        code=error.code or title,
        detail=str(error),
        advice=error.advice,
    )


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except Rejection as rejection:
        raise Refused(str(rejection), code=rejection.code) from rejection
    except OutcomeUnknown as error:
        raise OutcomeNotKnown(
            "the connection was lost while recording; it may or may not stand",
            "Look at the order's history before you try again.",
        ) from error
    except (SettingsMissing, NotAMasterKey, WrongMasterKey, EmbeddedServerFailed) as error:
        raise Unavailable(str(error)) from error
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
        raise Unavailable(
            "the database has no ledger in it, or an older one",
            "Run `order-ledger schema apply` with the owner's connection.",
        ) from error
    except (psycopg.OperationalError, PoolTimeout, JournalUnavailable) as error:
        raise Unavailable(
            "PostgreSQL does not answer",
            "Is `order-ledger up` running? With servers of your own, check DATABASE_URL.",
        ) from error
