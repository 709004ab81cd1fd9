"""One analyzer for all tests of a run: loading the models takes seconds."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from nlp.analyzer import Analyzer, AnalyzerSettings
from nlp.encoders.e5_file import E5File
from nlp.encoders.e5_numpy import E5Encoder
from nlp.entities import EntityFinder
from nlp.sentiment import SentimentAnalyzer

SHARED = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    return Analyzer(AnalyzerSettings(tier="lexicon"))


@pytest.fixture(scope="session")
def tiered() -> Analyzer:
    """Any tier, for texts that name one; loaded on first use."""
    return Analyzer(AnalyzerSettings(tier="lexicon"))


@pytest.fixture(scope="session")
def sentiment() -> SentimentAnalyzer:
    return SentimentAnalyzer()


@pytest.fixture(scope="session")
def finder() -> EntityFinder:
    return EntityFinder()


@pytest.fixture(scope="session")
def e5() -> E5Encoder:
    return E5Encoder()


@pytest.fixture(scope="session")
def e5_file() -> E5File:
    return E5File()


@pytest.fixture(scope="session")
def real_reviews() -> list[str]:
    path = SHARED / "zoom_play" / "zoom_play_reviews.tsv.gz"
    if not path.is_file():
        pytest.skip("needs the review data: put it at ../shared/data beside the repository")
    with gzip.open(path, "rt", encoding="utf8", newline="") as lines:
        return [row["text"] for row in csv.DictReader(lines, delimiter="\t")]


@pytest.fixture(scope="session")
def vader_data() -> Path:
    path = SHARED / "vader"
    if not path.is_dir():
        pytest.skip("needs VADER's ground truth: put it at ../shared/data/vader beside the repository")
    return path
