"""What a person can choose, in the seed's own words.

The rule to know: what is at its default is left out when a request is written for its content
hash, so that a new option with a default does not make another request of an old one.
"""

from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from domain.identifiers import ActionId

NOTE_CHARACTERS_MAX = 4_000
NOTE_PATTERN = r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$"
"""Control characters steer whatever shows them; a new line and a tab are writing."""


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


Options: TypeAlias = CompleteOptions | RerunOptions | NoteOptions | RemovedByHand


class Wanted(Struct, frozen=True, kw_only=True):
    """What is wanted of an order, as far as its idempotency key stands for it."""

    options: Options
    action_id: ActionId | None = None
    """Of a re-run, or of a removal that was done by hand."""

    @property
    def needs_latest(self) -> bool:
        """Say whether the latest configuration is wanted."""
        options = self.options
        if not isinstance(options, CompleteOptions | RerunOptions):
            return False
        return options.use_latest_configuration
