"""What means that nothing is there: null, blanks, and words for it where the field cannot hold a word."""

from __future__ import annotations

_WORDS = "null n/a #n/a nan none nil nat n.a. undefined (null) (none) <na> \\n ? - -- \u2013 \u2014"
_FOR_NOTHING = frozenset(_WORDS.split())
_NO_WORDS = frozenset(
    {"rating", "best_rating", "worst_rating", "published_at", "external_id", "author_id", "language", "url"}
)


def is_blank(value: object) -> bool:
    """Null or a text of blanks."""
    return value is None or (isinstance(value, str) and not value.strip())


def is_absent(target: str, value: object, empty: frozenset[str] = frozenset()) -> bool:
    """Whether nothing is there for that field. `empty`: more texts that mean it, casefolded.

    A title or a name may well be "None"; a date cannot.
    """
    if is_blank(value):
        return True
    if not isinstance(value, str):
        return False
    word = value.strip().casefold()
    return word in empty or (target in _NO_WORDS and word in _FOR_NOTHING)
