"""Lines that validation must reject, each for a different reason."""

from __future__ import annotations

import json
from collections.abc import Mapping

_GOOD: Mapping[str, object] = {
    "source": "harbour-hotel",
    "external_id": "bad",
    "content": "A pleasant stay in a room with a view.",
    "rating": 4,
    "author_name": "Alba Fenwold",
    "published_at": "2026-09-20T12:00:00Z",
}


def bad_rows() -> dict[str, bytes]:
    """The lines, by what is wrong with them."""
    return {
        "rating out of range": _line(rating=11),
        "rating that is no number": _line(rating="wonderful"),
        "rating NaN": _line(rating=float("nan")),
        "neither content nor rating": _line(content=None, rating=None),
        "lone surrogate": _line(content="Half a smile \ud83d is no character."),
        "date in the year 9999": _line(published_at="9999-12-31T23:59:59Z"),
        "JSON cut off": _line()[:-25],
        "not UTF-8": json.dumps({**_GOOD, "content": "The café is closed."}, ensure_ascii=False).encode("latin-1"),
    }


def _line(**changes: object) -> bytes:
    return json.dumps({**_GOOD, **changes}).encode()
