"""Where each contract belongs: routing.json, read and found good. Why it stands beside the contracts: docs/adr/010.

An event says the kind of stream that it is of, its public topic, and the saga step that it triggers, if any. A message
that is no event of the log says its topic alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from schemas.errors import InvalidInput
from schemas.strictjson import loads

FILE = "routing.json"
OF_EVENT, OF_MESSAGE = frozenset({"aggregate", "public_topic", "next_step"}), frozenset({"topic"})
NAME = re.compile(r"[a-z][a-z0-9_]*")
PUBLIC = re.compile(r"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)")
INTERNAL = "steps"
"""What the internal topics begin with."""


@dataclass(frozen=True, slots=True)
class Routing:
    """`topic` carries the contract: of an event its public one. `aggregate` is the kind of an event's stream, None for
    what is no event of the log; `next_step` is the step that the event triggers, None if nothing is sent to any.
    """

    topic: str
    aggregate: str | None = None
    next_step: str | None = None


def read(directory: Path, contracts: Collection[str]) -> dict[str, Routing]:
    """The routing of these contracts by name. Raises InvalidInput naming the contract that has none, or a wrong one."""
    path = directory / FILE
    given = _entries(path.read_bytes()) if path.exists() else {}
    for name in sorted(given.keys() - contracts):
        raise _wrong(name, f"{FILE} has it, and ids.json does not: take it out, or pin the contract")
    for name in sorted(contracts - given.keys()):
        why = (
            f"{FILE} does not say where it goes: add aggregate and public_topic, or topic if it is no event of the log"
        )
        raise InvalidInput(f"{name}: {why}", field=name, reason="missing_routing")
    found = {name: _routing(name, entry) for name, entry in given.items()}
    agree(found)
    return found


def agree(routings: Mapping[str, Routing]) -> None:
    """Raises InvalidInput where two contracts share a topic, or one aggregate's public topics begin differently.

    The latter is what Debezium can do: it derives a topic from an event's name by one pattern for each aggregate.
    """
    prefixes = {one.aggregate: prefix_of(one) for one in routings.values() if one.aggregate}
    topics: dict[str, str] = {}
    for name, one in routings.items():
        if topics.setdefault(one.topic, name) != name:
            raise _wrong(
                name, f"its topic {one.topic} is that of {topics[one.topic]}: each contract has one of its own"
            )
        if not one.aggregate:
            continue
        if prefix_of(one) != prefixes[one.aggregate]:
            raise _wrong(name, f"public topics of {one.aggregate} begin with {prefixes[one.aggregate]} elsewhere")
        if prefix_of(one) in {INTERNAL, *prefixes}:
            raise _wrong(name, f"no public topic may begin with {prefix_of(one)}: that is an aggregate, or internal")


def prefix_of(routing: Routing) -> str:
    """What the public topics of its aggregate begin with: `reviews` of reviews.collected."""
    return routing.topic.partition(".")[0]


def _entries(data: bytes) -> dict[str, Any]:
    try:
        found = loads(data)
    except InvalidInput as error:
        raise InvalidInput(f"{FILE}: {error}", field=FILE, reason="no_json") from None
    if not isinstance(found, dict):
        raise InvalidInput(f"{FILE}: it is an object with one entry for each contract", field=FILE, reason="no_json")
    return found


def _routing(name: str, entry: Any) -> Routing:
    for why in chain(_problems(entry), _problems_of_event(name, entry)):
        raise _wrong(name, why)
    if "topic" in entry:
        return Routing(entry["topic"])
    return Routing(entry["public_topic"], entry["aggregate"], entry.get("next_step"))


def _problems(entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict) or not all(isinstance(value, str) and value for value in entry.values()):
        yield "its entry is an object of texts"
    elif not (entry.keys() == OF_MESSAGE or OF_EVENT - {"next_step"} <= entry.keys() <= OF_EVENT):
        yield "its entry has aggregate, public_topic and maybe next_step, or, if it is no event of the log, topic alone"


def _problems_of_event(name: str, entry: Mapping[str, str]) -> Iterator[str]:
    if "topic" in entry:
        return
    for key in ("aggregate", "next_step"):
        if key in entry and not NAME.fullmatch(entry[key]):
            yield f"{key}: lower-case letters, digits and underscores"
    kind, _, event = name.partition(".")
    if entry["aggregate"] != kind:
        yield f"aggregate: it is {kind}, as the contract's own name begins"
    public = PUBLIC.fullmatch(entry["public_topic"])
    if public is None or public[2] != event:
        yield f"public_topic: a word for all streams of the kind, and the event's name: {kind}s.{event}"


def _wrong(name: str, why: str) -> InvalidInput:
    return InvalidInput(f"{name}: {why}", field=name, reason="wrong_routing")
