"""Labelled texts, read where they lie beside the repository; and the halves that they are split into."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DEFAULT = Path(__file__).parents[2] / "shared" / "data"
LANGUAGES = ("multilingual/umsab.jsonl.gz", "multilingual/tyq.jsonl.gz")
SIGNS = {"positive": 1, "negative": -1, "neutral": 0}


class Labelled(NamedTuple):
    """A text in a language (ISO 639-1) of a set, and what it is: 1 positive, -1 negative, 0 neutral."""

    set: str
    language: str
    sign: int
    text: str


def multilingual(folder: Path = DEFAULT) -> list[Labelled]:
    """Tweets and reviews in eleven languages, labelled by people. Exits when they are not there."""
    lines = (line for name in LANGUAGES for line in gzip.decompress(_there(folder / name).read_bytes()).splitlines())
    rows = map(json.loads, lines)
    return [Labelled(row["language"], row["language"], SIGNS[row["label"]], row["text"]) for row in rows]


def english(folder: Path = DEFAULT, most: int = 1_200) -> list[Labelled]:
    """Reviews of lounges and seats by whether they recommend, and of an app by stars (3 is neither); `most` of each set."""
    found = [*_recommended(folder, "lounge"), *_recommended(folder, "seat"), *_stars(folder)]
    picked = []
    for name in dict.fromkeys(each.set for each in found):
        texts = [each for each in found if each.set == name]
        picked += random.Random(0).sample(texts, min(most, len(texts)))
    return picked


def _recommended(folder: Path, name: str) -> Iterator[Labelled]:
    with _there(folder / "skytrax" / f"{name}.csv").open(encoding="utf8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["recommended"] in {"0", "1"} and row["content"].strip():
                yield Labelled(name, "en", 1 if row["recommended"] == "1" else -1, row["content"])


def _stars(folder: Path) -> Iterator[Labelled]:
    with gzip.open(_there(folder / "zoom_play/zoom_play_reviews.tsv.gz"), "rt", encoding="utf8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["text"].strip() and float(row["rate"]) != 3:
                yield Labelled("zoom", "en", 1 if float(row["rate"]) > 3 else -1, row["text"])


def _there(path: Path) -> Path:
    if not path.is_file():
        print(f"skipped: no labelled texts at {path}: they belong to their authors and are not ours to ship")
        sys.exit(0)
    return path


def is_to_choose(text: str) -> bool:
    """Whether a text is of the half on which bars may be chosen; figures are of the other half."""
    return hashlib.sha256(text.encode("utf8", "surrogatepass")).digest()[0] % 2 == 0
