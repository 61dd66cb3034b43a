"""Why a wish to run a cause again comes to nothing."""

from adapters.display.words import words_of
from domain.phrase import Phrase, say
from domain.rejection import Rejection
from projections.attention.causes import Cause


class CauseUnknown(Rejection):
    """Nothing waits for the repair of this cause, now or yet."""

    code = "cause_unknown"

    def __init__(self, cause_id: str) -> None:
        super().__init__(
            say("No action waits for a repair of the cause {cause_id}.", cause_id=cause_id)
        )


class CauseWithoutActions(Rejection):
    """No re-run repairs it."""

    code = "cause_without_actions"

    def __init__(self, cause: Cause) -> None:
        super().__init__(
            say(
                "{kind}: the cause {cause_id} has no action to run again.",
                kind=Phrase(words_of(cause.kind), {}),
                cause_id=cause.cause_id,
            )
        )
        self.cause = cause
