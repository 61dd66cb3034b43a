"""The door: what each arrival is, before anybody looks at the facts.

The rule to know: what is turned away is still named as well as it can be (shop and order by the
subject, id and type by what can be read of the body), so that people find it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from adapters.messaging.deciding import own_up
from adapters.messaging.parsing import Message, parse
from adapters.messaging.refusals import Refusal, UnknownShop, sentence_of, storable
from adapters.messaging.served_shops import ServedShops
from adapters.messaging.verdicts import Arrival, Outcome, Verdict
from adapters.postgres.inbox import MessageKey, digest_of
from domain.identifiers import ORDER_CATEGORY, SETTING_CATEGORY, ShopId, StreamName

ID_CHARACTERS_MAX = 200
"""Of anything that names a refused message: an index has no room for a subject's 4,000."""
CATEGORY_BY_TOKEN = {"order": ORDER_CATEGORY, "config": SETTING_CATEGORY}


class Labels(msgspec.Struct, frozen=True):
    """What a refused body may still say about itself."""

    id: str = ""
    type: str = ""


class Examined(NamedTuple):
    """An arrival after the door: with its message if it was let in, else with its verdict."""

    arrival: Arrival
    key: MessageKey
    message: Message | None = None
    verdict: Verdict | None = None


class Door:
    """Looks at arrivals; the shops of a batch are asked for at once."""

    def __init__(self, shops: ServedShops, digest_key: bytes) -> None:
        self._shops = shops
        self._digest_key = digest_key

    async def examine(self, arrivals: Sequence[Arrival], now: datetime) -> list[Examined]:
        """Let in what the contract allows, of shops that the ledger serves; in the same order."""
        examined = [self._look_at(arrival, now) for arrival in arrivals]
        shops = {one.message.shop for one in examined if one.message}
        served = await self._shops.among(shops)
        if served == shops:
            return examined
        return [_unless_served(one, served) for one in examined]

    def _look_at(self, arrival: Arrival, now: datetime) -> Examined:
        try:
            message = parse(arrival.subject, arrival.body, now=now, digest_key=self._digest_key)
        except Refusal as refusal:
            return self.turn_away(arrival, refusal)
        except Exception as mistake:  # noqa: BLE001 - whatever is wrong with one message must not stop the others
            return self.turn_away(
                arrival, own_up(mistake, arrival.subject.split(".")[1], arrival.fallback_id)
            )
        return Examined(arrival, (message.shop, message.message_id), message)

    def turn_away(self, arrival: Arrival, refusal: Refusal) -> Examined:
        """Quarantine an arrival, named by what of it any table can hold."""
        _, shop, token, topic, suffix = (_printable(text) for text in arrival.subject.split("."))
        labels = _labels_of(arrival.body)
        content = arrival.subject.encode(errors="replace") + b"\n" + arrival.body
        digest = digest_of(self._digest_key, content)
        verdict = Verdict(
            arrival=arrival,
            outcome=Outcome.QUARANTINED,
            shop=ShopId(shop),
            message_id=labels.id
            or _printable(arrival.fallback_id)
            or f"unnamed-{digest.hex()[:32]}",
            digest=digest,
            stream=StreamName(f"{CATEGORY_BY_TOKEN.get(token, token)}/{shop}/{topic}"),
            type=labels.type or suffix,
            code=refusal.code,
            reason=sentence_of(refusal),
        )
        return Examined(arrival, (verdict.shop, verdict.message_id), verdict=verdict)


def _unless_served(one: Examined, served: frozenset[str]) -> Examined:
    message = one.message
    if message is None or message.shop in served:
        return one
    refusal = UnknownShop(f"the ledger serves no shop {message.shop!r}")
    verdict = verdict_of(one.arrival, message, Outcome.QUARANTINED, refusal.code, str(refusal))
    return Examined(one.arrival, one.key, verdict=verdict)


def verdict_of(
    arrival: Arrival, message: Message, outcome: Outcome, code: str, reason: str
) -> Verdict:
    """Say what became of an arrival that could be read."""
    return Verdict(
        arrival=arrival,
        outcome=outcome,
        shop=message.shop,
        message_id=storable(message.message_id),
        digest=message.digest,
        stream=message.stream,
        type=message.type,
        code=code,
        reason=reason,
    )


def _labels_of(body: bytes) -> Labels:
    try:
        labels = msgspec.json.decode(body, type=Labels)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Labels()
    return Labels(_printable(labels.id), _printable(labels.type))


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, text[:ID_CHARACTERS_MAX]))
