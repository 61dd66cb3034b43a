"""Holds what a form says to the limits that the options' types state: lengths, and what is text."""

from typing import TypeVar

from msgspec import ValidationError, convert, to_builtins

from adapters.commands.refund_options import AllocateOptions, ConfirmOptions, RefundOptions
from adapters.http_api.problems import InvalidQuery

OptionsT = TypeVar("OptionsT", RefundOptions, ConfirmOptions, AllocateOptions)


def within_limits(options: OptionsT) -> OptionsT:
    """Give the options back; raise InvalidQuery where they cannot be."""
    try:
        return convert(to_builtins(options), type(options))
    except ValidationError as error:
        raise InvalidQuery(str(error)) from error
