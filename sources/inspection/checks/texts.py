"""Whether a column holds what somebody wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import mean

_WORDS = 4  # on average
_DISTINCT = 0.5
_PROSE = 0.5  # of the texts have a blank and letters


def looks_like_texts(records: Sequence[Mapping[str, object]], column: str) -> bool:
    """Sentences, most of them different: no names, addresses or categories."""
    texts = [value.strip() for record in records if isinstance(value := record.get(column), str) and value.strip()]
    if not texts or len(set(texts)) < len(texts) * _DISTINCT:
        return False
    prose = [text for text in texts if " " in text and "://" not in text.split()[0]]
    return len(prose) >= len(texts) * _PROSE and mean(len(text.split()) for text in prose) >= _WORDS
