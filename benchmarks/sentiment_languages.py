"""Sentiment by multilingual-e5-small in eleven languages, none of which its head was trained on.

Of each language, on the half of the texts on which no threshold was chosen: AUC and calibration of positive against negative, how often a
decided text is right and how many are decided, with the bands of nlp/heads/languages.tsv; how many neutral texts are called positive or
negative; texts a second of CPU. `--choose` writes that table again, with bands chosen on the other half.
Run: python benchmarks/sentiment_languages.py [--choose] [FOLDER]
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from typing import NamedTuple

os.environ.update({"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"})

import numpy as np
from _multilingual import DEFAULT, Labelled, is_to_choose, load

from nlp.encoders.e5_numpy import E5Encoder
from nlp.heads.multilingual import TABLE, Band, MultilingualHead, bands, calibration_error

GOAL, COVERAGE = 0.90, 0.60
MARGIN = 0.01  # above the goal, on the half that bands are chosen on
POSITIVE_BARS = np.arange(0.60, 0.96, 0.01)  # the head leans to the positive in other languages, so
NEGATIVE_BARS = np.arange(0.50, 0.04, -0.01)  # the bars are not around the middle
LEAST = 20  # decided texts that a band has to rest on
CLASSES = ("positive", "negative")
HEAD = """\
# Which probability of `positive` says what, by language (ISO 639-1): from the second column on positive, up to the third negative.
# Chosen on one half of labelled texts and measured on the other: see docs/analysis.md. "-": too often wrong, so nothing is said.
# language	positive from	negative to	texts	AUC	right where decided	decided	ECE
"""


class Scored(NamedTuple):
    """Texts of one language: the probability, and what people said (1, -1 or 0)."""

    p: np.ndarray
    truth: np.ndarray


def main() -> None:
    arguments = [each for each in sys.argv[1:] if each != "--choose"]
    texts = load(arguments[0] if arguments else DEFAULT)
    encoder = E5Encoder()
    begun = time.process_time()
    p = MultilingualHead().positive(encoder.embed([each.text for each in texts]))
    speed = len(texts) / (time.process_time() - begun)
    mean = np.mean([len(each.text) for each in texts])
    print(f"{len(texts):,} texts of {mean:.0f} characters, {encoder.truncated} cut: {speed:.0f} texts/s of CPU\n")
    chosen = bands()
    if "--choose" in sys.argv:
        chosen = written(split(texts, p, choosing=True), split(texts, p, choosing=False))
    for language, scored in sorted(split(texts, p, choosing=False).items()):
        print(line(language, scored, chosen.get(language)))


def split(texts: list[Labelled], p: np.ndarray, *, choosing: bool) -> dict[str, Scored]:
    mine = np.array([is_to_choose(each.text) is choosing for each in texts])
    sign = np.array([{"positive": 1, "negative": -1}.get(each.label, 0) for each in texts])
    languages = np.array([each.language for each in texts])
    return {
        each: Scored(p[mine & (languages == each)], sign[mine & (languages == each)])
        for each in sorted(set(languages.tolist()))
    }


def chosen_band(scored: Scored) -> Band | None:
    """The widest bands in which the texts of this half are right often enough, or None."""
    up = next((bar for bar in POSITIVE_BARS if _is_right(scored, scored.p >= bar, 1)), None)
    down = next((bar for bar in NEGATIVE_BARS if _is_right(scored, scored.p <= bar, -1)), None)
    if up is None or down is None:
        return None
    band = Band(round(float(up), 2), round(float(down), 2))
    return band if figures(scored, band)[1] >= COVERAGE else None


def _is_right(scored: Scored, decided: np.ndarray, sign: int) -> bool:
    counted = scored.truth[decided & (scored.truth != 0)]
    return len(counted) >= LEAST and np.mean(counted == sign) >= GOAL + MARGIN


def figures(scored: Scored, band: Band) -> tuple[float, float]:
    """Of texts that people call positive or negative: how many of the decided are right, and how many are decided."""
    clear = scored.truth != 0
    guess = np.where(scored.p >= band.positive_from, 1, np.where(scored.p <= band.negative_to, -1, 0))
    decided = clear & (guess != 0)
    return float(np.mean(guess[decided] == scored.truth[decided])), float(decided.sum() / clear.sum())


def auc(scored: Scored) -> float:
    """How often a positive text is above a negative one; ties count half."""
    up, down = scored.p[scored.truth == 1], scored.p[scored.truth == -1]
    return float(np.mean((up[:, None] > down[None]) + 0.5 * (up[:, None] == down[None])))


def error(scored: Scored) -> float:
    clear = scored.truth != 0
    return calibration_error(scored.p[clear], scored.truth[clear] == 1)


def line(language: str, scored: Scored, band: Band | None) -> str:
    many = f"{language}  {(scored.truth != 0).sum():4} texts  AUC {auc(scored):.3f}  ECE {error(scored):.3f}"
    if band is None:
        return f"{many}  undetermined"
    right, coverage = figures(scored, band)
    neutral = scored.p[scored.truth == 0]
    called = np.mean((neutral >= band.positive_from) | (neutral <= band.negative_to)) if len(neutral) else 0
    return (
        f"{many}  positive >= {band.positive_from:.2f}, negative <= {band.negative_to:.2f}: right {right:.3f}, decided {coverage:.3f};"
        f" of neutral ones {called:.2f} decided"
    )


def written(choosing: Mapping[str, Scored], reporting: Mapping[str, Scored]) -> dict[str, Band]:
    """The table: a language that does not reach the goal on both halves has no band."""
    rows, kept = [], {}
    for language, scored in sorted(reporting.items()):
        band = chosen_band(choosing[language])
        right, coverage = figures(scored, band) if band else (0.0, 0.0)
        shared = f"{(scored.truth != 0).sum()}\t{auc(scored):.3f}"
        reached = f"{right:.3f}\t{coverage:.3f}" if band else "-\t-"
        if band and right >= GOAL and coverage >= COVERAGE:
            kept[language] = band
        bars = f"{band.positive_from:.2f}\t{band.negative_to:.2f}" if band and language in kept else "-\t-"
        rows.append(f"{language}\t{bars}\t{shared}\t{reached}\t{error(scored):.3f}\n")
    TABLE.write_text(HEAD + "".join(rows), "ascii")
    return kept


if __name__ == "__main__":
    main()
