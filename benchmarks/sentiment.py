"""Sentiment against labelled texts that no head was trained on: English reviews by tier, and eleven languages.

Figures are of the half of the texts on which no bar was chosen: macro F1 of two classes (cut at p = 0.5, nothing undetermined), AUC, how
often a decided text is right and how many are decided with the bars of nlp/heads/bars.tsv, calibration error; of neutral texts how many
are decided. `--choose` writes that table again, with bars and calibration chosen on the other half. `--reliability` prints the curves.
Run: python benchmarks/sentiment.py [--choose] [--reliability] [minilm|e5|multilingual …]
"""

from __future__ import annotations

import os
import sys
import time
from typing import NamedTuple

os.environ.update({"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"})

import _bars
import numpy as np
from _labelled import Labelled, english, is_to_choose, multilingual

from nlp.emoji import emoji_words
from nlp.heads import kinds
from nlp.heads.bars import TABLE, Bars, bars_of
from nlp.heads.calibration import calibration_error, reliability
from nlp.measure import Measurer, Text
from nlp.sentiment import SentimentAnalyzer

BATCH = 64
HEAD = """\
# From which calibrated probability of `positive` on a text is called so, and up to which negative, by head and language (ISO 639-1).
# Calibration: odds * slope + shift. Both were chosen on one half of labelled texts; the figures are of the other half, which is all
# that `right` (of the decided), `decided` (of those that are not neutral), AUC and calibration error (ECE) speak of.
# "-": this sign is too often wrong in that language, so it is never said. Written by benchmarks/sentiment.py --choose.
# head	language	slope	shift	positive from	negative to	texts	AUC	right	decided	ECE
"""


class Scored(NamedTuple):
    """Texts of one language or set, with the head's probabilities before a language's calibration."""

    p: np.ndarray
    sign: np.ndarray

    def calibrated(self, bars: Bars) -> Scored:
        return Scored(np.array([bars.calibrated(float(each)) for each in self.p]), self.sign)


def main() -> None:
    wanted = [kind for kind in kinds.KINDS if kind.name in sys.argv] or list(kinds.KINDS)
    rows = []
    for kind in wanted:
        texts = multilingual() if kind is kinds.MULTILINGUAL else english()
        p = probabilities(kind, texts)
        rows += [of_language(kind, language, texts, p) for language in sorted({each.language for each in texts})]
        if kind is not kinds.MULTILINGUAL:
            of_sets(kind, texts, p)
    if "--choose" in sys.argv:
        kept = [line for line in TABLE.read_text("ascii").splitlines(keepends=True) if not line.startswith("#")]
        names = {kind.name for kind in wanted}
        TABLE.write_text(HEAD + "".join([*(each for each in kept if each.split("\t")[0] not in names), *rows]), "ascii")


def probabilities(kind: kinds.Kind, texts: list[Labelled]) -> np.ndarray:
    lexicon = SentimentAnalyzer(emoji_words())
    measurer = Measurer(kind, lexicon)
    begun = time.process_time()
    read = [Text(each.text, each.language, lexicon.read(each.text, each.language)) for each in texts]
    found = [p for first in range(0, len(read), BATCH) for p in measurer.probabilities(read[first : first + BATCH])]
    p = np.array([0.5 if each is None else each for each in found])
    speed, mean = len(texts) / (time.process_time() - begun), np.mean([len(each.text) for each in texts])
    print(f"\n{kind.name}: {len(texts):,} texts of {mean:.0f} characters, {speed:.0f} texts/s of one core")
    return p


def of_language(kind: kinds.Kind, language: str, texts: list[Labelled], p: np.ndarray) -> str:
    choosing, reporting = (scored(texts, p, lambda each: each.language == language, half) for half in (True, False))
    bars = bars_of(kind.name, language)
    if "--choose" in sys.argv or bars is None:
        bars = (_bars.english if language == "en" else _bars.chosen)(choosing.p, choosing.sign)
    figures = of_half(reporting.calibrated(bars), bars)
    print(f"  {language:6} {shown(figures)}  bars {bars.positive_from} {bars.negative_to}")
    if "--reliability" in sys.argv:
        curve(reporting.calibrated(bars))
    cells = [bars.slope, bars.shift, *("-" if bar is None else bar for bar in (bars.positive_from, bars.negative_to))]
    numbers = [figures["texts"], *(f"{figures[name]:.3f}" for name in ("auc", "right", "decided", "ece"))]
    return "\t".join(map(str, [kind.name, language, *cells, *numbers])) + "\n"


def of_sets(kind: kinds.Kind, texts: list[Labelled], p: np.ndarray) -> None:
    bars, found = bars_of(kind.name, "en") or Bars(1.0, 0.0, None, None), []
    for name in dict.fromkeys(each.set for each in texts):
        part = [scored(texts, p, lambda each, name=name: each.set == name, half) for half in (True, False)]
        both = Scored(np.concatenate([each.p for each in part]), np.concatenate([each.sign for each in part]))
        found.append(of_half(both, bars))
        print(f"  {name:6} {shown(found[-1])}")
    print("  mean   " + ", ".join(f"{name} {np.mean([each[name] for each in found]):.3f}" for name in ("f1", "auc")))


def scored(texts: list[Labelled], p: np.ndarray, wanted: object, choosing: bool) -> Scored:
    mine = np.array([wanted(each) and is_to_choose(each.text) is choosing for each in texts])
    return Scored(p[mine], np.array([each.sign for each in texts])[mine])


def of_half(half: Scored, bars: Bars) -> dict[str, float]:
    clear = half.sign != 0
    p, sign = half.p[clear], half.sign[clear]
    said = np.array([{"positive": 1, "negative": -1}.get(bars.label(float(each)), 0) for each in half.p])
    decided = clear & (said != 0)
    return {
        "texts": int(clear.sum()),
        "f1": float(np.mean([f1(sign == one, (p > 0.5) == (one > 0)) for one in (1, -1)])),
        "auc": auc(p[sign == 1], p[sign == -1]),
        "right": float(np.mean(said[decided] == half.sign[decided])) if decided.any() else 0.0,
        "decided": float(decided.sum() / max(clear.sum(), 1)),
        "ece": calibration_error(p, sign == 1),
        "neutral": float(np.mean(said[~clear] != 0)) if (~clear).any() else 0.0,
    }


def shown(figures: dict[str, float]) -> str:
    return "  ".join(
        f"{name} {value:.3f}" if isinstance(value, float) else f"{name} {value:4}" for name, value in figures.items()
    )


def curve(half: Scored) -> None:
    clear = half.sign != 0
    for each in reliability(half.p[clear], half.sign[clear] == 1):
        print(f"         {each.texts:5} texts of p {each.predicted:.2f}: {each.observed:.2f} positive")


def f1(truth: np.ndarray, said: np.ndarray) -> float:
    return float(2 * (truth & said).sum() / max(truth.sum() + said.sum(), 1))


def auc(up: np.ndarray, down: np.ndarray) -> float:
    """How often a positive text is above a negative one; ties count half."""
    return float(np.mean((up[:, None] > down[None]) + 0.5 * (up[:, None] == down[None])))


if __name__ == "__main__":
    main()
