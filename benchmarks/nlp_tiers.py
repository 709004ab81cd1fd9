"""Reviews a second of one core, analysed whole, in each tier: distinct reviews of zoom_play, 64 at a time as the pool gives them.

Run: python benchmarks/nlp_tiers.py [--reviews 1000]
"""

from __future__ import annotations

import argparse
import os
import random
import time

os.environ.update({"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "BLIS_NUM_THREADS": "1"})

from _reviews import load_reviews

from nlp.analyzer import Analyzer
from nlp.model import Given
from nlp.settings import AnalyzerSettings
from nlp.tiers import TIERS

BATCH = 64


def main() -> None:
    """Measure and print; each tier has an analyzer of its own, so that no sentence is remembered from another."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reviews", type=int, default=1_000)
    wanted = parser.parse_args().reviews
    texts = list(dict.fromkeys(load_reviews()))
    chosen = random.Random(0).sample(texts, min(wanted + BATCH, len(texts)))
    print(f"{wanted:,} reviews of {sum(map(len, chosen)) / len(chosen):.0f} characters")
    for tier in TIERS:
        analyzer = Analyzer(AnalyzerSettings(tier=tier))
        analyzer.analyze([Given(text, tier=tier) for text in chosen[:BATCH]])
        begun = time.process_time()
        for first in range(BATCH, len(chosen), BATCH):
            analyzer.analyze([Given(text, tier=tier) for text in chosen[first : first + BATCH]])
        print(f"{tier:8} {wanted / (time.process_time() - begun):5.0f} reviews/s of one core")


if __name__ == "__main__":
    main()
