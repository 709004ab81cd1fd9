"""`python -m tests.chaos.expose [NAME…]`: exits 1 unless every planted bug is found, and nothing is found without one."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tests.chaos import planted
from tests.chaos.planted import Bug
from tests.chaos.stack import stack


@click.command()
@click.argument("names", nargs=-1)
@click.option("--control/--no-control", default=True, help="First the same failpoints without any bug.")
@click.option("--bugs/--no-bugs", default=True, help="The bugs.")
def main(names: tuple[str, ...], *, control: bool, bugs: bool) -> None:
    """Print a table: bug, failpoint, what found it."""
    chosen = [bug for bug in planted.bugs() if not names or bug.name in names]
    wrong = [*(_control(chosen) if control else []), *(_planted(chosen) if bugs else [])]
    if wrong:
        _say(f"wrong: {', '.join(wrong)}")
        sys.exit(1)


def _planted(chosen: list[Bug]) -> list[str]:
    """The bugs that nothing found."""
    wrong = []
    print("| planted bug | failpoint | found by |\n|---|---|---|")
    for bug in chosen:
        with _directory() as directory:
            outcome = planted.expose(bug, directory)
        found = "; ".join(outcome.problems[:2])
        print(f"| {bug.what} | `{bug.plan or 'none'}` | {found or 'NOTHING'} |", flush=True)
        _say(f"{bug.name}: {'found' if found else 'NOT FOUND'} in {outcome.seconds:.0f} s")
        wrong += [] if found else [bug.name]
    return wrong


def _control(chosen: list[Bug]) -> list[str]:
    """The failpoints whose run finds something although no bug is planted."""
    wrong = []
    with _directory() as directory, stack(directory / "data") as running:
        for bug in chosen:
            outcome = planted.once(running, bug, patience=planted.LONG_PATIENCE)
            _say(f"without {bug.name}: {'; '.join(outcome.problems) or 'ok'} in {outcome.seconds:.0f} s")
            wrong += [f"without {bug.name}"] if outcome.problems else []
    return wrong


@contextmanager
def _directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="reviewstream-bug-", ignore_cleanup_errors=True) as made:
        yield Path(made)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
