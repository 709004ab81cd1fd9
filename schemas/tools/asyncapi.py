"""docs/asyncapi.json, AsyncAPI 3 from the contracts and topics: `python -m schemas.tools.asyncapi > docs/asyncapi.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from schemas.cloudevents import AVRO, INBOUND_TYPE, JSON, SOURCE, SPEC
from schemas.registry import Contract, contracts
from schemas.tools.golden import example
from schemas.topics import DEADLETTER, INBOUND, NOTIFICATIONS, STEPS, carrier

AVRO_FORMAT = "application/vnd.apache.avro+json;version=1.9.0"
TEXT = {"type": "string"}
UUID = {"type": "string", "format": "uuid"}
TIME = {"type": "string", "format": "date-time"}
OF_EVENTS: Mapping[str, Any] = {
    "ce_version": {**TEXT, "description": "The event's number in its stream, from 1 without a gap."},
    "ce_position": {**TEXT, "description": "Its number in the log, for all streams."},
    "ce_causationid": {**UUID, "description": "The event that led to it."},
    "ce_correlationid": {**UUID, "description": "The trace of the whole saga."},
}
TRACE: Mapping[str, Any] = {"ce_traceparent": {**TEXT, "description": "W3C trace context."}}
INBOUND_ATTRIBUTES: Mapping[str, Any] = {
    "ce_tenantid": {**TEXT, "description": "The tenant's slug."},
    "ce_runid": {**TEXT, "maxLength": 64, "description": "A publishing run."},
    "ce_line": {**TEXT, "description": "The line of the publisher's file."},
    **TRACE,
}


def document() -> dict[str, Any]:
    """The whole document. Its version counts contracts: each new one is a new minor version."""
    public = [each for each in contracts().values() if carrier(each.topic) != STEPS]
    topics = {carrier(each.topic): None for each in public}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "reviewstream",
            "version": f"1.{max(contracts())}.0",
            "description": "Reviews in, insight out. docs/events.md and docs/publishing.md say the same for people.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": AVRO,
        "channels": {_key(topic): _channel(topic, public) for topic in topics},
        "operations": {f"{_action(topic)}_{_key(topic)}": _operation(topic) for topic in topics},
        "components": {"messages": {_key(each.name): _message(each) for each in public} | _as_json()},
    }


def render() -> str:
    """The document as it is committed."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def _channel(topic: str, public: list[Contract]) -> dict[str, Any]:
    names = [_key(each.name) for each in public if carrier(each.topic) == topic]
    names += _as_json() if topic == INBOUND else ()
    return {
        "address": topic,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {"kafka": {"topic": topic, "bindingVersion": "0.5.0"}},
    }


def _operation(topic: str) -> dict[str, Any]:
    return {"action": _action(topic), "channel": {"$ref": f"#/channels/{_key(topic)}"}}


def _action(topic: str) -> str:
    """As AsyncAPI 3 has it, from the side of reviewstream: it receives what publishers send, and sends all the rest."""
    return "receive" if topic == INBOUND else "send"


def _key(name: str) -> str:
    """A name as generators of code can use it."""
    return name.replace(".", "_")


def _message(contract: Contract) -> dict[str, Any]:
    return {
        "name": contract.name,
        "title": f"{contract.topic} v{contract.version}",
        "summary": contract.source["doc"],
        "contentType": AVRO,
        "headers": _headers(contract, AVRO),
        "payload": {"schemaFormat": AVRO_FORMAT, "schema": contract.source},
        "examples": [{"name": f"schemas/golden/{contract.name}.json", "payload": example(contract)}],
        "bindings": {"kafka": _binding(TEXT if carrier(contract.topic) == INBOUND else UUID)},
        "x-schema-id": contract.id,
    }


def _binding(key: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "schemaIdLocation": "payload",
        "schemaIdPayloadEncoding": "confluent",
        "schemaLookupStrategy": "TopicNameStrategy",
        "bindingVersion": "0.5.0",
    }


def _headers(contract: Contract, content_type: str) -> dict[str, Any]:
    inbound = carrier(contract.topic) == INBOUND
    kind = INBOUND_TYPE if inbound else contract.topic
    common = {
        "content-type": {"const": content_type},
        "ce_specversion": {"const": SPEC},
        "ce_type": {"const": kind},
        "ce_source": TEXT if inbound else {"const": SOURCE},
        "ce_id": TEXT if inbound else UUID,
        "ce_subject": TEXT,
        "ce_time": TIME,
        "ce_tenantid": TEXT,
    }
    needed = [name for name in common if not inbound or name not in {"ce_subject", "ce_time"}]
    return {"type": "object", "required": needed, "properties": {**common, **_extensions(contract)}}


def _extensions(contract: Contract) -> Mapping[str, Any]:
    match carrier(contract.topic):
        case topic if topic == INBOUND:
            return INBOUND_ATTRIBUTES
        case topic if topic == NOTIFICATIONS:
            return TRACE
        case topic if topic == DEADLETTER:
            return {}
    return OF_EVENTS


def _as_json() -> dict[str, Any]:
    """The newest inbound.review as JSON, for publishers who want no Avro."""
    contract = max((each for each in contracts().values() if carrier(each.topic) == INBOUND), key=lambda c: c.version)
    fields = contract.source["fields"]
    payload = {
        "type": "object",
        "required": [field["name"] for field in fields if "default" not in field],
        "additionalProperties": False,
        "properties": {field["name"]: {**_json_type(field["type"]), "description": field["doc"]} for field in fields},
    }
    message = _message(contract)
    return {
        "inbound_review_json": {
            **{name: message[name] for name in ("summary", "examples")},
            "name": "inbound.review.json",
            "title": "inbound.review as JSON",
            "description": "Also as structured CloudEvents and batches of them: see docs/publishing.md.",
            "contentType": JSON,
            "headers": _headers(contract, JSON),
            "payload": payload,
            "bindings": {"kafka": {"key": TEXT, "bindingVersion": "0.5.0"}},
        }
    }


def _json_type(kind: Any) -> dict[str, Any]:
    if isinstance(kind, list):
        return {"type": [_json_type(each)["type"] for each in kind]}
    if isinstance(kind, dict):
        return {"type": "object", "additionalProperties": _json_type(kind["values"])}
    return {"type": {"double": "number"}.get(kind, kind)}


if __name__ == "__main__":
    print(render(), end="")
