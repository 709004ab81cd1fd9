"""The whole saga on the embedded stack against an offline loop with the same analysis, alternating in one run.

Prints, per round, reviews/s of both and their ratio; then medians, and CPU a review by process.
Usage: python benchmarks/pipeline.py [--rows 15000] [--rounds 5] [--file FILE] [--analysis ours|spacy]
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from _stack import publish_and_wait, running_stack

from aggregates.review.text import analysed_text
from aggregates.review.validation import validate
from embedded import control
from nlp.pool import AnalysisPool
from reviewstream.bootstrap import Bootstrap
from reviewstream.wiring.saga import analysis
from sources.files.mapping import FieldMapping
from sources.files.row_reader import RowReader

ZOOM = Path(__file__).parents[2] / "shared/data/zoom_play/zoom_play_reviews.tsv.gz"
CHUNK = 64
ANALYSES = {
    "ours": {},
    "spacy": {"REVIEWSTREAM_NLP_DECODER": "spacy", "REVIEWSTREAM_NLP_GEMM": "blis"},
}


@dataclass
class Round:
    """Wall seconds of both sides and CPU seconds by process of the pipeline."""

    offline: float
    pipeline: float
    cpu: dict[str, float] = field(default_factory=dict)


def main() -> None:
    """Measure and print."""
    args = arguments()
    if not args.file.exists():
        sys.exit(f"{args.file} is not there: name a file of reviews with --file")
    texts = list(itertools.islice(offline_texts(args.file), args.rows))
    print(
        f"{len(texts)} reviews, {args.rounds} rounds, {args.nlp_workers} NLP processes, analysis: {args.analysis}",
        flush=True,
    )
    with running_stack(ANALYSES[args.analysis] | {"REVIEWSTREAM_NLP_WORKERS": str(args.nlp_workers)}) as parts:
        rounds = [measure(parts, args.file, texts, number) for number in range(args.rounds + 1)]
    report(rounds[1:], len(texts))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=15_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--file", type=Path, default=ZOOM)
    parser.add_argument("--nlp-workers", type=int, default=2)
    parser.add_argument("--analysis", choices=ANALYSES, default="ours", help="entities by our decoder, or spaCy's own")
    return parser.parse_args()


def offline_texts(file: Path) -> Iterator[str]:
    """The texts as the pipeline would analyse them."""
    from datetime import UTC, datetime

    now, mapping = datetime.now(UTC), FieldMapping()
    for row in RowReader(str(file)):
        if row.record is not None:
            draft = validate({"source": "bench", **mapping.apply(row.record)}, now)
            yield analysed_text(draft.collected(now, None))


def measure(parts: Bootstrap, file: Path, texts: Sequence[str], number: int) -> Round:
    """One round; number 0 warms both sides up and is not counted."""
    offline = offline_loop(parts, texts)
    before = cpu_by_unit(parts.settings.data_dir)
    pipeline = publish_and_wait(parts, itertools.islice(RowReader(str(file)), len(texts)), f"round-{number}")
    after = cpu_by_unit(parts.settings.data_dir)
    cpu = {name: after[name] - before.get(name, 0.0) for name in after}
    label = "warm-up" if number == 0 else f"round {number}"
    print(
        f"{label}: offline {len(texts) / offline:.0f}/s, pipeline {len(texts) / pipeline:.0f}/s, "
        f"ratio {offline / pipeline:.2f}",
        flush=True,
    )
    return Round(offline, pipeline, cpu)


def offline_loop(parts: Bootstrap, texts: Sequence[str]) -> float:
    """Seconds to analyse all texts in the same pool of processes, no broker, no stores."""
    pool = AnalysisPool(parts.settings.nlp_workers, analysis(parts.settings))
    pool.start()
    try:
        began = time.perf_counter()
        chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
        done = sum(len(future.result()) for future in [pool.submit(chunk) for chunk in chunks])
        assert done == len(texts)
        return time.perf_counter() - began
    finally:
        pool.close()


def cpu_by_unit(data_dir: Path) -> dict[str, float]:
    """CPU seconds so far of each server and worker, the worker's pool of analysis processes apart."""
    state = control.running(data_dir)
    assert state is not None
    found: dict[str, float] = {}
    for name, unit in state.units.items():
        process = psutil.Process(unit.pid)
        own, children = cpu(process), sum(map(cpu, process.children(recursive=True)))
        if unit.kind == "worker":
            found |= {name: own, f"{name}: child processes": children}
        else:
            found[name] = own + children
    return found


def cpu(process: psutil.Process) -> float:
    """User and system seconds of one process and of the children that it has reaped."""
    times = process.cpu_times()
    return times.user + times.system + times.children_user + times.children_system


def report(rounds: Sequence[Round], count: int) -> None:
    """Medians, in the form that docs/benchmarks.md has."""
    ratios = [one.offline / one.pipeline for one in rounds]
    print(f"\n| | median | min | max |\n|---|---|---|---|")  # noqa: F541
    for name, values in {
        "offline loop, reviews/s": [count / one.offline for one in rounds],
        "pipeline, reviews/s": [count / one.pipeline for one in rounds],
        "ratio": ratios,
    }.items():
        digits = 2 if name == "ratio" else 0
        print(
            f"| {name} | {statistics.median(values):.{digits}f} | {min(values):.{digits}f} | {max(values):.{digits}f} |"
        )
    print("\n| process | CPU ms a review (median) |\n|---|---|")
    for name in rounds[0].cpu:
        print(f"| {name} | {statistics.median(1000 * one.cpu.get(name, 0) / count for one in rounds):.2f} |")


if __name__ == "__main__":
    main()
