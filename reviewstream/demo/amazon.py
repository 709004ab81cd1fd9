"""3,708 sentences of real product reviews, each rated by twenty people: the demo's larger data set.

Source: amazonReviewSnippets_GroundTruth.txt in the source distribution of vaderSentiment 3.3.2, MIT licence.
C. J. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text",
ICWSM 2014. The sentences come from reviews of five products collected by M. Hu and B. Liu (2004). They are fetched on
request and never part of this repository. Dates are made up, evenly over September 2026: the originals have none.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import IO

from connectors.sdist import fetch_sdist
from schemas.errors import Unavailable

SOURCE = "amazon-snippets"
FIRST_MOMENT = datetime(2026, 9, 1, tzinfo=UTC)
SPAN = timedelta(days=30)
_NESTED = "hutto_ICWSM_2014.tar.gz"
_MEMBER = "amazonReviewSnippets_GroundTruth.txt"


def amazon_records(cache: Path) -> Iterator[bytes]:
    """JSON lines in the shape of demo_records, without author and title. The archive is kept in `cache`.

    The rating is the people's mean, -4 to 4, on the scale 1 to 5 in steps of 0.5. Raises Unavailable at once when the
    archive is missing and cannot be fetched.
    """
    rows = [line.split("\t") for line in _ground_truth(fetch_sdist(_requirement(), cache)).splitlines()]
    return (_record(rows, place) for place in range(len(rows)))


def _requirement() -> str:
    lines = resources.files("nlp.heads").joinpath("vader_sdist.txt").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if not line.startswith("#"))


def _ground_truth(archive: Path) -> str:
    """The file within the archive within the archive."""
    with (
        tarfile.open(archive) as outer,
        _member(outer, _NESTED) as nested,
        tarfile.open(fileobj=nested) as inner,
        _member(inner, _MEMBER) as file,
    ):
        return file.read().decode()


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    member = next((one for one in archive if Path(one.name).name == name), None)
    file = archive.extractfile(member) if member is not None else None
    if file is None:
        raise Unavailable(f"{name} is not in the archive; remove the archive from the cache and fetch it again")
    return file


def _record(rows: list[list[str]], place: int) -> bytes:
    identifier, mean, text = rows[place]
    moment = FIRST_MOMENT + SPAN * place / len(rows)
    record = {
        "source": SOURCE,
        "external_id": identifier,
        "content": text,
        "rating": rating_of(float(mean)),
        "published_at": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        "language": "en",
    }
    return json.dumps(record, ensure_ascii=False).encode()


def rating_of(mean: float) -> float:
    """A mean rating from -4 to 4 on the scale 1 to 5, in steps of 0.5."""
    return round((3 + mean / 2) * 2) / 2
