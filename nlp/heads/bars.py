"""From which probability on something is said, by encoder and language: nlp/heads/bars.tsv, with the figures behind each bar.

A language that is not in the table, or has no bar for a sign, is never given that label: `undetermined`, not `neutral`, since
heads tell two classes apart and know no third. `benchmarks/sentiment.py --choose` writes the table.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from nlp.heads.head import PLACES
from nlp.model import Label

TABLE = Path(__file__).with_name("bars.tsv")


class Bars(NamedTuple):
    """Of one encoder in one language. A bar that is None was never right often enough."""

    slope: float
    """With `shift`: how a head's odds become this language's. Heads are trained on English and lean to one side elsewhere."""
    shift: float
    positive_from: float | None
    negative_to: float | None

    def calibrated(self, p: float) -> float:
        """The probability as texts of this language have it."""
        if (self.slope, self.shift) == (1.0, 0.0):
            return p
        odds = math.log(max(p, 1e-6) / max(1 - p, 1e-6))
        return round(1 / (1 + math.exp(-(self.slope * odds + self.shift))), PLACES)

    def label(self, p: float) -> Label:
        """Of a calibrated probability."""
        if self.positive_from is not None and p >= self.positive_from:
            return "positive"
        return "negative" if self.negative_to is not None and p <= self.negative_to else "undetermined"


def bars_of(encoder: str, language: str) -> Bars | None:
    """None where nothing was measured. `encoder` is minilm, e5 or multilingual; `language` an ISO 639-1 code."""
    return bars().get((encoder, language))


@cache
def bars() -> Mapping[tuple[str, str], Bars]:
    """The table without its figures."""
    lines = TABLE.read_text("ascii").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {
        (row[0], row[1]): Bars(float(row[2]), float(row[3]), _bar(row[4]), _bar(row[5])) for row in rows if len(row) > 5
    }


def _bar(cell: str) -> float | None:
    return None if cell == "-" else float(cell)
