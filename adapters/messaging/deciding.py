"""Decide what a stream's messages come to; a mistake of ours with one stops that one alone.

The rule to know: nothing is caught around what may wait for a server, only around the pure
translation, decision and evolution of one message; whatever breaks there breaks again each time.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from adapters.log import log_mistake
from adapters.messaging.parsing import Message
from adapters.messaging.refusals import InternalError
from adapters.messaging.translation import CustomerKeys, wish_of
from domain.message import Event
from domain.rejection import Rejection
from processors.command_handler import Decider, Turn, decide_in_turn

MessageDecider = Decider[Message, Any, Event]


def decider_of_messages(
    decider: Decider[Any, Any, Any], now: datetime, keys: CustomerKeys
) -> MessageDecider:
    """Decide on messages instead of wishes. `keys` holds those of all their customers."""

    def decide(message: Message, state: object) -> Sequence[Event]:
        return decider.decide(wish_of(message, now, keys), state)

    return Decider(decide, decider.evolve)


def hopeful_turn(
    decider: MessageDecider, state: object, group: Sequence[Message], now: datetime
) -> Turn[Any, Event] | None:
    """Decide messages as if nothing could be wrong; None if something is."""
    try:
        turn = decide_in_turn(decider, state, group, now)
    except Exception:  # noqa: BLE001 - it is met again, and owned up to, in the guarded turn
        return None
    return None if turn.refused else turn


def guarded_turn(
    decider: MessageDecider, state: object, group: Sequence[Message], now: datetime
) -> Turn[Any, Event]:
    """Decide messages; one that our own mistake stands in the way of is refused for it."""

    def decide(message: Message, state: object) -> Sequence[Event]:
        try:
            facts = decider.decide(message, state)
            for fact in facts:
                state = decider.evolve(state, fact, now)
        except Rejection:
            raise
        except Exception as mistake:
            # Whatever is wrong with one message must not stop the others.
            raise own_up(mistake, message.shop, message.message_id) from mistake
        return facts

    return decide_in_turn(Decider(decide, decider.evolve), state, group, now)


def own_up(mistake: Exception, shop: str, message_id: str) -> InternalError:
    """Log a mistake; give the refusal."""
    log_mistake("mistake with a message", mistake, shop=shop, message_id=message_id)
    return InternalError(
        "the ledger made a mistake with this message; it is kept, and can be replayed "
        "once the mistake is mended"
    )
