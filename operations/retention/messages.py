"""Removes handled messages from the topics that no one but reviewstream reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from connectors.kafka import describe
from connectors.kafka_retention import first_since, remove_before
from services.inbound.ledger import InboundLedger
from streams.topics import INBOUND, step_topics


def internal_topics() -> list[str]:
    """Topics that are read by our own workers alone, and then no more.

    All others are kept: for third parties, and that of the dead letters for the day on which their table is lost.
    """
    return [INBOUND, *step_topics()]


@dataclass(frozen=True, slots=True)
class HandledMessages:
    """`acknowledged` gives, by partition of a topic, the offset below which everything is acknowledged."""

    kafka_url: str
    ledger: InboundLedger
    acknowledged: Callable[[str], Mapping[int, int]]

    def remove(self, before: datetime) -> dict[str, int]:
        """Remove what was handled and written before that time; how many messages, by topic, where there were any.

        Raises TransientError when the broker does not answer.
        """
        removed = {}
        for topic in internal_topics():
            handled = self._handled(topic)
            old = first_since(self.kafka_url, topic, before)
            upto = {partition: min(offset, handled.get(partition, 0)) for partition, offset in old.items()}
            if count := remove_before(self.kafka_url, topic, upto):
                removed[topic] = count
        return removed

    def _handled(self, topic: str) -> Mapping[int, int]:
        """Of the inbound topic the ledger knows, in the transaction of the events; it may be behind what is committed."""
        committed = self.acknowledged(topic)
        if topic != INBOUND:
            return committed
        counted = self.ledger.offsets(topic, describe(self.kafka_url, topic).id)
        return {partition: min(offset, committed.get(partition, 0)) for partition, offset in counted.items()}
