"""One hostile message and how to make them from a good one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from schemas.cloudevents import JSON

GOOD = {
    "source": "harbour",
    "external_id": "good",
    "content": "A fine evening.",
    "rating": 4,
    "published_at": "2024-09-01",
}
ENVELOPE = {"ce_specversion": "1.0", "ce_id": "1", "ce_source": "/table", "ce_type": "review.submitted"}
TENANT = "hostile-table"
"""The good tenant: structured events name it within their body."""
Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Case:
    """A message as the broker would deliver it."""

    name: str
    value: bytes | None
    headers: Headers
    tenant: bytes = TENANT.encode()

    @property
    def sent(self) -> list[tuple[str, bytes]]:
        """Its headers with the tenant, for a real pipeline."""
        return [*self.headers, ("ce_tenantid", self.tenant)]


def headers(content_type: str = JSON, **changes: str | None) -> list[tuple[str, bytes]]:
    """Good headers with changes; None leaves one out."""
    merged = {"content-type": content_type, **ENVELOPE, **changes}
    return [(name, value.encode()) for name, value in merged.items() if value is not None]


def binary(name: str, value: bytes, content_type: str = JSON) -> Case:
    """A binary CloudEvent with that body."""
    return Case(name, value, headers(content_type))


def review(name: str, **changes: Any) -> Case:
    """A good review with other fields, as JSON; what JSON cannot say goes in by Python's extensions of it."""
    return binary(name, json.dumps({**GOOD, "external_id": name[:200], **changes}).encode())


def event(**changes: Any) -> dict[str, Any]:
    """A structured CloudEvent."""
    attributes = {name.removeprefix("ce_"): value for name, value in ENVELOPE.items()}
    return {**attributes, "tenantid": TENANT, "data": GOOD, **changes}
