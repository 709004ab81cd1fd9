"""Words that say nothing by themselves."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

_SPACY_NAME = {"no": "nb"}
_CLIPPED = frozenset(
    (
        "cant",
        "couldnt",
        "didnt",
        "doesnt",
        "dont",
        "hasnt",
        "havent",
        "im",
        "isnt",
        "its",
        "ive",
        "pls",
        "plz",
        "shouldnt",
        "thats",
        "wasnt",
        "wont",
        "wouldnt",
    )
)


@cache
def stop_words(language: str) -> frozenset[str]:
    """The stop words spaCy has for an ISO 639-1 code, or none.

    Read from its file alone: importing the language's package compiles its tokenizer, six seconds for French.
    """
    spacy = find_spec("spacy")
    if spacy is None or spacy.origin is None:
        return frozenset()
    path = Path(spacy.origin).parent / "lang" / _SPACY_NAME.get(language, language) / "stop_words.py"
    spec = spec_from_file_location(f"stop_words_{language}", path)
    if spec is None or spec.loader is None or not path.is_file():
        return frozenset()
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return frozenset(module.STOP_WORDS)


def is_stop(word: str, stops: frozenset[str], language: str) -> bool:
    """Whether a word (lower case) says nothing by itself: a stop word, a contraction of one, one letter, a number."""
    if len(word) < 2 or word in stops or not any(map(str.isalpha, word)):
        return True
    return language == "en" and (word in _CLIPPED or _is_contraction(word, stops))


def _is_contraction(word: str, stops: frozenset[str]) -> bool:
    """English "don't", "it's", "won't": a stop word with something clipped on."""
    head, mark, tail = word.replace("\u2019", "'").partition("'")
    return bool(mark) and (head in stops or (tail == "t" and (head[:-1] in stops or head == "won")))
