"""`python -m tests.chaos --seeds 100` or `--seeds 17,42`: exits 1 and names the seeds that failed; progress on stderr."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tests.chaos import trial
from tests.chaos.schedule import schedule
from tests.chaos.stack import Stack, stack
from tests.chaos.trial import Load, Outcome

SEEDS_A_STACK = 25


@click.command()
@click.option("--seeds", default="100", show_default=True, help="How many, or which: `17,42`, or `17,` for one.")
@click.option("--frozen", default=30.0, show_default=True, help="Seconds that a frozen process stays so.")
@click.option("--patience", default=180.0, show_default=True, help="Seconds until all must be at rest again.")
@click.option("--reviews", default=150, show_default=True, help="Reviews a seed.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep data and logs in this directory.")
def main(seeds: str, frozen: float, patience: float, reviews: int, keep: Path | None) -> None:
    """Break it, and see that nothing is lost and nothing doubled."""
    chosen = [int(seed) for seed in seeds.split(",") if seed] if "," in seeds else list(range(1, int(seeds) + 1))
    outcomes: dict[int, Outcome] = {}
    began = time.monotonic()
    while left := [seed for seed in chosen if seed not in outcomes]:
        with _directory(keep) as directory, stack(directory / f"data-{left[0]}") as running:
            for seed in left[:SEEDS_A_STACK]:
                outcomes[seed] = _one(running, seed, frozen, patience, reviews)
                if outcomes[seed].problems:
                    _keep_logs(running, seed)
                    break  # what is lost stays lost: the next seed needs a stack of its own
    _summary(outcomes, time.monotonic() - began)


def _one(running: Stack, seed: int, frozen: float, patience: float, reviews: int) -> Outcome:
    plan = schedule(seed, frozen=frozen)
    outcome = trial.run(running, seed, plan, load=Load(reviews), patience=patience)
    verdict = "ok" if not outcome.problems else "FAILED"
    _say(f"seed {seed}: {verdict} in {outcome.seconds:.0f} s, {outcome.sent} messages, {plan}")
    for problem in outcome.problems:
        _say(f"  {problem}")
    return outcome


def _keep_logs(running: Stack, seed: int) -> None:
    kept = Path(tempfile.mkdtemp(prefix=f"reviewstream-chaos-seed-{seed}-"))
    shutil.copytree(running.data_dir / "logs", kept, dirs_exist_ok=True)
    _say(f"  logs: {kept}")


def _summary(outcomes: dict[int, Outcome], seconds: float) -> None:
    failed = [seed for seed, outcome in outcomes.items() if outcome.problems]
    sent, reviews = sum(o.sent for o in outcomes.values()), sum(o.reviews for o in outcomes.values())
    fired = sum(outcome.fired for outcome in outcomes.values())
    each = statistics.median(outcome.seconds for outcome in outcomes.values())
    print(f"{len(outcomes)} seeds, {sent} messages, {reviews} reviews, {fired} failpoints fired", end="; ")
    print(f"{len(failed)} seeds failed; {seconds / 60:.0f} min, a seed takes {each:.0f} s at the median")
    if failed:
        print(f"again: make chaos SEEDS={','.join(map(str, failed))},")
        sys.exit(1)


@contextmanager
def _directory(keep: Path | None) -> Iterator[Path]:
    made = keep or Path(tempfile.mkdtemp(prefix="reviewstream-chaos-"))
    try:
        yield made
    finally:
        if keep is None:
            shutil.rmtree(made, ignore_errors=True)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
