"""Our contracts in a schema registry: subjects by topic name, ids as they are pinned. See docs/adr/007."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.registry import Contract, contracts
from streams.topics import carriers

if TYPE_CHECKING:  # its module needs the extra `registry`
    from connectors.schema_registry import SchemaRegistry

RESERVED = 9_999
"""Ids up to this one are ours. A registry counts on from the highest id it has: so nobody gets one that we shall pin."""
MARK = {
    "type": "record",
    "name": "Reserved",
    "namespace": "reviewstream",
    "doc": "Ids up to this one belong to reviewstream's own contracts.",
    "fields": [],
}
MARK_SUBJECT = "reviewstream.reserved"


@dataclass(frozen=True, slots=True)
class Registration:
    """One contract under one subject; `state` is registered (now), standing (already) or missing."""

    id: int
    contract: str
    subject: str
    version: int
    state: str


def subjects(contract: Contract) -> list[str]:
    """TopicNameStrategy: the subjects of the values of every topic that carries it."""
    return [f"{topic}-value" for topic in carriers(contract.topic)]


def register(registry: SchemaRegistry) -> list[Registration]:
    """Register what is missing, by id. Raises InvalidInput when an id is taken, TransientError when nobody answers."""
    done = [
        Registration(contract.id, contract.name, subject, contract.version, "registered" if new else "standing")
        for contract, subject in _all()
        for new in [registry.put(subject, contract.version, contract.id, contract.source)]
    ]
    registry.put(MARK_SUBJECT, 1, RESERVED, MARK)
    return done


def registration_states(registry: SchemaRegistry) -> list[Registration]:
    """What is registered and what is missing; changes nothing. Raises as `register` does."""
    return [
        Registration(contract.id, contract.name, subject, contract.version, "standing" if there else "missing")
        for contract, subject in _all()
        for there in [registry.stands(subject, contract.version, contract.id, contract.source)]
    ]


def _all() -> Iterator[tuple[Contract, str]]:
    for contract in contracts().values():
        for subject in subjects(contract):
            yield contract, subject
