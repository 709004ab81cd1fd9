"""What joins spellings of one name: case, a possessive, an article, plural, hyphens. And what may be its abbreviation."""

from __future__ import annotations

import re
from unicodedata import normalize

_ENDS = re.compile(r"\A[\W_]+|(?:[\W_]|['\u2019]s\b)+\Z")
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015_]+")
_ARTICLE = re.compile(r"\Athe (?=\S)")
_SMALL = frozenset(
    [
        "and",
        "at",
        "by",
        "de",
        "del",
        "der",
        "des",
        "di",
        "du",
        "for",
        "la",
        "le",
        "of",
        "on",
        "the",
        "to",
        "und",
        "van",
        "von",
    ]
)
_SHORTEST_PLURAL = 5


def name_key(name: str) -> str:
    """One key for "BA", "ba's" and "the BA"; for "Chromebook" and "Chromebooks". Never longer than the name, nor empty if that is not.

    Keys are compared and never shown: of "Airways" it is "airway".
    """
    plain = _BETWEEN.sub(" ", normalize("NFC", normalize("NFC", name).casefold())).strip()
    bare = _ARTICLE.sub("", _ENDS.sub("", plain)) or plain or name
    if (
        len(bare) >= _SHORTEST_PLURAL
        and bare.endswith("s")
        and bare[-2:] not in ("ss", "us", "is")
        and bare[-2] not in " '\u2019"
    ):
        return bare[:-1]
    return bare


def initials(key: str) -> frozenset[str]:
    """Abbreviations that a key of several words could have, with and without small words: "bank of america": "ba", "boa"."""
    words = key.split()
    if len(words) < 2:
        return frozenset()
    large = [word for word in words if word not in _SMALL]
    return frozenset("".join(word[0] for word in some) for some in (words, large) if len(some) > 1)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The name within text[start:end], without an article before it or a possessive after it; unchanged where nothing would be left."""
    written = text[start:end]
    first = len(written) - len(re.sub(r"\A(?:the|a|an)\s+", "", written, flags=re.IGNORECASE))
    last = len(re.sub(r"['\u2019]s?\s*\Z", "", written, flags=re.IGNORECASE))
    return (
        (start + first, start + last) if first < last and any(map(str.isalpha, written[first:last])) else (start, end)
    )
