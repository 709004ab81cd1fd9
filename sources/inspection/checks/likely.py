"""Whether a column that nobody took seems to hold what somebody wrote, or ratings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from statistics import mean

from sources.files.values.absent import is_absent
from sources.files.values.ratings import read_rating
from sources.files.values.unreadable import Unreadable

Records = Sequence[Mapping[str, object]]
_WORDS = 4  # on average
_DISTINCT = 0.5
_PROSE = 0.5  # of the texts have a blank and letters
_CALLED = re.compile(
    r"star|rat(?:e|ing)|score|grade|punkt|note|nota|valor|bewert|stern|.toile|estrel|stell|gwiazd|评分|評価|оценка",
    re.IGNORECASE,
)
_MOST = 10.0
_MOST_DIFFERENT = 21  # halves from 0 to 10: ids and counts have more


def looks_like_texts(records: Records, column: str) -> bool:
    """Sentences, most of them different: no names, addresses or categories."""
    texts = [value.strip() for record in records if isinstance(value := record.get(column), str) and value.strip()]
    if not texts or len(set(texts)) < len(texts) * _DISTINCT:
        return False
    prose = [text for text in texts if " " in text and "://" not in text.split()[0]]
    return len(prose) >= len(texts) * _PROSE and mean(len(text.split()) for text in prose) >= _WORDS


def looks_like_ratings(records: Records, column: str) -> bool:
    """By its name, and by few different values that are ratings up to ten."""
    values = {str(value) for record in records if not is_absent("rating", value := record.get(column))}
    return _CALLED.search(column) is not None and 0 < len(values) <= _MOST_DIFFERENT and all(map(_is_low, values))


def _is_low(value: str) -> bool:
    try:
        rating = read_rating(value)
    except Unreadable:
        return False
    return rating is None or 0 <= rating.value <= (rating.best or _MOST)
