"""3,708 sentences of real product reviews, each rated by twenty people: the demo's larger data set.

Source: amazonReviewSnippets_GroundTruth.txt in the source distribution of vaderSentiment 3.3.2, MIT licence.
C. J. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text",
ICWSM 2014. The sentences come from reviews of five products collected by M. Hu and B. Liu (2004). They are fetched on
request and never part of this repository. Dates are made up, evenly over September 2026: the originals have none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.sdist import fetch_sdist
from nlp.heads.data import ground_truth, requirement

SOURCE = "amazon-snippets"
FIRST_MOMENT = datetime(2026, 9, 1, tzinfo=UTC)
SPAN = timedelta(days=30)
_MEMBER = "amazonReviewSnippets_GroundTruth.txt"


def amazon_records(cache: Path) -> Iterator[bytes]:
    """JSON lines in the shape of demo_records, without author and title. The archive is kept in `cache`.

    The rating is the people's mean, -4 to 4, on the scale 1 to 5 in steps of 0.5. Raises Unavailable at once when the
    archive is missing and cannot be fetched.
    """
    rows = [line.split("\t") for line in ground_truth(fetch_sdist(requirement(), cache), _MEMBER).splitlines()]
    return (_record(rows, place) for place in range(len(rows)))


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
