"""Our contracts in a schema registry: subjects by topic name, pinned ids. See docs/adr/007."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.registry import Contract, contracts
from streams.topics import carriers

if TYPE_CHECKING:  # its module needs the extra `registry`
    from connectors.schema_registry import SchemaRegistry

RESERVED = 9_999
"""Ids up to this one are ours. A registry continues from its highest id, so no one else gets one that we will pin."""
RESERVED_SCHEMA = {
    "type": "record",
    "name": "Reserved",
    "namespace": "reviewstream",
    "doc": "Ids up to this one belong to reviewstream's own contracts.",
    "fields": [],
}
RESERVED_SUBJECT = "reviewstream.reserved"


@dataclass(frozen=True, slots=True)
class Registration:
    """One contract under one subject; `state` is registered (just now), standing (already there) or missing."""

    id: int
    contract: str
    subject: str
    version: int
    state: str


def subjects(contract: Contract) -> list[str]:
    """TopicNameStrategy: the subjects of the values of every topic that carries it."""
    return [f"{topic}-value" for topic in carriers(contract.topic)]


def register(registry: SchemaRegistry) -> list[Registration]:
    """Register what is missing, by id. Raises InvalidInput when an id is taken, TransientError when the registry does not answer."""
    done = [
        Registration(contract.id, contract.name, subject, contract.version, "registered" if new else "standing")
        for contract, subject in _all()
        for new in [registry.put(subject, contract.version, contract.id, contract.source)]
    ]
    registry.put(RESERVED_SUBJECT, 1, RESERVED, RESERVED_SCHEMA)
    return done


def registration_states(registry: SchemaRegistry) -> list[Registration]:
    """What is registered and what is missing; changes nothing. Raises as `register` does."""
    return [
        Registration(contract.id, contract.name, subject, contract.version, "standing" if there else "missing")
        for contract, subject in _all()
        for there in [registry.is_registered(subject, contract.version, contract.id, contract.source)]
    ]


def _all() -> Iterator[tuple[Contract, str]]:
    for contract in contracts().values():
        for subject in subjects(contract):
            yield contract, subject
