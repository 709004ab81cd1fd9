"""Trains heads: `python -m nlp.train_heads [minilm] [e5] [multilingual]` writes nlp/heads/*.json.

From English sentences with the mean of many people's ratings (data.py), and nothing else: a ridge regression of the mean
on the sentence's vector and features, and a logistic from cross-validated predictions to the sign of clear sentences.
Takes one to five minutes each, nearly all of it for the vectors.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
import platformdirs

from nlp.heads.calibration import calibration_error
from nlp.heads.data import Rated, rated_sentences, requirement
from nlp.heads.head import Numbers
from nlp.heads.kinds import KINDS, Kind, features_of
from nlp.loading import encoder_of
from nlp.vectors import Vectors

FOLDS = 5
LOUDNESS = 3.0
"""How much larger a standardised feature is than a number of a vector: there are hundreds of those."""


def main() -> None:
    """Write the heads that are named, or all."""
    from nlp.emoji import emoji_words
    from nlp.sentiment import SentimentAnalyzer

    sentences = rated_sentences(platformdirs.user_cache_path("reviewstream") / "heads")
    lexicon = SentimentAnalyzer(emoji_words())
    for kind in [each for each in KINDS if each.name in (sys.argv[1:] or [each.name])]:
        encoder, texts = encoder_of(kind), [each.text for each in sentences]
        head = trained(kind, encoder.embed(texts), features_of(kind, texts, lexicon), sentences)
        head |= {"encoder": encoder.name, "trained_on": requirement(), "texts_sha256": digest(sentences)}
        kind.path.write_text(json.dumps(head, separators=(",", ":")) + "\n", "ascii")
        print(f"{kind.path.name}: {len(texts):,} sentences, accuracy {head['accuracy']}, ECE {head['ece']}")


def trained(kind: Kind, vectors: Vectors, features: Numbers, sentences: Sequence[Rated]) -> dict[str, Any]:
    """A head, and how well it does on folds that were left out."""
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.model_selection import KFold, cross_val_predict

    means = np.array([each.mean for each in sentences])
    clear = np.array([each.is_clear for each in sentences])
    given = np.hstack([vectors.astype(np.float64), features])
    centre, scale = given.mean(0), np.maximum(given.std(0), 1e-3)  # a dimension may be constant
    scale[vectors.shape[1] :] /= LOUDNESS
    standard = (given - centre) / scale
    model = Ridge(alpha=kind.stiffness)
    left_out = cross_val_predict(model, standard, means, cv=KFold(FOLDS, shuffle=True, random_state=0))
    platt = LogisticRegression(C=1e6).fit(left_out[clear, None], means[clear] > 0)
    slope, shift = float(platt.coef_[0, 0]), float(platt.intercept_[0])
    weights = model.fit(standard, means).coef_ / scale
    p = 1 / (1 + np.exp(-(slope * left_out[clear] + shift)))
    return {
        "slope": round(slope, 4),
        "shift": round(shift, 4),
        "bias": round(float(model.intercept_ - weights @ centre), 4),
        "weights": [round(float(each), 4) for each in weights[: vectors.shape[1]]],
        "feature_weights": [round(float(each), 4) for each in weights[vectors.shape[1] :]],
        "sentences": len(sentences),
        "accuracy": round(float(((p > 0.5) == (means[clear] > 0)).mean()), 4),
        "ece": round(calibration_error(p, means[clear] > 0), 4),
        "scikit_learn": version("scikit-learn"),
    }


def digest(sentences: Sequence[Rated]) -> str:
    """Of the sentences and ratings as they were read."""
    lines = "".join(f"{each.mean}\t{each.text}\n" for each in sentences)
    return hashlib.sha256(lines.encode()).hexdigest()


if __name__ == "__main__":
    main()
