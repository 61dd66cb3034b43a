"""What a person can choose, in the seed's own words.

The rule to know: what is at its default is left out when a request is written for its content
hash, so that a new option with a default does not make another request of an old one.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from adapters.commands.refund_options import AllocateOptions, ConfirmOptions, RefundOptions
from adapters.commands.writing import NOTE_PATTERN

NOTE_CHARACTERS_MAX = 4_000


class CompleteOptions(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How to complete an order."""

    run_actions: bool = True
    restore_refunded_data: bool = False
    """Only with refunds in force."""
    use_latest_configuration: bool = False
    """Only with `run_actions` and a failed action; permanent."""


class RerunOptions(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How to run an action again."""

    confirmed: bool = False
    """Needed where the action has succeeded: its effect happens again."""
    force: bool = False
    """Needed where the action is running: the run going on is believed dead."""
    use_latest_configuration: bool = False
    """Only where the action has failed; permanent."""
    run_seen: int | None = None
    attempt_seen: int | None = None
    """What the person saw; the wish is refused if it has changed."""


class NoteOptions(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What to write down."""

    text: Annotated[str, Meta(min_length=1, max_length=NOTE_CHARACTERS_MAX, pattern=NOTE_PATTERN)]


class RemovedByHand(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """That a person removed an access; there is nothing to choose."""


Options: TypeAlias = (
    CompleteOptions
    | RerunOptions
    | NoteOptions
    | RemovedByHand
    | RefundOptions
    | ConfirmOptions
    | AllocateOptions
)


class Wanted(Struct, frozen=True, kw_only=True):
    """What is wanted of an order, as far as its idempotency key stands for it."""

    options: Options
    about: str | None = None
    """Which action, refund or external refund of the order, by its id."""

    @property
    def needs_latest(self) -> bool:
        """Say whether the latest configuration is wanted."""
        match self.options:
            case CompleteOptions() | RerunOptions() as run:
                return run.use_latest_configuration
        return False

    @property
    def needs_providers(self) -> bool:
        """Say whether it matters which providers the shop has configured."""
        return isinstance(self.options, RefundOptions)
