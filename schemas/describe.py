"""docs/events.md, written from the contracts: `python -m schemas.describe > docs/events.md`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.registry import Contract, contracts

INTRO = """# Events and messages

Written from `schemas/avro/` by `python -m schemas.describe > docs/events.md`; a test compares.

Values on Kafka are in Confluent wire format: byte 0, the schema id in four bytes (big-endian), the Avro body. Schema ids
are pinned in `schemas/ids.json`. Headers follow CloudEvents 1.0 in binary mode: `ce_id`, `ce_type` (the name below),
`ce_source`, `ce_specversion`, `ce_subject` (the review's id, which is also the key), `ce_time`, `ce_tenantid`,
`ce_correlationid`, `ce_causationid`, `ce_version` (in the review's stream), `ce_position` (in the event log), `content-type`.
An event `review.X` is published to the topic `reviews.X`, each review's events in order.

Fields marked with a category under *personal* are personal data: masking, encryption and erasure read the mark here.
"""


def render() -> str:
    """The whole page."""
    return INTRO + "".join(_section(contract) for contract in contracts().values())


def _section(contract: Contract) -> str:
    source = contract.source
    head = f"\n## {contract.topic} v{contract.version}\n\nSchema id {contract.id}. {source['doc']}\n\n"
    rows = "".join(f"| {' | '.join(row)} |\n" for row in _rows(source, ""))
    return f"{head}| field | type | meaning | personal |\n|---|---|---|---|\n{rows}"


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
