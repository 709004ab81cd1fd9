"""How texts are analyzed. Light to import: the settings travel to processes that have not loaded anything yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from nlp.tiers import DEFAULT, TIERS, Tier

Gemm = Literal["auto", "numpy", "blis"]
Decoder = Literal["bulk", "spacy"]
NAMES = frozenset(
    ("EVENT", "FAC", "GPE", "LANGUAGE", "LAW", "LOC", "NORP", "ORG", "PERSON", "PRODUCT", "WORK_OF_ART")
)  # spaCy's labels of things with a name; dates, amounts and numbers have none


@dataclass(frozen=True, slots=True)
class AnalyzerSettings:
    """Defaults fit reviews."""

    tier: Tier = DEFAULT  # of texts that name none
    max_characters: int = 20_000  # of a text; the rest is not analysed, and the analysis says so
    gemm: Gemm = "auto"  # what multiplies matrices: numpy's OpenBLAS, or spaCy's own BLIS
    decoder: Decoder = "bulk"  # of entities; both find the same, ours in less time
    minimum_language_confidence: float = 0.4  # below it the language is `und`
    entity_labels: frozenset[str] = NAMES
    max_entities: int = 100  # the most salient
    max_keywords: int = 10  # the most relevant
    max_evidence: int = (
        100  # hits of a text (the strongest) and mentions of a name or phrase (the first): events stay small
    )

    def __post_init__(self) -> None:
        for name in ("max_characters", "max_entities", "max_keywords", "max_evidence"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if self.tier not in TIERS:
            raise ValueError(f"tier must be {', '.join(TIERS)}, not {self.tier!r}")
        if self.gemm not in ("auto", "numpy", "blis"):
            raise ValueError(f"gemm must be auto, numpy or blis, not {self.gemm!r}")
        if self.decoder not in ("bulk", "spacy"):
            raise ValueError(f"decoder must be bulk or spacy, not {self.decoder!r}")
