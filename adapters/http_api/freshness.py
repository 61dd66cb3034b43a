"""Callers read their own writes: a query waits until its read models have come as far."""

from collections.abc import Collection

from adapters.http_api.parts import ApiParts
from adapters.http_api.problems import TooBusy
from adapters.reading.attention import READ_MODELS
from adapters.running.waiting import wait_for
from domain.phrase import say

WAIT_SECONDS_MAX = 5.0


class NotThereYet(TooBusy):
    """The read models have not handled this position in time."""

    code = "not_there_yet"


async def catch_up(
    parts: ApiParts, min_position: int, read_models: Collection[str] = READ_MODELS
) -> None:
    """Wait until the read models hold everything up to a position; raise NotThereYet."""
    if min_position and not await wait_for(
        parts.pool, min_position, read_models, timeout_seconds=WAIT_SECONDS_MAX
    ):
        raise NotThereYet(
            say(
                "The read models have not come to position {min_position} yet.",
                min_position=min_position,
            )
        )
