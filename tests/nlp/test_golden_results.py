"""Each processing version finds what it found when it was made."""

from __future__ import annotations

import json

import pytest

from nlp.analyzer import Analyzer
from nlp.tiers import TIERS, Tier
from tests.nlp import golden

NEAR = 0.02  # of a probability, between processors


@pytest.mark.parametrize("tier", TIERS)
def test_a_version_finds_what_it_found(tiered: Analyzer, tier: Tier) -> None:
    known = json.loads(golden.path(tier).read_text("utf8"))
    for (text, _), now, then in zip(golden.TEXTS, golden.found(tiered, tier), known, strict=True):
        for name in ("score", "probability"):
            assert now.pop(name) == pytest.approx(then.pop(name), abs=NEAR), (text, name)
        assert now == then, (
            f"{text!r}: give the analysis another version, and remove this file when it is another on purpose"
        )
