"""What each processing version of this release finds in invented texts, so that a change of a library, a model or a rule shows.

`python -m tests.nlp.golden` writes the file of a version that has none; nothing is ever overwritten: other results are another version.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nlp.analyzer import Analyzer
from nlp.model import Analysis, Given
from nlp.settings import AnalyzerSettings
from nlp.tiers import TIERS, VERSIONS, Tier

HERE = Path(__file__).parent
TEXTS = (
    ("The rooms were spotless, but the staff at the Harbour Hotel in Lisbon were rude. Breakfast was cold.", None),
    ("Absolutely wonderful stay! The view over the river was stunning and the pillows were soft.", None),
    ("It stopped charging after two weeks. Support never answered my emails.", None),
    ("Delivery on Tuesday, as agreed.", None),
    ("Not bad at all 👍", None),
    ("Good", "english"),
    ("Le petit-déjeuner était excellent et la vue sur Marseille magnifique.", None),
    ("Das Zimmer war schmutzig und die Heizung kaputt. Nie wieder.", None),
    ("El personal fue muy amable y la habitación estaba limpia.", None),
    ("部屋が汚くて対応も最悪でした。二度と行きません。", None),
    ("😍😍", None),
    ("", None),
)


def found(analyzer: Analyzer, tier: Tier) -> list[dict[str, Any]]:
    """The results of all texts, with numbers as coarse as processors differ."""
    texts = [Given(text, hint, tier=tier) for text, hint in TEXTS]
    return [_plain(each) for each in analyzer.analyze(texts)]


def _plain(analysis: Analysis) -> dict[str, Any]:
    sentiment = analysis.sentiment
    return {
        "language": analysis.language,
        "label": sentiment.label,
        "score": None if sentiment.score is None else round(sentiment.score, 2),
        "probability": None if sentiment.probability is None else round(sentiment.probability, 2),
        "words": [hit.text for hit in sentiment.evidence],
        "sentences": [each.text for each in sentiment.sentences],
        "entities": [f"{each.text} ({each.type})" for each in analysis.entities],
        "keywords": [each.text for each in analysis.keywords],
        "aspects": [f"{each.term}: {each.label}" for each in analysis.aspects],
        "analyzers": dict(analysis.analyzers),
    }


def path(tier: Tier) -> Path:
    """Of the tier's version."""
    return HERE / f"{VERSIONS[tier]}.json"


def main() -> None:
    """Write what is missing."""
    analyzer = Analyzer(AnalyzerSettings(tier="lexicon"))
    for tier in TIERS:
        if not path(tier).exists():
            path(tier).write_text(json.dumps(found(analyzer, tier), indent=1, ensure_ascii=False) + "\n", "utf8")
            print(path(tier).name)
