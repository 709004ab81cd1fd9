"""Which words can be nouns, verbs, adjectives: WordNet's lists, as the English model's wheel has them for its lemmatizer.

They are read without spaCy (20 ms, about 12 MB): a tagger costs milliseconds a review, looking words up costs microseconds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from nlp.entities import MODEL
from schemas.errors import Unavailable

NOUN, VERB, ADJECTIVE, ADVERB = 1, 2, 4, 8
PARTS = {"noun": NOUN, "verb": VERB, "adj": ADJECTIVE, "adv": ADVERB}
_INVARIABLE = re.compile(r"(?:ss|us|is|ics|news|lens|ous|less)$")
_SIBILANTS = ("ses", "xes", "zes", "ches", "shes")


class Lexicon(NamedTuple):
    """Parts of speech by lemma as bits, and the lemmas of irregular forms."""

    parts: Mapping[str, int]
    nouns: Mapping[str, str]
    verbs: Mapping[str, str]

    def of(self, word: str) -> int:
        """The parts of speech that a word in lower case can be; 0 for one that the lists do not have."""
        known = self.parts.get(word, 0)
        if word in self.verbs or self._inflects(word):
            known |= VERB
        if not known & NOUN and self.parts.get(self.singular(word), 0) & NOUN:
            known |= NOUN
        return known

    def singular(self, word: str) -> str:
        """Of a noun in lower case; of a word that is none already, itself."""
        if word in self.nouns:
            return self.nouns[word]
        if len(word) < 4 or not word.endswith("s") or _INVARIABLE.search(word):
            return word
        if word.endswith(_SIBILANTS) and len(word) > 5 and self.parts.get(word[:-2], 0) & NOUN:
            return word[:-2]
        for ending, instead in (("ies", "y"), ("es", "e"), ("es", ""), ("s", "")):
            made = word.removesuffix(ending) + instead
            if word.endswith(ending) and self.parts.get(made, 0) & NOUN:
                return made
        return word[:-1]

    def _inflects(self, word: str) -> bool:
        for ending in ("ing", "ed", "es", "s"):
            if word.endswith(ending) and len(word) > len(ending) + 2:
                stem = word.removesuffix(ending)
                return any(
                    self.parts.get(s, 0) & VERB for s in (stem, stem + "e", stem[:-1] if stem[-1] == stem[-2] else stem)
                )
        return False


@cache
def lexicon() -> Lexicon:
    """Loaded once a process. Raises Unavailable when the model is not installed or has no such lists."""
    import srsly  # type: ignore[import-untyped]
    from spacy.strings import get_string_id

    try:
        (found,) = files(MODEL).glob("*/lemmatizer/lookups/lookups.bin")  # type: ignore[attr-defined]
    except (ModuleNotFoundError, ValueError) as error:
        raise Unavailable(
            f"The English model's word lists are missing. Install it: pip install {MODEL.replace('_', '-')}"
        ) from error
    tables: Any = srsly.msgpack_loads(found.read_bytes())
    parts: dict[str, int] = {}
    for name, bit in PARTS.items():
        for word in tables["lemma_index"][get_string_id(name)]:
            parts[word] = parts.get(word, 0) | bit
    irregular = tables["lemma_exc"]
    one = {
        name: {form: lemmas[0] for form, lemmas in irregular[get_string_id(name)].items()} for name in ("noun", "verb")
    }
    return Lexicon(parts, one["noun"], one["verb"])
