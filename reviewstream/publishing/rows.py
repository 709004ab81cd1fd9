"""A row of a file as a message for the inbound topic."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from connectors.files import Row
from connectors.kafka import Outgoing
from connectors.mapping import FieldMapping
from schemas.cloudevents import INBOUND_TYPE, JSON, headers
from streams.topics import INBOUND

MAX_RAW = 1_000_000


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whose rows these are. Without a `source`, each row names its own in the column `source`."""

    tenant: str
    source: str | None
    run_id: str
    mapping: FieldMapping

    def message(self, row: Row) -> Outgoing:
        """The row as a CloudEvent; one that could not be read travels as it is, with the problem."""
        if row.record is None:
            return self._unreadable(row)
        review = self._review(row.record)
        value = json.dumps(review, ensure_ascii=True, default=str).encode()
        return Outgoing(INBOUND, self._key(review), value, self._headers(row))

    def _review(self, record: Mapping[str, object]) -> Mapping[str, object]:
        if self.source is not None:
            return {"source": self.source, **self.mapping.apply(record)}
        others = {name: value for name, value in record.items() if name != "source"}
        own = {"source": record["source"]} if "source" in record else {}
        return {**own, **self.mapping.apply(others)}

    def _unreadable(self, row: Row) -> Outgoing:
        return Outgoing(INBOUND, None, row.raw[:MAX_RAW], self._headers(row, problem=str(row.problem)))

    def _key(self, review: Mapping[str, object]) -> bytes:
        """Rows of one review share a partition, so an edit stays behind what it edits."""
        return f"{self.tenant}/{review.get('source', '')}/{review.get('external_id', '')}".encode("utf-8", "replace")

    def _headers(self, row: Row, **extra: str) -> list[tuple[str, bytes]]:
        return headers(
            uuid5(NAMESPACE_URL, f"{self.run_id}/{row.line}"),
            INBOUND_TYPE,
            subject=f"line {row.line}",
            time=datetime.now(UTC),
            tenant=self.tenant,
            content_type=JSON,
            extensions={"runid": self.run_id, "line": str(row.line), **extra},
        )
