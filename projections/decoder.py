"""Recorded events to their content, each decoded once although several projections read the same batch.

The content is the plain Avro record and not the typed event: of a rebuild's time, making the dataclasses would be
a third, and the read models need the nested parts only as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple, TypeAlias

from eventstore.model import RecordedEvent
from eventstore.parking import PoisonEvent
from schemas import codec
from schemas.registry import newest
from schemas.upcasters import upcast
from telemetry.error_text import named_text

Record: TypeAlias = dict[str, Any]
Decode: TypeAlias = Callable[[RecordedEvent], Record]


class Decoded(NamedTuple):
    """An event of the log with its content, a record of the newest version of its contract."""

    at: RecordedEvent
    event: Record


def decode_state(event: RecordedEvent) -> Record:
    """The record in `state`, upcasted, when nothing in it is encrypted. Raises UnknownSchema."""
    contract, record = codec.decode_record(event.state)
    now = newest(contract.topic)
    return record if contract is now else upcast(contract.topic, contract.version, now.version, record)


class Decoder:
    """Decodes what a projection asks for and remembers it for the next projection of the same batch.

    Used by one thread. `keep` bounds how many decoded events are remembered.
    """

    def __init__(self, decode: Decode = decode_state, *, keep: int = 5_000) -> None:
        self._decode, self._keep = decode, keep
        self._known: dict[int, Record] = {}

    def __call__(
        self, events: Sequence[RecordedEvent], topics: Collection[str]
    ) -> tuple[list[Decoded], list[PoisonEvent]]:
        """The events with one of `topics`, decoded, in order; and those that cannot be decoded."""
        decoded: list[Decoded] = []
        poison: list[PoisonEvent] = []
        for event in events:
            if event.topic in topics:
                try:
                    decoded.append(Decoded(event, self._content(event)))
                except Exception as error:  # noqa: BLE001 - whatever is wrong with one event must not stop the others
                    poison.append(PoisonEvent(event, f"cannot be decoded: {named_text(error)}"))
        return decoded, poison

    def _content(self, event: RecordedEvent) -> Record:
        known = self._known.get(event.position)
        if known is None:
            if len(self._known) >= self._keep:
                self._known.clear()
            known = self._known[event.position] = self._decode(event)
        return known
