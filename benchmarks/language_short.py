"""How often the language of a short text is right: py3langid alone, and with fastText beside it.

The first words of labelled texts, up to 30 and up to 15 characters, without names and addresses of a platform. Figures are of the half
on which no threshold was chosen. Hindi is left out: these texts are in Latin script, which no detector knows.
Run: python benchmarks/language_short.py [FOLDER]
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from _labelled import DEFAULT, Labelled, is_to_choose, multilingual

from nlp.language import LanguageDetector, has_letters, only_letters
from nlp.language_ensemble import Detector, LanguageEnsemble

PLATFORM = re.compile(r"@\S+|#\S+|\bhttp\b")
LENGTHS = (30, 15)
BARS = np.arange(0, 1, 0.02)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    texts = [each for each in multilingual(folder) if each.language != "hi"]
    alone = LanguageDetector(0.0)
    detectors: dict[str, Detector] = {"py3langid": alone, "both": LanguageEnsemble(0.0, for_longer=alone)}
    for length in LENGTHS:
        short = [each._replace(text=cut(each.text, length)) for each in texts]
        short = [each for each in short if has_letters(only_letters(each.text))]
        for name, detector in detectors.items():
            report(f"{name}, {length} characters", detector, short)


def cut(text: str, length: int) -> str:
    """The first words; in the middle of one where there is no blank in the second half."""
    text = " ".join(PLATFORM.sub(" ", text).split())
    if len(text) <= length:
        return text
    blank = text.rfind(" ", 0, length + 1)
    return text[: blank if blank > length // 2 else length]


def report(name: str, detector: Detector, texts: Sequence[Labelled]) -> None:
    begun = time.process_time()
    found = [detector.detect(each.text) for each in texts]
    speed = len(texts) / (time.process_time() - begun)
    right = np.array([each.language == verdict.language for each, verdict in zip(texts, found, strict=True)])
    sure = np.array([verdict.confidence for verdict in found])
    choosing = np.array([is_to_choose(each.text) for each in texts])
    languages = np.array([each.language for each in texts])
    print(f"{name}: forced {right[~choosing].mean():.3f}, {speed:,.0f} texts/s of CPU")
    chosen = next((bar for bar in BARS if right[choosing & (sure >= bar)].mean() >= 0.95), BARS[-1])
    for bar in (0.4, 0.5, chosen):
        decided = ~choosing & (sure >= bar)
        shares = ", ".join(
            f"{each} {right[decided & (languages == each)].mean():.2f} ({decided[~choosing & (languages == each)].mean():.2f})"
            for each in sorted(set(languages))
        )
        mark = " (for .95 on the other half)" if bar is chosen else ""
        print(
            f"  bar {bar:.2f}{mark}: right {right[decided].mean():.3f}, coverage {decided.sum() / (~choosing).sum():.3f}: {shares}"
        )


if __name__ == "__main__":
    main()
