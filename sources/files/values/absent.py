"""What means that nothing is there: null, blanks, and words for it where the field cannot hold a word."""

from __future__ import annotations

from functools import lru_cache

_WORDS = "null n/a #n/a nan none nil nat n.a. undefined (null) (none) <na> \\n ? - -- \u2013 \u2014"
_FOR_NOTHING = frozenset((*_WORDS.split(), "0000-00-00", "0000-00-00 00:00:00"))  # MySQL writes zeros
_NO_WORDS = frozenset(
    {"rating", "best_rating", "worst_rating", "published_at", "external_id", "author_id", "language", "url"}
)


class Absence:
    """What means for one field that nothing is there. `empty`: more texts that mean it, casefolded.

    A title or a name may well be "None"; a date cannot.
    """

    __slots__ = ("_longest", "_words")

    def __init__(self, target: str, empty: frozenset[str] = frozenset()) -> None:
        self._words = empty | _FOR_NOTHING if target in _NO_WORDS else empty
        self._longest = max(map(len, self._words), default=0)

    def holds(self, value: object) -> bool:
        """Whether this value says so."""
        if not isinstance(value, str):
            return value is None
        text = value.strip()
        # Folding makes no text shorter, so a long one needs none.
        return not text or (len(text) <= self._longest and text.casefold() in self._words)


@lru_cache(maxsize=256)
def absence(target: str, empty: frozenset[str] = frozenset()) -> Absence:
    """That of a field, made once."""
    return Absence(target, empty)


def is_absent(target: str, value: object, empty: frozenset[str] = frozenset()) -> bool:
    """Whether nothing is there for that field."""
    return absence(target, empty).holds(value)
