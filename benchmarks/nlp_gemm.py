"""What OpenBLAS (by numpy) and the bulk decoder gain over spaCy's own BLIS and state machine, and whether entities agree.

Every measurement is a process of its own with one thread; the four ways alternate, since a shared machine is never
equally fast for long. Prints CPU medians and ratios; exits 1 when two ways find different entities.
Run: python benchmarks/nlp_gemm.py [REVIEWS.tsv.gz]
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from _reviews import DEFAULT, load_reviews

REVIEWS = 2_360  # at least; every eleventh review of the file
ROUNDS = 5
BATCH = 64
WAYS = [("spacy", "blis"), ("spacy", "numpy"), ("bulk", "blis"), ("bulk", "numpy")]


def measure(decoder: str, gemm: str, path: str) -> dict[str, Any]:
    """CPU seconds for the sample and a hash of every mention found."""
    from nlp.entities import EntityFinder

    reviews = load_reviews(path)
    texts = reviews[:: max(1, len(reviews) // REVIEWS)]
    finder = EntityFinder(gemm, bulk=decoder == "bulk")
    finder.find(texts[:BATCH])
    begun = time.process_time()
    found = [finder.find(texts[first : first + BATCH]) for first in range(0, len(texts), BATCH)]
    seconds = time.process_time() - begun
    mentions = [mention for batch in found for text in batch for mention in text]
    digest = hashlib.sha256(json.dumps(found).encode()).hexdigest()
    return {"seconds": seconds, "texts": len(texts), "mentions": len(mentions), "digest": digest}


def in_a_process(decoder: str, gemm: str, path: str) -> dict[str, Any]:
    repository = Path(__file__).parents[1]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(repository)}
    command = [sys.executable, __file__, "--measure", decoder, gemm, path]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
    return json.loads(answer.stdout)


def main() -> None:
    path = sys.argv[1] if len(sys.argv) > 1 else str(DEFAULT)
    runs: dict[tuple[str, str], list[dict[str, Any]]] = {way: [] for way in WAYS}
    for _ in range(ROUNDS):
        for way in WAYS:
            runs[way].append(in_a_process(*way, path))
    medians = {way: statistics.median(run["seconds"] for run in runs[way]) for way in WAYS}
    for way in WAYS:
        rate = runs[way][0]["texts"] / medians[way]
        print(f"decoder {way[0]:<6} gemm {way[1]:<6}{rate:>8,.0f} docs/s  {runs[way][0]['mentions']} mentions")
    for label, slow, fast in (
        ("gemm, spaCy's decoder", WAYS[0], WAYS[1]),
        ("gemm, bulk decoder", WAYS[2], WAYS[3]),
        ("decoder, numpy's gemm", WAYS[1], WAYS[3]),
        ("both", WAYS[0], WAYS[3]),
    ):
        print(f"ratio of {label}: {medians[slow] / medians[fast]:.2f}")
    digests = {run["digest"] for way in WAYS for run in runs[way]}
    print("entities:", "the same" if len(digests) == 1 else "DIFFERENT")
    sys.exit(len(digests) != 1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(*sys.argv[2:5])))
    else:
        main()
