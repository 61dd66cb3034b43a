"""What a person can choose when many actions are to run again.

The rule to know: whoever waits for one answer gets at most as many as can be asked for at a time.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from projections.attention.rerun_targets import TARGETS_MAX, Chosen

AT_ONCE_MAX = 200
"""Actions that are asked for at a time, and so while somebody waits for an answer."""
LIMIT_DEFAULT = 100
CAUSE_PATTERN = "^[0-9a-f]{10}$"


class RerunManyOptions(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """Which actions are to run again, in as many steps as that takes: a cause's, or these."""

    cause: Annotated[str, Meta(pattern=CAUSE_PATTERN)] | None = None
    actions: Annotated[tuple[Chosen, ...], Meta(max_length=AT_ONCE_MAX)] = ()
    force: bool = False
    """Also those that are running: the runs going on are believed dead."""
    use_latest_configuration: bool = False
    """Replace the settings of each by the latest first, for good; what has not failed is refused."""
    limit: Annotated[int, Meta(ge=1, le=TARGETS_MAX)] = TARGETS_MAX
    """How many at most by this wish."""

    def __post_init__(self) -> None:
        if (self.cause is None) == (not self.actions):
            raise ValueError("name either a cause or actions")

    @property
    def wanted(self) -> str | Sequence[Chosen]:
        """The one of the two that is named."""
        return self.actions if self.cause is None else self.cause


class RerunAtOnceOptions(RerunManyOptions, frozen=True, kw_only=True, omit_defaults=True):
    """Which of them are to run again while somebody waits for the answer: no more than fit."""

    limit: Annotated[int, Meta(ge=1, le=AT_ONCE_MAX)] = LIMIT_DEFAULT
    """How many at most by this wish."""
