"""Documents a second of each part of the analysis and of the whole, one process, one thread.

Run: python benchmarks/nlp_parts.py [REVIEWS.tsv.gz]
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

os.environ.update({"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"})

from _reviews import DEFAULT, load_reviews

from nlp.analyzer import Analyzer
from nlp.entities import EntityFinder
from nlp.keywords import keywords_of
from nlp.language import LanguageDetector
from nlp.reading.reader import read
from nlp.sentiment import SentimentAnalyzer

BATCH = 64
ROUNDS = 5


def best_rate(texts: list[str], work: Callable[[list[str]], object]) -> float:
    """Texts per second of CPU in the best of several rounds, in batches as the pool gets them."""
    work(texts[:BATCH])
    seconds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for first in range(0, len(texts), BATCH):
            work(texts[first : first + BATCH])
        seconds.append(time.process_time() - begun)
    return len(texts) / min(seconds)


def main() -> None:
    texts = load_reviews(sys.argv[1] if len(sys.argv) > 1 else DEFAULT)[::14]
    languages, sentiment, finder, analyzer = LanguageDetector(), SentimentAnalyzer(), EntityFinder(), Analyzer()
    parts: dict[str, Callable[[list[str]], object]] = {
        "reading": lambda batch: [read(text) for text in batch],
        "language": lambda batch: [languages.detect(text) for text in batch],
        "sentiment": lambda batch: [sentiment.read(text, "en") for text in batch],
        "entities": finder.find,
        "keywords": lambda batch: [keywords_of(text, "en") for text in batch],
        "everything": analyzer.analyze,
    }
    for name, work in parts.items():
        print(f"{name:<12}{best_rate(texts, work):>8,.0f} docs/s")


if __name__ == "__main__":
    main()
