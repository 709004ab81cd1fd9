"""How long new reviews wait while others are reprocessed, compared with an idle pipeline.

Reviews are analysed by one processing version; the stack starts again with another, and `reviewstream reprocess` asks for
them. Meanwhile one live review after the other is sent, each after the one before is complete; the same before without.
Prints percentiles in milliseconds from the moment the broker has a review until its saga is complete in the event log.
Usage: python benchmarks/reprocess.py [--reviews 2000] [--rounds 3] [--in-flight 8 …] [--idle 150]
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from _reviews import load_reviews
from _stack import EVENTS_A_REVIEW, TENANT, publish_and_wait, stack_on, wait_until

from aggregates.ids import review_id
from reviewstream.bootstrap import Bootstrap
from sources.files.mapping import FieldMapping
from sources.files.rows import Row
from sources.publishing.envelope import Envelope

EVERY = 0.002
WARM_UP = 20
SETTING = "REVIEWSTREAM_PROCESSING_VERSION"


@dataclass
class Measured:
    """Milliseconds of live reviews, and how many reviews a second were reprocessed."""

    idle: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)
    pace: list[float] = field(default_factory=list)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reviews", type=int, default=2_000, help="reprocessed in each round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-flight", type=int, nargs="+", default=[8])
    parser.add_argument("--idle", type=int, default=150, help="live reviews in each round on an idle pipeline")
    args = parser.parse_args()
    texts = load_reviews()[: args.reviews * args.rounds * len(args.in_flight)]
    found = {number: Measured() for number in args.in_flight}
    with tempfile.TemporaryDirectory(prefix="reviewstream-bench-") as directory:
        data_dir = Path(directory) / "data"
        with stack_on(data_dir, {SETTING: "before"}) as parts:
            parts.tenants.create(TENANT)
            publish_and_wait(parts, past(texts), "past")
        with stack_on(data_dir, {SETTING: "after"}) as parts:
            live = itertools.count()
            during(parts, itertools.islice(live, WARM_UP))
            for _ in range(args.rounds):
                for number, measured in found.items():
                    measured.idle += during(parts, itertools.islice(live, args.idle))
                    one_round(parts, live, measured, args.reviews, number)
    for number, measured in found.items():
        report(number, measured)


def past(texts: Sequence[str]) -> Iterator[Row]:
    """The reviews that are there before."""
    for number, text in enumerate(texts, 1):
        record = {"external_id": str(number), "content": text, "rating": 3, "published_at": "2026-08-01"}
        yield Row(number, 0, record, b"", None)


def one_round(parts: Bootstrap, live: Iterator[int], measured: Measured, reviews: int, in_flight: int) -> None:
    """Live reviews for as long as the command runs."""
    command = ["reprocess", "--processing-version", "after", "--source", "past", "--json", "--limit", str(reviews)]
    command += ["--in-flight", str(in_flight), "--data-dir", str(parts.settings.data_dir)]
    argv = [sys.executable, "-m", "reviewstream", *command]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as running:
        head = parts.event_log.head()
        wait_until(lambda: parts.event_log.head() > head + EVENTS_A_REVIEW, "the start of the command")
        measured.busy += during(parts, live, lambda: running.poll() is None)
        assert running.stdout is not None
        done = json.loads(running.stdout.read())
    assert done["analysed"] == reviews, done
    measured.pace.append(reviews / done["seconds"])
    print(f"{in_flight} in flight: {measured.pace[-1]:.0f} reviews/s reprocessed", flush=True)


def during(parts: Bootstrap, live: Iterator[int], goes_on: Callable[[], bool] = lambda: True) -> list[float]:
    """Live reviews, one after the other."""
    return [one(parts, number) for number in itertools.takewhile(lambda _: goes_on(), live)]


def one(parts: Bootstrap, number: int) -> float:
    """Milliseconds until the saga of one review is complete."""
    record: dict[str, object] = {
        "external_id": str(number),
        "content": f"Visit {number} to the lighthouse in Porto was lovely, the coffee less so.",
        "rating": 4,
        "published_at": "2026-09-01",
    }
    stream = review_id(parts.tenants.get(TENANT).id, "live", str(number))
    parts.producer.send(
        Envelope(TENANT, "live", "live", FieldMapping()).messages([Row(number + 1, 0, record, b"", None)])
    )
    began = time.perf_counter()
    wait_until(lambda: len(parts.event_log.read_stream(stream)) >= EVENTS_A_REVIEW, "the saga", every=EVERY)
    return 1000 * (time.perf_counter() - began)


def report(number: int, measured: Measured) -> None:
    """A small table."""
    print(f"\n{number} in flight: {statistics.median(measured.pace):.0f} reviews/s reprocessed\n")
    print("| live reviews | number | p50 | p90 | p99 |\n|---|---|---|---|---|")
    for name, values in (("idle", measured.idle), ("meanwhile", measured.busy)):
        print(f"| {name} | {len(values)} | " + " | ".join(f"{cut:.0f}" for cut in cuts(values)) + " |")
    ratios = [busy / idle for busy, idle in zip(cuts(measured.busy), cuts(measured.idle), strict=True)]
    print("| ratio | | " + " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |")


def cuts(values: Sequence[float]) -> list[float]:
    """50th, 90th and 99th percentile."""
    found = statistics.quantiles(values, n=100, method="inclusive")
    return [found[49], found[89], found[98]]


if __name__ == "__main__":
    main()
