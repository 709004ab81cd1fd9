"""The source's hint at a language, heard where the text alone does not tell."""

from __future__ import annotations

from nlp.language import Verdict, has_letters
from nlp.language_hint import language_of
from nlp.model import UNDETERMINED_LANGUAGE


def with_hint(verdict: Verdict, text: str, hint: str | None) -> Verdict:
    """The verdict, or the hint where that is `und`. A text of signs alone is in no language, whatever the hint.

    The confidence stays the detector's: how sure it was of the best guess, which it refused.
    """
    if verdict.language != UNDETERMINED_LANGUAGE or not has_letters(text):
        return verdict
    return Verdict(language_of(hint) or UNDETERMINED_LANGUAGE, verdict.confidence)
