"""The edge in process: what validation says of a message, without any server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields as fields_of
from datetime import UTC, datetime
from typing import Any

from aggregates.review.validation import validate
from aggregates.review.withdrawal import validate_deletion
from schemas.cloudevents import InboundItem, parse
from schemas.errors import InvalidInput
from tests.hostile import bodies, fields
from tests.hostile.messages import Case, Headers

NOW = datetime(2025, 1, 1, tzinfo=UTC)


def corpus() -> list[Case]:
    """Every case of the table."""
    return [*fields.cases(), *bodies.cases()]


def outcomes(headers: Headers, value: bytes | None) -> list[tuple[str, Any]]:
    """For each event in the message: "accepted" with the draft's values, or the reason with its field and text.

    Whatever else than InvalidInput the edge raises comes through.
    """
    return [verdict(item) for item in parse(headers, value)]


def verdict(item: InboundItem) -> tuple[str, Any]:
    """The same for one event."""
    if item.problem is not None:
        return item.problem.reason, (item.problem.field, str(item.problem), item.raw)
    read: Callable[..., Any] = validate_deletion if item.deletes else validate
    try:
        draft = read(item.data or {}, NOW)
    except InvalidInput as problem:
        return problem.reason, (problem.field, str(problem), item.raw)
    return "accepted", {field.name: getattr(draft, field.name) for field in fields_of(draft)}
