"""How long one review takes through all five steps on an idle pipeline.

Each review is sent after the one before is projected everywhere. Prints percentiles in milliseconds, from the moment the
broker has the review: until its saga is complete in the event log, and until both read stores show it.
Usage: python benchmarks/latency.py [--reviews 100]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence

from _stack import EVENTS_A_REVIEW, TENANT, projected, running_stack, wait_until

from reviewstream.bootstrap import Bootstrap
from sources.files.mapping import FieldMapping
from sources.files.rows import Row
from sources.publishing.envelope import Envelope

EVERY = 0.002
WARM_UP = 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reviews", type=int, default=100)
    args = parser.parse_args()
    with running_stack() as parts:
        times = [one(parts, number) for number in range(WARM_UP + args.reviews)][WARM_UP:]
    print("| | p50 | p90 | p99 |\n|---|---|---|---|")
    report("saga complete, ms", [complete for complete, _ in times])
    report("in both read stores, ms", [shown for _, shown in times])


def one(parts: Bootstrap, number: int) -> tuple[float, float]:
    """Milliseconds until the saga of one review is complete, and until it is projected."""
    record: dict[str, object] = {
        "external_id": str(number),
        "content": f"Visit {number} to the lighthouse in Porto was lovely, the coffee less so.",
        "rating": 4,
        "published_at": "2026-09-01",
    }
    row = Row(number + 1, 0, record, b"", None)
    target = parts.event_log.head() + EVENTS_A_REVIEW
    parts.producer.send(Envelope(TENANT, "latency", "latency", FieldMapping()).messages([row]))
    began = time.perf_counter()
    wait_until(lambda: parts.event_log.head() >= target, "the saga", every=EVERY)
    complete = time.perf_counter()
    wait_until(lambda: projected(parts) >= target, "the projections", every=EVERY)
    return 1000 * (complete - began), 1000 * (time.perf_counter() - began)


def report(name: str, values: Sequence[float]) -> None:
    """One line of the table."""
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    print(f"| {name} | {cuts[49]:.0f} | {cuts[89]:.0f} | {cuts[98]:.0f} |")


if __name__ == "__main__":
    main()
