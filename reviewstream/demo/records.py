"""The demo's lines by date, with broken, repeated and edited ones among them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

from reviewstream.demo.bad_rows import bad_rows
from reviewstream.demo.compose import compose
from schemas.errors import InvalidInput

DUPLICATES = 10


@dataclass(frozen=True, slots=True)
class DemoExpectation:
    """The counts that a run over the demo's lines must reach. The four add up to the number of lines."""

    unique: int
    duplicates: int
    revisions: int
    bad: int

    @property
    def total(self) -> int:
        """The number of lines."""
        return self.unique + self.duplicates + self.revisions + self.bad


def expected(total: int = 600) -> DemoExpectation:
    """The counts for `total` lines, computed from the plan without reading a line. Raises InvalidInput when it is too few."""
    revisions, bad = len(_packaged("edited.jsonl")), len(bad_rows())
    unique = total - DUPLICATES - revisions - bad
    written = len(_packaged("reviews.jsonl"))
    if unique < written:
        least = total - unique + written
        raise InvalidInput(f"the demo has at least {least} lines; ask for that many", field="total", reason="too_few")
    return DemoExpectation(unique, DUPLICATES, revisions, bad)


def demo_records(seed: int = 7, total: int = 600) -> Iterator[bytes]:
    """`total` JSON lines without newline: source, external_id, title?, content, rating, author_name, published_at
    (ISO 8601, UTC), language?. The same seed gives the same bytes. Raises InvalidInput when `total` is too small.
    """
    plan = expected(total)
    rng = random.Random(seed)  # noqa: S311 -- repeatable on purpose
    written = _packaged("reviews.jsonl")
    composed = [json.dumps(review, ensure_ascii=False).encode() for review in compose(rng, plan.unique - len(written))]
    lines = sorted(written + composed, key=lambda line: (_field(line, "published_at"), line))
    return _with_extras(rng, lines)


def _with_extras(rng: random.Random, lines: list[bytes]) -> Iterator[bytes]:
    """`lines` in order, each duplicate and edit somewhere after its original, the bad rows anywhere."""
    last = len(lines)
    identity = {_identity(line): place for place, line in enumerate(lines)}
    placed = [(float(place), line) for place, line in enumerate(lines)]
    edits = _packaged("edited.jsonl")
    edited = {_identity(line) for line in edits}
    placed += [(rng.uniform(identity[_identity(line)] + 0.5, last), line) for line in edits]
    # A repeated original after its edit would be one more revision.
    unedited = [line for line in lines if _identity(line) not in edited]
    repeated = rng.sample(unedited, DUPLICATES)
    placed += [(rng.uniform(identity[_identity(line)] + 0.5, last), line) for line in repeated]
    placed += [(rng.uniform(0, last), line) for line in bad_rows().values()]
    return (line for _, line in sorted(placed))


def _packaged(name: str) -> list[bytes]:
    return resources.files(__package__).joinpath(name).read_bytes().splitlines()


def _field(line: bytes, name: str) -> str:
    return str(json.loads(line)[name])


def _identity(line: bytes) -> tuple[str, str]:
    return _field(line, "source"), _field(line, "external_id")
