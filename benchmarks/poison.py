"""What bad input costs the good: the same reviews with and without one bad row in a hundred, alternating in one run.

Bad rows are of every kind that reaches validation: no content, a rating out of range, NaN, half a character, no JSON.
Prints rows/s of both and their ratio. Usage: python benchmarks/poison.py [--rows 6000] [--rounds 5]
"""

from __future__ import annotations

import argparse
import itertools
import statistics
from collections.abc import Iterator, Sequence

from _stack import publish_and_wait, running_stack

from sources.files.rows import Row

SHARE = 100
TEXT = "Visit {0} to the lighthouse in Porto was {1}: the view over the sea, the stairs, the coffee and Maria's cake."
SPOILED: Sequence[dict[str, object] | None] = (
    {"content": " ", "rating": None},
    {"rating": 17},
    {"rating": float("nan")},
    {"content": "half a character: \ud800"},
    {"published_at": "1899-01-01"},
    None,
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=6_000)
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    ratios = []
    with running_stack() as parts:
        publish_and_wait(parts, rows(args.rows, poisoned=False), "warm-up")
        for number in range(args.rounds):
            clean = publish_and_wait(parts, rows(args.rows, poisoned=False), f"clean-{number}")
            poisoned = publish_and_wait(parts, rows(args.rows, poisoned=True), f"poisoned-{number}")
            ratios.append(clean / poisoned)
            print(
                f"clean {args.rows / clean:.0f} rows/s, with 1 % poison {args.rows / poisoned:.0f} rows/s, "
                f"ratio {ratios[-1]:.2f}",
                flush=True,
            )
    print(f"median ratio {statistics.median(ratios):.2f}")


def rows(count: int, *, poisoned: bool) -> Iterator[Row]:
    """Reviews; the poisoned ones have one spoiled row in SHARE more, so the good ones are as many."""
    spoiled = itertools.cycle(SPOILED)
    for number in range(1, count + 1):
        yield Row(number, 0, review(number), b"", None)
        if poisoned and number % SHARE == 0:
            fault = next(spoiled)
            record = None if fault is None else review(-number) | fault
            yield Row(number, 0, record, b'{"text": ', "not JSON at character 9" if fault is None else None)


def review(number: int) -> dict[str, object]:
    """One of many."""
    return {
        "external_id": str(number),
        "content": TEXT.format(number, "lovely" if number % 3 else "dreadful"),
        "rating": 1 + number % 5,
        "published_at": f"2026-09-{1 + number % 28:02d}",
    }


if __name__ == "__main__":
    main()
