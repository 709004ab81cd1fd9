"""Messages as they came, before anything reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StepMessage:
    """A packed message of a step topic, or a dead letter."""

    partition: int
    offset: int
    value: bytes


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A message of the inbound topic."""

    topic: str
    partition: int
    offset: int
    headers: Sequence[tuple[str, bytes]]
    value: bytes | None
    key: bytes | None = None
