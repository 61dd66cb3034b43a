"""The contracts of the bus and of webhooks as documents: AsyncAPI, JSON Schemas, examples.

All from the code: `order-ledger contracts write` writes them under `docs/contracts/`, and a test
holds them against what this file would write today.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from adapters.executors.webhook_payload import DIALECT, ORDER_PURCHASED, payload_schema
from adapters.messaging.contracts import (
    BODY_BYTES_MAX,
    CONFIGURATION_DATA_BY_TYPE,
    ORDER_DATA_BY_TYPE,
    CloudEvent,
    Inbound,
)
from adapters.messaging.examples import envelope_of, refused_examples, subject_of
from adapters.messaging.parsing import parse
from adapters.messaging.refusals import Refusal, sentence_of
from adapters.messaging.stream import DUPLICATE_WINDOW_SECONDS, HASH_DIGITS, STREAM, content_id
from domain.order.form import LINES_MAX

ASYNCAPI_VERSION = "3.0.0"
CONTRACT_VERSION = "1.0.0"
EXAMPLES_READ_AT = datetime.fromisoformat("2026-11-20T12:00:00+00:00")
"""The ledger's clock in the refused examples."""
UUID_PATTERN = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
NAME_PATTERN = "^[a-z0-9][a-z0-9_-]{0,62}$"

DESCRIPTION = "\n\n".join(
    (
        f"What a checkout publishes to the order ledger, over NATS JetStream (stream `{STREAM}`).",
        (
            "Each message is a CloudEvents 1.0 event in structured JSON under the subject of its shop, "
            "its order (or setting) and its type; the three must agree with the body. A body has at "
            f"most {BODY_BYTES_MAX} bytes and an order {LINES_MAX} lines; unknown fields are refused; "
            "the time lies between 1990 and tomorrow."
        ),
        (
            f"Set the header `Nats-Msg-Id` to `<id>:<hash>`: the event's `id` and the first {HASH_DIGITS} "
            "hexadecimal digits, in lower case, of the SHA-256 of the body as it is sent (in the "
            "examples: of the payload as compact JSON). With the bare `id`, the server would drop other content under a known id in silence, before the "
            "ledger can quarantine it."
        ),
        (
            "What you may rely on: once the stream has acknowledged a message it will be looked at, "
            "and `GET /api/v1/messages/{id}` tells what became of it: *applied*, *parked* "
            "(it waits for an earlier fact) or *quarantined* (it can never succeed as it is, and why)."
        ),
        (
            "Send the same id with the same content as often as you like; the same id with other "
            "content is quarantined. The server's own window for duplicates is "
            f"{DUPLICATE_WINDOW_SECONDS:.0f} seconds, the ledger's has no end."
        ),
        (
            "For bulk, publish atomic batches (at most 1,000 messages, all ids new): one flush to disk "
            "for each batch instead of one for each message."
        ),
    )
)

Json = dict[str, Any]


def contracts() -> dict[str, str]:
    """Make every document; keys are paths below `docs/contracts/`."""
    types = ORDER_DATA_BY_TYPE | CONFIGURATION_DATA_BY_TYPE
    documents = {"asyncapi.yaml": _yaml(_asyncapi(types))}
    for name, data in types.items():
        documents[f"schemas/{name}.json"] = _json(_schema(name, data))
        documents[f"examples/{name}.json"] = _json(envelope_of(name))
    documents[f"webhooks/{ORDER_PURCHASED}.json"] = _json(payload_schema())
    for number, example in enumerate(refused_examples(), 1):
        body = example.body if isinstance(example.body, str) else json.dumps(example.body)
        documents[f"refused/{number:02d}-{example.name}.json"] = _json(
            {
                "subject": example.subject,
                "body": example.body,
                **_refusal(example.subject, body.encode()),
            }
        )
    return documents


def write_contracts(folder: Path) -> list[Path]:
    """Write every document below the folder and take away those that are no longer made."""
    documents = {folder / path: text for path, text in contracts().items()}
    for file in [*folder.rglob("*.json"), *folder.rglob("*.yaml")]:
        if file not in documents:
            file.unlink()
    for file, text in documents.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return sorted(documents)


def _schema(name: str, data: type[Inbound]) -> Json:
    """Describe a whole message of one type: its envelope and its data."""
    (_, body), definitions = msgspec.json.schema_components(
        (CloudEvent, data), ref_template="#/$defs/{name}"
    )
    whole = definitions.pop("CloudEvent")
    topic = NAME_PATTERN if name in CONFIGURATION_DATA_BY_TYPE else UUID_PATTERN
    properties = whole["properties"] | {
        "source": {"type": "string", "pattern": "^/checkout/" + NAME_PATTERN[1:]},
        "type": {"const": name},
        "subject": {"type": "string", "pattern": topic},
        "data": body,
    }
    return {
        "$schema": DIALECT,
        **whole,
        "title": name,
        "properties": properties,
        "$defs": definitions,
    }


def _asyncapi(types: dict[str, type[Inbound]]) -> Json:
    return {
        "asyncapi": ASYNCAPI_VERSION,
        "info": {
            "title": "Order ledger: what the checkout publishes",
            "version": CONTRACT_VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {name: _channel(name) for name in types},
        "operations": {name: _operation(name) for name in types},
        "components": {"messages": {name: _message(name, data) for name, data in types.items()}},
    }


def _channel(name: str) -> Json:
    kind, topic = (
        ("config", "setting") if name in CONFIGURATION_DATA_BY_TYPE else ("order", "order")
    )
    return {
        "address": f"checkout.{{shop}}.{kind}.{{{topic}}}.{name.replace('.', '-')}",
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "parameters": {
            "shop": {"description": "The shop, as in the body's `source`."},
            topic: {"description": f"The {topic}'s id, as in the body's `subject`."},
        },
    }


def _operation(name: str) -> Json:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{name}"},
        "summary": f"The ledger takes in `{name}`.",
    }


def _message(name: str, data: type[Inbound]) -> Json:
    return {
        "name": name,
        "summary": (data.__doc__ or "").strip().splitlines()[0],
        "headers": {
            "type": "object",
            "properties": {
                "Nats-Msg-Id": {
                    "type": "string",
                    "pattern": f":[0-9a-f]{{{HASH_DIGITS}}}$",
                    "description": "The event's `id`, a colon, and the body's hash.",
                }
            },
        },
        "payload": {"$ref": f"./schemas/{name}.json"},
        "examples": [_example(name)],
    }


def _example(name: str) -> Json:
    """Show a message; its hash is that of the payload as compact JSON."""
    payload = envelope_of(name)
    header = content_id(payload["id"], msgspec.json.encode(payload))
    return {
        "name": subject_of(name),
        "headers": {"Nats-Msg-Id": header},
        "payload": payload,
    }


def _refusal(subject: str, body: bytes) -> Json:
    try:
        parse(subject, body, now=EXAMPLES_READ_AT, digest_key=b"")
    except Refusal as refusal:
        return {"code": refusal.code, "reason": sentence_of(refusal)}
    raise AssertionError(f"the example under {subject} is not refused")


def _json(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _yaml(document: Json) -> str:
    return msgspec.yaml.encode(document).decode()
