"""Our sentiment reproduces what vaderSentiment was measured to reach on the corpora of Hutto & Gilbert 2014."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from nlp.sentiment import NEGATIVE_FROM, POSITIVE_FROM, SentimentAnalyzer

TOLERANCE = 0.005
CORPORA = {
    "tweets": "tweets",
    "amazon_reviews": "amazonReviewSnippets",
    "movie_reviews": "movieReviewSnippets",
    "nyt_editorials": "nytEditorialSnippets",
}


def load_corpus(path: Path) -> tuple[np.ndarray, list[str]]:
    """Mean human ratings (-4..4) and texts."""
    rows = [line.split("\t", 2) for line in path.read_text("utf8").split("\n") if line.strip()]
    return np.array([float(row[1]) for row in rows]), [row[2] for row in rows]


def classes(scores: np.ndarray) -> np.ndarray:
    """-1, 0, 1 by the same cuts for the raters and for us."""
    return np.where(scores >= POSITIVE_FROM, 1, np.where(scores <= NEGATIVE_FROM, -1, 0))


def weighted(truth: np.ndarray, guess: np.ndarray) -> tuple[float, float, float]:
    """Precision, recall and F1 per class, averaged with the share of each class in the truth."""
    sums = np.zeros(3)
    for label in (-1, 0, 1):
        hits = np.sum((truth == label) & (guess == label))
        precision = hits / max(np.sum(guess == label), 1)
        recall = hits / max(np.sum(truth == label), 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-12)
        sums += np.array([precision, recall, f1]) * np.mean(truth == label)
    return float(sums[0]), float(sums[1]), float(sums[2])


@pytest.mark.parametrize("corpus", CORPORA)
def test_correlation_precision_recall_and_f1_are_the_measured_ones(
    corpus: str, sentiment: SentimentAnalyzer, vader_data: Path
) -> None:
    with (vader_data / "measured_2026-11-22.csv").open() as lines:
        rows = [row for row in csv.DictReader(lines) if row["engine"] == "vaderSentiment-3.3.2"]
    expected = next(row for row in rows if row["corpus"] == corpus)
    human, texts = load_corpus(vader_data / f"{CORPORA[corpus]}_GroundTruth.txt")
    ours = np.array([sentiment.read(text, "en").sentiment.score for text in texts], dtype=float)
    assert len(texts) == int(expected["n"])

    reached = [float(np.corrcoef(human, ours)[0, 1]), *weighted(classes(human), classes(ours))]

    names = ("r", "precision_weighted", "recall_weighted", "f1_weighted")
    assert reached == pytest.approx([float(expected[name]) for name in names], abs=TOLERANCE)
