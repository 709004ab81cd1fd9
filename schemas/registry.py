"""The committed contracts: every .avsc with its pinned schema id and its routing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import fastavro

from schemas import routing
from schemas.derived import derived, forget
from schemas.errors import InvalidInput, UnknownSchema
from schemas.routing import Routing

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Contract:
    """One version of one contract. `topic` is the stable name, for example review.collected.

    `directory` is where it was read: its golden message stands there, too.
    """

    id: int
    topic: str
    version: int
    source: Mapping[str, Any]
    parsed: Any
    routing: Routing
    directory: Path

    @property
    def name(self) -> str:
        """Topic and version, as the file is called: review.collected.v1."""
        return f"{self.topic}.v{self.version}"


@dataclass(frozen=True, slots=True)
class _Further:
    directory: Path
    modules: tuple[ModuleType, ...]


_FURTHER: list[_Further] = []


@contextmanager
def extended(directory: Path, *modules: ModuleType) -> Iterator[None]:
    """With the contracts of a further directory beside our own, and the modules that have their typed classes.

    The directory is like schemas/: ids.json, routing.json, avro/, and golden/ for whoever renders pages. What was made of
    the contracts before, a publisher for example, knows only those. Raises InvalidInput for an id, a name or a topic that
    is taken.
    """
    further = _Further(directory, modules)
    _FURTHER.append(further)
    forget()
    try:
        contracts()
        yield
    finally:
        _FURTHER.remove(further)
        forget()


def further_modules() -> list[ModuleType]:
    """Those that `extended` was given."""
    return [module for each in _FURTHER for module in each.modules]


@derived
def contracts() -> Mapping[int, Contract]:
    """All contracts by schema id, read from ids.json, routing.json and avro/."""
    found = read(HERE)
    for each in _FURTHER:
        found |= _untaken(read(each.directory), found)
    routing.agree({one.topic: one.routing for one in found.values()})
    return found


def _untaken(new: Mapping[int, Contract], known: Mapping[int, Contract]) -> Mapping[int, Contract]:
    names = {one.topic for one in known.values()}
    for schema_id, one in new.items():
        if schema_id in known or one.topic in names:
            why = f"{one.name}: its id {schema_id} or its name is that of another contract; take free ones"
            raise InvalidInput(why, field=one.name, reason="reused_id")
    return new


def read(directory: Path) -> dict[int, Contract]:
    """The contracts by schema id that a directory has. Raises InvalidInput for one without schema or routing."""
    pinned: dict[str, int] = json.loads((directory / "ids.json").read_text())
    routings = routing.read(directory, {_parts(name)[0] for name in pinned})
    return {schema_id: _load(name, schema_id, routings, directory) for name, schema_id in pinned.items()}


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


@derived
def newest(topic: str) -> Contract:
    """The newest version of a contract by its stable name. Raises UnknownSchema."""
    versions = [c for c in contracts().values() if c.topic == topic]
    if not versions:
        raise UnknownSchema(f"no contract is named {topic}", field="topic", reason="unknown_schema")
    return max(versions, key=lambda c: c.version)


def _load(name: str, schema_id: int, routings: Mapping[str, Routing], directory: Path) -> Contract:
    topic, version = _parts(name)
    source = source_of(directory / "avro" / f"{name}.avsc")
    try:
        parsed = fastavro.parse_schema(source, named_schemas={})
    except (fastavro.schema.SchemaParseException, ValueError) as error:
        raise InvalidInput(f"it is no Avro schema: {error}", field=name, reason="no_schema") from None
    return Contract(schema_id, topic, version, source, parsed, routings[topic], directory)


def _parts(name: str) -> tuple[str, int]:
    """(topic, version) of a file's name."""
    topic, _, version = name.rpartition(".v")
    return topic, int(version)


def source_of(path: Path) -> Any:
    """What an .avsc file says. Raises InvalidInput when that is no JSON."""
    try:
        return json.loads(path.read_text())
    except ValueError as error:
        raise InvalidInput(f"it is no JSON: {error}", field=path.stem, reason="no_json") from None
