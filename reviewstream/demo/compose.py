"""Composes reviews from the sentences in parts.toml: the same seed gives the same reviews."""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import cycle
from typing import Any, Literal

FIRST_DAY = datetime(2026, 8, 15, tzinfo=UTC)
DAYS = 61
MIXED_SHARE = 0.15
_SLOT = re.compile(r"\{(\w+)\}")

Mood = Literal["good", "mixed", "bad"]


def compose(rng: random.Random, count: int) -> Iterator[dict[str, object]]:
    """`count` reviews, the sources in turn, no two with the same content; in no order of time."""
    parts = tomllib.loads(resources.files(__package__).joinpath("parts.toml").read_text(encoding="utf-8"))
    seen: set[str] = set()
    sources = cycle(parts["sources"])
    for number in range(count):
        source = next(sources)
        review = _compose_one(rng, parts, source)
        while review["content"] in seen:
            review = _compose_one(rng, parts, source)
        seen.add(str(review["content"]))
        yield {"source": source, "external_id": f"{parts['sources'][source]['prefix']}-{2001 + number}"} | review


def _compose_one(rng: random.Random, parts: Mapping[str, Any], source: str) -> dict[str, object]:
    day = rng.randrange(DAYS)
    mood = _mood(rng, parts["sources"][source]["mood"], day)
    rating = {"good": rng.choice((4, 5, 5)), "mixed": 3, "bad": rng.choice((1, 1, 2))}[mood]
    title = {"title": rng.choice(parts["titles"][mood])} if rng.random() < 0.5 else {}
    moment = FIRST_DAY + timedelta(days=day, hours=rng.randint(6, 22), minutes=rng.randrange(60))
    return title | {
        "content": _Writer(rng, parts, source).write(mood, rating),
        "rating": rating,
        "author_name": f"{rng.choice(parts['first_names'])} {rng.choice(parts['last_names'])}",
        "published_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
    }


def _mood(rng: random.Random, shares: list[list[float]], day: int) -> Mood:
    good = next(share for start, share in reversed(shares) if day >= start)
    drawn = rng.random()
    if drawn < good:
        return "good"
    return "mixed" if drawn < good + MIXED_SHARE else "bad"


class _Writer:
    """Writes one review; no name is used for two different people or places in it."""

    def __init__(self, rng: random.Random, parts: Mapping[str, Any], source: str) -> None:
        self._rng = rng
        self._parts = parts
        self._bank = parts["sources"][source]
        self._used: set[str] = set()

    def write(self, mood: Mood, rating: int) -> str:
        """Opening, a few points, perhaps a turn to the other side, closing, to suit the mood and the rating."""
        sentences = self._some(self._bank["openings"], 0.7) + self._points(mood, rating)
        sentences += self._some(self._parts["closings"][mood], 0.6)
        return _SLOT.sub(lambda slot: self._name(slot[1]), " ".join(sentences))

    def _points(self, mood: Mood, rating: int) -> list[str]:
        side, other = ("bad", "good") if mood == "bad" else ("good", "bad")
        points = self._rng.sample(self._bank[side], 1 if mood == "mixed" else self._rng.randint(1, 4))
        if mood == "mixed" or (rating in {2, 4} and self._rng.random() < 0.6):
            points += [self._rng.choice(self._parts["turns"][mood]), self._rng.choice(self._bank[other])]
        return points

    def _some(self, bank: list[str], likelihood: float) -> list[str]:
        return [self._rng.choice(bank)] if self._rng.random() < likelihood else []

    def _name(self, slot: str) -> str:
        if slot == "person":
            return f"{self._rng.choice(self._parts['first_names'])} {self._rng.choice(self._parts['last_names'])}"
        choices = self._parts["cities"] if slot == "city" else self._bank[slot]
        name = str(self._rng.choice([name for name in choices if name not in self._used] or choices))
        self._used.add(name)
        return name
