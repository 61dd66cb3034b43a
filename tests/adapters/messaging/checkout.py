"""A checkout for tests: writes messages as a publisher does, and sends them."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from nats.aio.client import Client

from adapters.messaging.examples import DATA_BY_TYPE, Json
from adapters.messaging.verdicts import Arrival
from domain.identifiers import OrderId, ShopId, StreamName, order_stream

SHOP = ShopId("demo")


class Sent(NamedTuple):
    """A message on its way."""

    subject: str
    message_id: str
    body: bytes

    @property
    def arrival(self) -> Arrival:
        """The message as ingress hands it on."""
        return Arrival(self.subject, self.body, self.message_id)


class Checkout:
    """One order's checkout; each call writes one message."""

    def __init__(self, shop: str = SHOP) -> None:
        self.shop = shop
        self.order_id = OrderId(uuid4())

    @property
    def stream(self) -> StreamName:
        return order_stream(ShopId(self.shop), self.order_id)

    def started(self) -> Sent:
        return self.message("order.started.v1")

    def placed(self, **changes: object) -> Sent:
        return self.message("order.placed.v1", changes)

    def paid(self, **changes: object) -> Sent:
        return self.message("payment.received.v1", changes)

    def all(self) -> list[Sent]:
        """Write the four messages of an order."""
        return [self.started(), self.placed(), self.message("payment.started.v1"), self.paid()]

    def message(self, message_type: str, changes: Json | None = None, **envelope: object) -> Sent:
        """Write one message; `envelope` replaces parts of the CloudEvent."""
        message = {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": f"/checkout/{self.shop}",
            "type": message_type,
            "subject": str(self.order_id),
            "time": datetime.now(UTC).isoformat(),
            "data": DATA_BY_TYPE[message_type] | (changes or {}),
        } | envelope
        return Sent(
            f"checkout.{self.shop}.order.{self.order_id}.{message_type.replace('.', '-')}",
            str(message["id"]),
            json.dumps(message).encode(),
        )

    def raw(self, body: bytes, message_type: str = "order.placed.v1") -> Sent:
        """Write a body that is no message."""
        suffix = message_type.replace(".", "-")
        return Sent(f"checkout.{self.shop}.order.{self.order_id}.{suffix}", str(uuid4()), body)


def rewritten(sent: Sent, **changes: Any) -> Sent:
    """Write a message again with other data under the same id."""
    envelope = json.loads(sent.body)
    envelope["data"] |= changes
    return sent._replace(body=json.dumps(envelope).encode())


async def publish(client: Client, messages: Sequence[Sent]) -> None:
    """Publish and wait until the stream has each message."""
    jetstream = client.jetstream()
    for sent in messages:
        headers = {"Nats-Msg-Id": sent.message_id}
        await jetstream.publish(sent.subject, sent.body, headers=headers)
