"""`make bench`: every measurement, one after the other. Name some to run only those: `make bench ARGS=pipeline`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run the named benchmarks, or all; 1 if any failed."""
    known = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))
    wanted = sys.argv[1:] or known
    if unknown := set(wanted) - set(known):
        print(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(known)}", file=sys.stderr)
        return 2
    codes = []
    for name in wanted:
        print(f"\n== {name}", flush=True)
        codes.append(subprocess.call([sys.executable, str(HERE / f"{name}.py")]))
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
