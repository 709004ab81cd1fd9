"""The keywords of 200 real reviews, numbered, for a reader to judge; the criteria are in docs/evaluation/keywords.md.

Run: python benchmarks/keywords_sheet.py DATA   (the directory of the data sets; prints texts, so keep the output to yourself)
"""

from __future__ import annotations

import csv
import gzip
import random
import sys
from pathlib import Path

from nlp.keywords import NAME, keywords_of
from nlp.reading.reader import read

SEED = 15
EACH = 100
BEST = 5


def sample(data: Path) -> list[tuple[str, str]]:
    """Name and text of 100 reviews of zoom and of 100 of skytrax' lounges and seats, always the same ones."""
    with gzip.open(data / "zoom_play" / "zoom_play_reviews.tsv.gz", "rt", encoding="utf8", newline="") as lines:
        zoom = [("zoom", n, row["text"]) for n, row in enumerate(csv.DictReader(lines, delimiter="\t"))]
    sky = []
    for name in ("lounge", "seat"):
        with (data / "skytrax" / f"{name}.csv").open(encoding="utf8", newline="") as lines:
            sky += [(name, n, row["content"]) for n, row in enumerate(csv.DictReader(lines))]
    chance = random.Random(SEED)  # noqa: S311
    return [(f"{name}:{n}", text) for those in (zoom, sky) for name, n, text in chance.sample(those, EACH)]


def main() -> None:
    """Print each text with its best five keywords, numbered throughout."""
    number = 0
    print(NAME)
    for name, text in sample(Path(sys.argv[1])):
        found = keywords_of(read(text).text, "en")[:BEST]
        print(f"\n[{name}] {text if '-q' not in sys.argv else ''}")
        for keyword in found:
            number += 1
            print(f"{number}={keyword.text}", end="; ")
    print(f"\n{number} keywords")


if __name__ == "__main__":
    main()
