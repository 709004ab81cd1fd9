"""English texts with the mean of twenty people's ratings: Amazon sentences, movie reviews, tweets.

C. J. Hutto and E. Gilbert, "VADER", ICWSM 2014; MIT licence. They are in the source distribution of vaderSentiment, which is fetched on
request, compared with its hash, and never part of this repository.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import IO, NamedTuple

from connectors.sdist import fetch_sdist
from schemas.errors import Unavailable

CORPORA = ("amazonReviewSnippets", "movieReviewSnippets", "tweets")
LEAST_RATING = 0.5
"""Nearer to 0, the raters were of two minds: such texts teach nothing of two classes."""
_NESTED = "hutto_ICWSM_2014.tar.gz"


class Snippet(NamedTuple):
    """A text, and what people gave it: from -4 to 4."""

    text: str
    rating: float


def requirement() -> str:
    """The distribution with its hash, as pip reads it."""
    lines = files(__package__).joinpath("vader_sdist.txt").read_text("utf8").splitlines()
    return next(line for line in lines if not line.startswith("#"))


def clear_snippets(cache: Path) -> list[Snippet]:
    """Those that people found positive or negative. Raises Unavailable when they cannot be fetched."""
    return [each for each in _snippets(fetch_sdist(requirement(), cache)) if abs(each.rating) >= LEAST_RATING]


def _snippets(archive: Path) -> Iterator[Snippet]:
    with tarfile.open(archive) as outer, _member(outer, _NESTED) as nested, tarfile.open(fileobj=nested) as inner:
        for corpus in CORPORA:
            with _member(inner, f"{corpus}_GroundTruth.txt") as file:
                for line in file.read().decode("utf8", "replace").split("\n"):
                    row = line.split("\t", 2)
                    if len(row) == 3:  # the last line is empty
                        yield Snippet(row[2].strip(), float(row[1]))


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    member = next((one for one in archive if Path(one.name).name == name), None)
    file = archive.extractfile(member) if member is not None else None
    if file is None:
        raise Unavailable(f"{name} is not in the archive; remove the archive from the cache and fetch it again")
    return file
