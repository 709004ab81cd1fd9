"""Which language a hint of the source means, in whatever form it comes; what cannot be understood is no hint.

Understood are codes of ISO 639 ("en", "eng", "ger"), alone or with a region, script or list behind them ("en_US", "zh-Hans", "sr@latin",
"en-US,en;q=0.9"), and names ("English (US)", "Deutsch", "Brazilian Portuguese", Steam's "schinese"). Not understood are
numbers, wildcards, and names of two languages.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files

LONGEST_HINT = 100  # characters
_ASIDE = re.compile(r"\([^()]*\)")
_CODE = re.compile(r"[a-z]{2,3}(?=[-_@.]|\Z)")
_WORD = re.compile(r"[^\W\d_]{4,}")  # shorter words are regions: "English US"


@lru_cache(1_000)
def language_of(hint: str | None) -> str | None:
    """The code of ISO 639-1, or None."""
    if not hint or len(hint) > LONGEST_HINT:
        return None
    first = re.split("[,;]", _ASIDE.sub("", hint.casefold()), maxsplit=1)[0].strip()
    return _codes().get(first) or _by_code(first) or _by_words(first)


def _by_code(tag: str) -> str | None:
    code = _CODE.match(tag)
    return _codes().get(code[0]) if code else None


def _by_words(name: str) -> str | None:
    found = {_codes()[word] for word in _WORD.findall(name) if word in _codes()}
    return found.pop() if len(found) == 1 else None


@cache
def _codes() -> dict[str, str]:
    """The code of each code and name in the table, in lower case."""
    lines = files("nlp").joinpath("language_names.tsv").read_text("utf8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {name: code for code, names in rows for name in (code, *names.split(","))}
