"""A problem of a contract, as the compatibility check reports it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: its stable name, the contract (review.collected.v2), the field's path or nothing, and what to do."""

    rule: str
    contract: str
    field: str
    why: str

    def __str__(self) -> str:
        """One line, for people."""
        return f"{self.contract}{': ' if self.field else ''}{self.field}: {self.rule}: {self.why}"
