"""Real series of reviews by day, for benchmarks/alarms.py: stars of 2 of 5 or fewer are negative."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np

from services.alarms.series import Day, Series

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
BAD = 2.0
OUTAGE = date(2021, 7, 7)
"""From here on zoom's reviewers complain of a real outage, until the data ends."""


def rated(folder: Path) -> Iterator[tuple[str, date, float]]:
    """Source, day and stars of each review. seat.csv has marks of 1 to 10; days of 1970 are wrong."""
    with gzip.open(folder / "zoom_play" / "zoom_play_reviews.tsv.gz", "rt", encoding="utf8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            yield "zoom", date.fromisoformat(row["date"]), float(row["rate"])
    for name, scale in (("lounge", 1.0), ("seat", 0.5)):
        with (folder / "skytrax" / f"{name}.csv").open(encoding="utf8", newline="") as lines:
            for row in csv.DictReader(lines):
                if row["overall_rating"] and not row["date"].startswith("1970"):
                    stars = min(max(float(row["overall_rating"]) * scale, 1.0), 5.0)
                    yield name, date.fromisoformat(row["date"]), stars


def series(folder: Path, seed: int) -> dict[str, Series]:
    """zoom whole (40 to 110 negative ones a day), a quarter and a twentieth of its reviews, and the two of skytrax."""
    found: dict[str, list[Day]] = {}
    draw = np.random.default_rng(seed)
    for source, day, stars in rated(folder):
        one = Day(day, 1, int(stars <= BAD), 1, stars)
        names = [source]
        if source == "zoom":
            if day < date(2021, 1, 13):
                continue
            luck = draw.random()
            names += ["zoom/4"] * (luck < 0.25) + ["zoom/20"] * (luck > 0.95)
        for name in names:
            found.setdefault(name, []).append(one)
    return {name: Series.of(days, until=max(each.day for each in days)) for name, days in found.items()}
