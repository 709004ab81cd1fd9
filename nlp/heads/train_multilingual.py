"""Trains the head of multilingual-e5-small: `python -m nlp.heads.train_multilingual` writes nlp/heads/multilingual.json.

From English texts only (see snippets.py). The encoder puts what means the same in other languages near to it, so the head holds
there, too; how well, by language, is what benchmarks/sentiment_languages.py measures. Takes minutes, mostly for the vectors.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
import platformdirs

from nlp.encoders.e5_file import SHA256, Floats
from nlp.encoders.e5_numpy import E5Encoder
from nlp.heads.data import Rated, rated_sentences, requirement
from nlp.heads.multilingual import FILE, calibration_error

FOLDS = 5
REGULARISATION = 1e-4  # scikit-learn's C on standardised vectors


def main() -> None:
    """Write the head."""
    cache = platformdirs.user_cache_path("reviewstream") / "heads"
    snippets = rated_sentences(cache)
    encoder = E5Encoder()
    head = trained(encoder.embed([each.text for each in snippets]), snippets)
    head |= {"encoder": encoder.name, "weights_sha256": SHA256, "trained_on": requirement()}
    FILE.write_text(json.dumps(head, indent=None, separators=(",", ":")) + "\n", "ascii")
    print(f"{FILE.name}: {len(snippets):,} texts, cross-validated accuracy {head['accuracy']}, ECE {head['ece']}")


def trained(vectors: Floats, snippets: Sequence[Rated]) -> dict[str, Any]:
    """Weights and bias whose logistic is a calibrated probability of `positive`, and how well it does on parts left out.

    Logistic regression on standardised vectors, both classes of the same weight; Platt's scaling on cross-validated scores.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    truth = np.array([each.positive for each in snippets], int)
    mean, spread = vectors.mean(0, dtype=np.float64), vectors.std(0, dtype=np.float64)
    standard = (vectors - mean) / spread
    model = LogisticRegression(C=REGULARISATION, max_iter=3_000, class_weight="balanced")
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    scores = cross_val_predict(model, standard, truth, cv=folds, method="decision_function")
    platt = LogisticRegression(C=1e6).fit(scores[:, None], truth)
    slope, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    model.fit(standard, truth)
    weights = model.coef_[0] / spread
    p = 1 / (1 + np.exp(-(slope * scores + shift)))
    return {
        "bias": round(slope * float(model.intercept_[0] - weights @ mean) + shift, 5),
        "weights": [round(slope * float(weight), 4) for weight in weights],
        "texts": len(snippets),
        "accuracy": round(float(((p > 0.5) == truth).mean()), 4),
        "ece": round(calibration_error(p, truth), 4),
        "scikit_learn": version("scikit-learn"),
    }


if __name__ == "__main__":
    main()
