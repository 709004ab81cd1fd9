"""`make bench`: every measurement, one after the other.

Name some to run only those: `make bench ARGS=pipeline`. Options go to each: `make bench ARGS="pipeline --rounds 1"`.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run the named benchmarks, or all; 1 if any failed."""
    known = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))
    named = list(itertools.takewhile(lambda word: not word.startswith("-"), sys.argv[1:]))
    options, wanted = sys.argv[1 + len(named) :], named or known
    if unknown := set(wanted) - set(known):
        print(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}", file=sys.stderr)
        return 2
    codes = []
    for name in wanted:
        print(f"\n== {name}", flush=True)
        codes.append(subprocess.call([sys.executable, str(HERE / f"{name}.py"), *options]))
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
