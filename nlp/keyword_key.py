"""What joins spellings of one keyword: case, singular and plural, blanks and hyphens ("Wi-Fi", "wifi", "wi fi")."""

from __future__ import annotations

import re
from functools import lru_cache

from nlp.lexemes import lexemes

_SEPARATORS = re.compile(r"[\s\-_/]+")
_POSSESSIVE = re.compile(r"['\u2019]s?\Z")
_ALWAYS_PLURAL = frozenset(
    [
        "airways",
        "alps",
        "arms",
        "business",
        "class",
        "clothes",
        "customs",
        "economics",
        "glass",
        "glasses",
        "goods",
        "gps",
        "headquarters",
        "means",
        "news",
        "plus",
        "premises",
        "sales",
        "series",
        "sms",
        "species",
        "status",
        "thanks",
        "toilets",
        "usb",
        "works",
    ]
) - {"toilets"}


@lru_cache(maxsize=50_000)
def singular(word: str) -> str:
    """The singular of an English word in lower case; a word that the dictionary does not know keeps its ending."""
    known = lexemes()
    if word in _ALWAYS_PLURAL or len(word) < 4:
        return word
    if word in known.irregular_nouns:
        return known.irregular_nouns[word]
    for ending, instead in (("ies", "y"), ("es", ""), ("s", "")):
        base = word.removesuffix(ending) + instead
        if (
            word.endswith(ending)
            and not word.endswith("ss")
            and len(base) > 2
            and base in known.nouns
            and _is_regular(base, ending)
        ):
            return base
    return word


@lru_cache(maxsize=50_000)
def keyword_key(text: str, language: str = "en") -> str:
    """One key for all spellings: in English words in singular; blanks and hyphens are left out in all languages.

    Idempotent for one word. Never empty for a text with a letter.
    """
    words = [_POSSESSIVE.sub("", word) for word in _SEPARATORS.split(text.casefold()) if word]
    return "".join(map(singular, words) if language == "en" else words) or text.casefold()


def _is_regular(base: str, ending: str) -> bool:
    """Whether a noun takes this ending: "boxes" is of "box", "phones" is not of "phon"."""
    return ending != "es" or base.endswith(("s", "x", "z", "ch", "sh", "o"))
