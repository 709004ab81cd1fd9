"""The committed contracts: every .avsc with its pinned schema id."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import fastavro

from schemas.errors import InvalidInput, UnknownSchema

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Contract:
    """One version of one contract. `topic` is the stable name, for example review.collected."""

    id: int
    topic: str
    version: int
    source: Mapping[str, Any]
    parsed: Any

    @property
    def name(self) -> str:
        """Topic and version, as the file is called: review.collected.v1."""
        return f"{self.topic}.v{self.version}"


@cache
def contracts() -> Mapping[int, Contract]:
    """All contracts by schema id, read from ids.json and avro/."""
    return read(HERE)


def read(directory: Path) -> dict[int, Contract]:
    """The contracts by schema id that a directory has in its ids.json and avro/."""
    pinned: dict[str, int] = json.loads((directory / "ids.json").read_text())
    return {schema_id: _load(name, schema_id, directory) for name, schema_id in pinned.items()}


def contract(schema_id: int) -> Contract:
    """The contract with that id. Raises UnknownSchema."""
    try:
        return contracts()[schema_id]
    except KeyError:
        raise UnknownSchema(
            f"schema id {schema_id} is not pinned in schemas/ids.json; known ids: 1 to {max(contracts())}",
            field="schema id",
            reason="unknown_schema",
        ) from None


@cache
def newest(topic: str) -> Contract:
    """The newest version of a contract by its stable name. Raises UnknownSchema."""
    versions = [c for c in contracts().values() if c.topic == topic]
    if not versions:
        raise UnknownSchema(f"no contract is named {topic}", field="topic", reason="unknown_schema")
    return max(versions, key=lambda c: c.version)


def _load(name: str, schema_id: int, directory: Path = HERE) -> Contract:
    topic, _, version = name.rpartition(".v")
    source = source_of(directory / "avro" / f"{name}.avsc")
    try:
        parsed = fastavro.parse_schema(source, named_schemas={})
    except (fastavro.schema.SchemaParseException, ValueError) as error:
        raise InvalidInput(f"it is no Avro schema: {error}", field=name, reason="no_schema") from None
    return Contract(schema_id, topic, int(version), source, parsed)


def source_of(path: Path) -> Any:
    """What an .avsc file says. Raises InvalidInput when that is no JSON."""
    try:
        return json.loads(path.read_text())
    except ValueError as error:
        raise InvalidInput(f"it is no JSON: {error}", field=path.stem, reason="no_json") from None
