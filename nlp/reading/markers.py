"""What platforms put into a review's text ("✅ Trip Verified |") taken off it, by the table markers.tsv."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from nlp.reading.edits import Edit

_PLACES = {"start": r"^[ \t]*(?:{})\s*", "end": r"(?:{})\s*\Z", "anywhere": r"(?:{})[ \t]*"}


class Rule(NamedTuple):
    """One line of the table. `platforms` is empty where the rule is read whatever the platform."""

    platforms: tuple[str, ...]
    place: str
    marker: str


@cache
def rules() -> tuple[Rule, ...]:
    """The table, in its order."""
    lines = files("nlp.reading").joinpath("markers.tsv").read_text("utf8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return tuple(
        Rule(tuple(names.split(",")) if when == "named" else (), place, marker) for names, when, place, marker in rows
    )


def edits_of_markers(text: str, platform: str = "") -> list[Edit]:
    """The edits that take markers off, with the blanks behind them."""
    return [Edit(found.start(), found.end(), "") for found in _pattern(platform.casefold()).finditer(text)]


@lru_cache(256)
def _pattern(platform: str) -> re.Pattern[str]:
    """All that applies in one. Platforms are free text, so not all of them are kept."""
    applying = (rule for rule in rules() if not rule.platforms or any(name in platform for name in rule.platforms))
    markers = [_PLACES[rule.place].format(rule.marker) for rule in applying if rule.place in _PLACES]
    return re.compile("|".join(markers), re.IGNORECASE | re.MULTILINE)
