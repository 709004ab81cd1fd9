"""Which language a text is written in, or honestly `und`.

py3langid scores the letters only: emoji, digits and addresses say nothing about a language, and mathematical letters
used as ornament are read as the plain ones they stand for. In mixed script the larger part, Latin or not, decides. Its probabilities are calibrated for the length of the text, so
one bar serves short and long texts: below it, or with fewer than two letters, the answer is `und`.
"""

from __future__ import annotations

import re
import unicodedata
from importlib.metadata import version
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from nlp.model import UNDETERMINED_LANGUAGE

# The languages reviews are written in. py3langid knows 140; letting close relatives that no reviews are written in
# (Latin, Luxembourgish, Walloon, ...) compete makes short German, French and English texts unsure.
LANGUAGES = tuple(files("nlp").joinpath("languages.txt").read_text("ascii").split())
NO_LANGUAGE = "zxx"  # py3langid's class for letters that are no language at all
MINIMUM_LETTERS = 2
ENOUGH_CHARACTERS = 1_000  # more letters change no verdict but cost time

_WEB_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+")
_DIGIT = re.compile(r"[\d_]")
_LAST_LATIN = "\u024f"
_PARTS_OF_WRITING = ("M", "P")  # marks and punctuation, by Unicode's general category


class Verdict(NamedTuple):
    """A language code and how sure we are, in [0, 1]. For `und`: the confidence of the best guess that was refused."""

    language: str
    confidence: float


class LanguageDetector:
    """Holds py3langid's model (about 40 MB, 0.8 s to load)."""

    def __init__(self, minimum_confidence: float = 0.4) -> None:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier

        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._identifier.set_languages(LANGUAGES)
        # Kept as float16 in the file; converted once here instead of with every text. The same answers, twice as fast.
        self._identifier.nb_ptc = np.ascontiguousarray(self._identifier.nb_ptc, dtype=np.float32)
        self._minimum = minimum_confidence
        self.name = f"py3langid {version('py3langid')}"

    def detect(self, text: str) -> Verdict:
        """The language of a text of any length; never raises for odd characters."""
        letters = only_letters(text[:ENOUGH_CHARACTERS])
        if not has_letters(letters):
            return Verdict(UNDETERMINED_LANGUAGE, 0.0)
        language, confidence = self._identifier.classify(letters)
        return verdict_of(language, confidence, self._minimum)

    def probabilities(self, letters: str) -> dict[str, float]:
        """Of each language, and of none (`zxx`): the sum is 1. Takes what `only_letters` left of a text."""
        return dict(self._identifier.rank(letters[:ENOUGH_CHARACTERS]))


def verdict_of(language: str, confidence: float, minimum: float) -> Verdict:
    """The language where it is one and sure enough, else `und`."""
    known = language != NO_LANGUAGE and confidence >= minimum
    return Verdict(language if known else UNDETERMINED_LANGUAGE, min(round(confidence, 4), 1.0))


def has_letters(text: str) -> bool:
    """Whether it can be in a language at all."""
    return sum(map(str.isalpha, text)) >= MINIMUM_LETTERS


def only_letters(text: str) -> str:
    """The text without addresses, digits, signs and the letters of the minority script."""
    if not text.isascii():
        text = _of_one_script(unicodedata.normalize("NFKC", text))
    return _DIGIT.sub(" ", _WEB_ADDRESS.sub(" ", text)).strip()


def _of_one_script(text: str) -> str:
    latin = sum(1 for c in text if c.isalpha() and _is_latin(c))
    other = sum(1 for c in text if c.isalpha() and not _is_latin(c))
    return "".join(c if _speaks(c, latin=latin >= other, other=other >= latin) else " " for c in text)


def _speaks(character: str, *, latin: bool, other: bool) -> bool:
    if not character.isalpha():
        return character == " " or unicodedata.category(character)[0] in _PARTS_OF_WRITING
    return latin if _is_latin(character) else other


def _is_latin(character: str) -> bool:
    return character <= _LAST_LATIN or "\u1e00" <= character <= "\u1eff"
