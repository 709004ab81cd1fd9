"""The keywords of 200 real reviews, numbered, for a reader to judge; the criteria are in docs/evaluation/keywords.md.

Run: python benchmarks/keywords_sheet.py DATA SEED [-q]   (DATA: the directory of the data sets. Prints texts; -q: keywords alone)
"""

from __future__ import annotations

import csv
import gzip
import random
import sys
from collections import Counter
from pathlib import Path

from nlp.keyword_key import keyword_key
from nlp.keywords import NAME, keywords_of
from nlp.model import Keyword
from nlp.reading.reader import read

EACH = 100
MOST_OF = 0.2
BEST = 5


def populations(data: Path) -> dict[str, list[str]]:
    """Texts by source: zoom, and skytrax' lounges and seats."""
    with gzip.open(data / "zoom_play" / "zoom_play_reviews.tsv.gz", "rt", encoding="utf8", newline="") as lines:
        found = {"zoom": [row["text"] for row in csv.DictReader(lines, delimiter="\t")]}
    for name in ("lounge", "seat"):
        with (data / "skytrax" / f"{name}.csv").open(encoding="utf8", newline="") as lines:
            found[name] = [row["content"] for row in csv.DictReader(lines)]
    return found


def boilerplate(texts: list[str], chance: random.Random) -> set[str]:
    """Keys in more than a fifth of 500 of a source's reviews: read models leave them out, and so does the sheet."""
    counts = Counter(key for text in chance.sample(texts, 500) for key in {keyword_key(k.text) for k in found_in(text)})
    return {key for key, reviews in counts.items() if reviews > MOST_OF * 500}


def found_in(text: str) -> tuple[Keyword, ...]:
    """As the analyzer finds them."""
    return keywords_of(read(text).text, "en")


def main() -> None:
    """Print each text with its best five keywords, numbered throughout."""
    data, seed, quiet = Path(sys.argv[1]), int(sys.argv[2]), "-q" in sys.argv
    texts, chance, number = populations(data), random.Random(seed), 0
    common = {name: boilerplate(those, chance) for name, those in texts.items()}
    sky = [(name, n) for name in ("lounge", "seat") for n in range(len(texts[name]))]
    chosen = chance.sample([("zoom", n) for n in range(len(texts["zoom"]))], EACH) + chance.sample(sky, EACH)
    print(NAME, {name: sorted(keys) for name, keys in common.items()})
    for name, n in chosen:
        found = [keyword for keyword in found_in(texts[name][n]) if keyword_key(keyword.text) not in common[name]]
        print(f"\n[{name}:{n}] {'' if quiet else texts[name][n]}")
        for keyword in found[:BEST]:
            number += 1
            print(f"{number}={keyword.text}", end="; ")
    print(f"\n{number} keywords")


if __name__ == "__main__":
    main()
