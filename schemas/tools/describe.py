"""docs/events.md, written from the contracts: `python -m schemas.tools.describe > docs/events.md`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from schemas.registry import Contract, contracts, newest
from schemas.tools.golden import example
from schemas.topics import STEPS, carrier

KEYS = {
    "inbound.review": "yours: see [publishing.md](publishing.md)",
    "deadletter.message": "`dead_letter_id`",
    "notification.review": "the review's id, a UUID",
}
INTRO = """# Events and messages

Written from `schemas/avro/` and `schemas/golden/` by `python -m schemas.tools.describe > docs/events.md`; a test compares.
[asyncapi.json](asyncapi.json) says the same for machines; [publishing.md](publishing.md) is for those who send reviews.

## Topics

| topic | carries | key |
|---|---|---|
"""
READING = """
`reviews.inbound` holds what publishers sent, as they sent it, valid or not. Topics `steps.*` are internal: their
number, names and contents may change with any release.

## Reading

**Value.** Confluent wire format: byte 0, the schema id in four bytes (big-endian), the Avro body. The ids are pinned in
`schemas/ids.json` as `{"review.collected.v1": 1, …}`; the schema of `NAME` is `schemas/avro/NAME.avsc`. No registry is
needed; where one is set (`REVIEWSTREAM_SCHEMA_REGISTRY_URL`), it has the same schemas under the same ids. Read each message
with the schema that its id names: a topic holds several versions once there is a second one. A version that is there never
changes, and a new one only adds fields with defaults, or removes ones that had them, so that readers with an older schema
continue to work.

**Key.** As text in UTF-8, see the table. All messages of a stream are in one partition of their topic, in order.

**Headers.** CloudEvents 1.0 in binary mode, each value as text in UTF-8. Empty headers are left out.

| header | on | meaning |
|---|---|---|
| `content-type` | all | `application/avro` |
| `ce_specversion` | all | `1.0` |
| `ce_type` | all | the contract's name without its version, for example `review.collected` |
| `ce_source` | all | `/reviewstream` |
| `ce_id` | all | a UUID; the same id again is the same message again (delivery is at least once) |
| `ce_subject` | all | a UUID: of an event its stream's id, which for reviews is the review's; else the review's, and of a dead letter that belongs to no review its own |
| `ce_time` | all | ISO 8601 with zone: of an event when it was recorded (UTC, always six digits of a second: `2026-11-23T20:35:51.120000Z`), else when the message was made |
| `ce_tenantid` | all | of events and dead letters the tenant's id (a UUID; empty in a dead letter of an unknown tenant), of notifications its slug |
| `ce_version` | events | the event's number in its stream, counted from 1 without a gap |
| `ce_position` | events | its number in the log, for all streams |
| `ce_causationid`, `ce_correlationid` | events | UUIDs: the event that led to it, the trace of the whole saga |
| `ce_traceparent` | notifications | W3C trace context; of events the trace is `ce_correlationid` without its hyphens |

In Python, with `confluent-kafka` and `fastavro` alone:

```python
import io
import json
from pathlib import Path

import fastavro

names = {number: name for name, number in json.loads(Path("schemas/ids.json").read_text()).items()}


def read(message):
    value = message.value()
    assert value[0] == 0
    name = names[int.from_bytes(value[1:5], "big")]
    schema = fastavro.schema.load_schema(f"schemas/avro/{name}.avsc")
    return name, fastavro.schemaless_reader(io.BytesIO(value[5:]), schema, None)
```

`timestamp-micros` and `date` are Avro's logical types; an id of 16 bytes (`Id`) is a UUID's bytes.

**Personal data.** Fields marked with a category under *personal* are personal data: masking, encryption and erasure read the
mark in the schema (`personal_data`).

The examples below are the `reads` of `schemas/golden/NAME.json`, which has its `bytes` in hex beside them: test cases for
a reader. Times are in ISO 8601 and bytes in hex, as JSON has neither.
"""


def render() -> str:
    """The whole page."""
    return INTRO + "".join(_topics()) + READING + "".join(_section(contract) for contract in contracts().values())


def _topics() -> Iterator[str]:
    for name in dict.fromkeys(contract.topic for contract in contracts().values()):
        if carrier(name) != STEPS:
            yield f"| `{carrier(name)}` | [{name}](#{_anchor(newest(name))}) | {_key(newest(name))} |\n"


def _key(contract: Contract) -> str:
    kind = contract.routing.aggregate
    return f"the {kind.replace('_', ' ')}'s id, a UUID" if kind else KEYS[contract.topic]


def _anchor(contract: Contract) -> str:
    """As renderers of Markdown make it of the heading."""
    return f"{contract.topic} v{contract.version}".replace(".", "").replace(" ", "-")


def _section(contract: Contract) -> str:
    source, topic = contract.source, carrier(contract.topic)
    where = f"Internal, on topics `{topic}`." if topic == STEPS else f"Topic `{topic}`."
    older = "" if contract == newest(contract.topic) else " An older version: it is read, and no longer written."
    head = (
        f"\n## {contract.topic} v{contract.version}\n\n{where} Schema id {contract.id}.{older}\n\n{source['doc']}\n\n"
    )
    rows = "".join(f"| {' | '.join(row)} |\n" for row in _rows(source, ""))
    shown = json.dumps(example(contract), indent=2, ensure_ascii=False)
    table = f"| field | type | meaning | personal |\n|---|---|---|---|\n{rows}"
    return f"{head}{table}\n```json\n{shown}\n```\n"


def _rows(record: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str, str, str]]:
    for field in record["fields"]:
        name = prefix + field["name"]
        yield f"`{name}`", _type(field["type"]), field["doc"], field.get("personal_data", "")
        for nested in _records(field["type"]):
            yield from _rows(nested, f"{name}.")


def _type(kind: Any) -> str:
    if isinstance(kind, str):
        return kind.removeprefix("reviewstream.")
    if isinstance(kind, list):
        return " or ".join(_type(each) for each in kind)
    return _complex(kind)


def _complex(kind: Mapping[str, Any]) -> str:
    if "logicalType" in kind:
        return str(kind["logicalType"])
    match kind["type"]:
        case "array":
            return f"array of {_type(kind['items'])}"
        case "map":
            return f"map of {_type(kind['values'])}"
        case "enum":
            return "one of " + ", ".join(kind["symbols"])
        case _:
            return str(kind["name"])


def _records(kind: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(kind, list):
        for each in kind:
            yield from _records(each)
    elif isinstance(kind, dict):
        if kind["type"] == "record":
            yield kind
        for inner in ("items", "values"):
            if inner in kind:
                yield from _records(kind[inner])


if __name__ == "__main__":
    print(render(), end="")
