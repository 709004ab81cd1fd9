"""Counts rows and adds up their hashes, in any order, with constant memory."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from uuid import UUID

from projections.decoder import Decoded

MASK = 2**64 - 1


@dataclass(slots=True)
class Tally:
    """How many rows, and the sum modulo 2^64 of a 64-bit hash of each."""

    rows: int = 0
    checksum: int = 0

    def add(self, *values: object) -> None:
        """Count a row. None is the empty text, as in the .sql files of this package."""
        line = "|".join("" if value is None else str(value) for value in values)
        digest = hashlib.md5(line.encode(), usedforsecurity=False).digest()
        self.rows += 1
        self.checksum = (self.checksum + int.from_bytes(digest[:8], "big")) & MASK

    def merge(self, other: Tally) -> None:
        """Count all that `other` counted."""
        self.rows += other.rows
        self.checksum = (self.checksum + other.checksum) & MASK


Tallies: TypeAlias = dict[tuple[str, UUID], Tally]
"""By table and tenant."""


def tallies() -> Tallies:
    """Empty tallies, created on first access."""
    return defaultdict(Tally)


class Fold(Protocol):
    """Computes the rows that events imply for some tables."""

    name: str
    topics: frozenset[str]

    def take(self, decoded: Decoded) -> None:
        """The next event, in order within its stream."""
        ...

    def result(self, into: Tallies) -> None:
        """Count the rows that the events so far imply."""
        ...
