"""Topics of real reviews: how coherent and stable they are, and how many reviews keep theirs when a tenth more come.

    python -m benchmarks.topics ../shared/data        # skytrax (lounges and seats) and zoom, embedded by MiniLM

Reads the review data where it lies. Embedding takes most of the time: some 150 reviews a second and core.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlp.encoders.models import MINILM
from nlp.encoders.onnx import load
from nlp.topics.assignment import Assigner
from nlp.topics.fitting import first_fit, warm_fit
from nlp.topics.model import Fit, Sample
from nlp.vectors import Vectors, packed

MOST = 20_000
DATA = Path(__file__).parents[1].parent / "shared" / "data"


def texts_of(data: Path) -> dict[str, list[str]]:
    """The texts of each set."""
    csv.field_size_limit(10**8)
    skytrax: list[str] = []
    for name in ("lounge.csv", "seat.csv"):
        with (data / "skytrax" / name).open(encoding="utf8", newline="") as lines:
            skytrax += [row["content"] for row in csv.DictReader(lines)]
    with gzip.open(data / "zoom_play" / "zoom_play_reviews.tsv.gz", "rt", encoding="utf8", newline="") as lines:
        zoom = [row["text"] for row in csv.DictReader(lines, delimiter="\t")]
    return {"skytrax": skytrax, "zoom": zoom[:MOST]}


def vectors_of(name: str, texts: Sequence[str], cache: Path | None) -> Vectors:
    """Embedded, or as they were embedded before."""
    path = cache / f"{name}.npy" if cache else None
    if path is not None and path.is_file():
        found: Vectors = np.load(path)
        return found[: len(texts)]
    made = load(MINILM).embed(texts)
    if path is not None:
        np.save(path, made)
    return made


def measure(name: str, texts: Sequence[str], vectors: Vectors) -> None:
    """Print what a first fit finds, and what a fit on a tenth more reviews keeps of it."""
    packs = [packed(row) for row in vectors]
    order = np.random.default_rng(1).permutation(len(texts))
    seen = order[: int(len(texts) / 1.1)]

    def sample(rows: Sequence[int]) -> Sample:
        parts = [tuple(map(str, rows)), tuple(packs[i] for i in rows), tuple(texts[i] for i in rows)]
        return Sample(*parts, ("en",) * len(rows), frozenset({"skytrax", "zoom"}))

    began = time.process_time()
    first = first_fit(sample(seen))
    took = time.process_time() - began
    print(f"\n{name}: {len(seen)} reviews, {took:.0f} s of CPU; {len(first.found)} topics: {first.why}")
    for one in first.tried:
        print(f"  {one.topics:3} topics: coherence {one.coherence:.3f}, stability {one.stability:.2f}")
    for topic in sorted(first.found, key=lambda one: -one.size):
        print(f"  {topic.size:6} {topic.coherence:.3f} {topic.stability:.2f} {', '.join(topic.keywords[:6])}")
    weights = [topic.size for topic in first.found]
    coherence, stable = ([getattr(t, of) for t in first.found] for of in ("coherence", "stability"))
    print(f"  mean coherence {np.mean(coherence):.3f}, stability {np.average(stable, weights=weights):.2f}")
    again = warm_fit(sample(order), [topic.centre for topic in first.found])
    before, after = (_first(fit, [packs[i] for i in seen]) for fit in (first, again))
    alone = np.mean([topic is None for topic in after])
    kept = np.mean([a == b for a, b in zip(before, after, strict=True)])
    print(f"  a tenth more: {kept:.1%} keep their topic, or that they have none ({alone:.1%} have none)")


def _first(fit: Fit, vectors: Sequence[bytes]) -> list[str | None]:
    owners = [str(number) for number in range(len(fit.found))]
    bounds = {"least_confidence": fit.least_confidence, "least_cosine": fit.least_cosine}
    found = Assigner([each.centre for each in fit.found], owners, sharpness=fit.sharpness, **bounds).shares(vectors)
    return [shares[0].topic_id if shares else None for shares in found]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, nargs="?", default=DATA, help="directory with skytrax/ and zoom_play/")
    parser.add_argument("--cache", type=Path, help="directory where vectors are kept for the next run")
    parser.add_argument("--only", help="one set: skytrax or zoom")
    given = parser.parse_args()
    if not (given.data / "skytrax").is_dir():
        print(f"not measured: there is no review data in {given.data}")
        return
    for name, texts in texts_of(given.data).items():
        if given.only in {None, name}:
            measure(name, texts, vectors_of(name, texts, given.cache))


if __name__ == "__main__":
    main()
