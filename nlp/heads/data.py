"""What heads are trained on: sentences that people rated, out of vaderSentiment's source distribution (MIT licence).

C. J. Hutto and E. Gilbert, ICWSM 2014: sentences of Amazon reviews, of film reviews, of editorials, and tweets, each with
the mean of many ratings from -4 to 4. They are fetched on request and never part of this repository.
"""

from __future__ import annotations

import tarfile
from importlib import resources
from pathlib import Path
from typing import IO, NamedTuple

from connectors.sdist import fetch_sdist
from schemas.errors import Unavailable

SETS = ("amazonReviewSnippets", "movieReviewSnippets", "tweets", "nytEditorialSnippets")
LEAST_MEAN = 0.5
"""Sentences that people rated closer to neutral than this are in neither of two classes."""
_NESTED = "hutto_ICWSM_2014.tar.gz"


class Rated(NamedTuple):
    """A sentence, and what people gave it: a mean from -4 to 4."""

    text: str
    mean: float

    @property
    def is_clear(self) -> bool:
        """Whether people were of one mind about its sign."""
        return abs(self.mean) >= LEAST_MEAN


def requirement() -> str:
    """The source distribution with its hash, as pip reads it."""
    lines = resources.files(__package__).joinpath("vader_sdist.txt").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if not line.startswith("#"))


def rated_sentences(cache: Path) -> list[Rated]:
    """All sentences, in the archive's order. Raises Unavailable when it cannot be fetched."""
    archive = fetch_sdist(requirement(), cache)
    return [each for name in SETS for each in parsed(ground_truth(archive, f"{name}_GroundTruth.txt"))]


def parsed(lines: str) -> list[Rated]:
    """Of lines `id, mean, text`, tabs between."""
    rows = [line.split("\t", 2) for line in lines.splitlines()]
    return [Rated(row[2].strip(), float(row[1])) for row in rows if len(row) == 3]


def ground_truth(archive: Path, name: str) -> str:
    """The file within the archive within the archive."""
    with (
        tarfile.open(archive) as outer,
        _member(outer, _NESTED) as nested,
        tarfile.open(fileobj=nested) as inner,
        _member(inner, name) as file,
    ):
        return file.read().decode("utf-8", "replace")


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    member = next((one for one in archive if Path(one.name).name == name), None)
    file = archive.extractfile(member) if member is not None else None
    if file is None:
        raise Unavailable(f"{name} is not in the archive; remove the archive from the cache and fetch it again")
    return file
