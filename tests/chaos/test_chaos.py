"""Short versions of `make chaos`: one seed, and three that hit every victim and pass every failpoint; freezes last at most 3 s."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from tests.chaos import trial
from tests.chaos.ledger import Expected, read
from tests.chaos.proof import differences
from tests.chaos.schedule import EVERYTHING, POINTS, VICTIMS, schedule
from tests.chaos.stack import Stack
from tests.chaos.trial import Load
from tests.chaos.writer import workload

SEED = 4
SEEDS = (1, 2, 3)
LOAD = Load(count=60, seconds=3.0)


def test_a_seed_always_means_the_same() -> None:
    assert [schedule(seed) for seed in range(50)] == [schedule(seed) for seed in range(50)]
    assert list(workload(7, 100)) == list(workload(7, 100))


def test_three_seeds_in_a_row_hit_every_victim() -> None:
    for first in range(1, 98):
        hit = {blow.victim for seed in range(first, first + 3) for blow in schedule(seed).blows} - {EVERYTHING}
        assert hit == set(VICTIMS)


def test_a_hundred_seeds_break_at_every_point_and_in_every_way() -> None:
    schedules = [schedule(seed) for seed in range(1, 101)]
    assert {blow.how for each in schedules for blow in each.blows} == {"kill", "term", "stop"}
    assert {rule.partition("=")[0] for each in schedules for rule in each.plan.split(";")} == set(POINTS)


def test_the_comparison_sees_what_is_lost_doubled_and_foreign() -> None:
    assert not list(differences("x", {"a": 1}, {"a": 1}))
    assert list(differences("x", {"a": 1, "b": 1}, {"b": 2, "c": 1})) == [
        "x: 1 lost, such as a", "x: 1 foreign, such as c", "x: 1 doubled, such as b",
    ]  # fmt: skip


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", [SEED, *(pytest.param(seed, marks=pytest.mark.long) for seed in SEEDS)])
def test_nothing_is_lost_and_nothing_doubled(chaos: Stack, seed: int) -> None:
    plan = schedule(seed, load=LOAD.seconds, frozen=3.0)
    outcome = trial.run(chaos, seed, plan, load=LOAD, patience=60.0)
    assert not outcome.problems, f"seed {seed}: {plan}"
    assert outcome.reviews == LOAD.count


@pytest.mark.long
@pytest.mark.timeout(240)
def test_every_point_was_passed(chaos: Stack) -> None:
    """After SEEDS, one more run in which ClickHouse's writer dies between rows and position, so that it recovers."""
    plan = dataclasses.replace(schedule(1), blows=(), plan="clickhouse.inserted=crash:1")
    assert not trial.run(chaos, 1, plan, load=LOAD, patience=60.0).problems
    assert set(chaos.hits()) == set(POINTS)


def test_the_expectation_follows_from_the_writers_list(tmp_path: Path) -> None:
    lines = [
        _line("new", "a", 0, 0, content="1", rating=2),
        _line("edition", "a", 0, 2, content="2", rating=5),
        _line("again", "a", 0, 1, content="1", rating=2),
        _line("facts", "a", 0, 3, content="2", rating=5, published_at="2024-02-02"),
        _line("broken", "b", 1, 0, content="1", rating=99),
        _line("deleted", "c", 2, 0, content="1", rating=1),
        _line("new", "c", 2, 1, content="1", rating=1),
        _line("deleted", "c", 2, 2, content="1", rating=1),
        _line("deleted", "c", 2, 3, content="1", rating=1),
        _line("new", "d", 3, 0, content="1", rating=1),
        _line("deleted", "d", 3, 1, content="1", rating=1),
        _line("again", "d", 3, 2, content="1", rating=1),
    ]
    (tmp_path / "ledger").write_text("\n".join(lines))
    found: Expected = read(tmp_path / "ledger")
    assert (found.messages, found.broken, found.gone) == (12, {(1, 0)}, {"c"})
    assert found.counts == {"accepted": 3, "revised": 2, "corrected": 1, "withdrawn": 2, "deduplicated": 3}
    assert found.final == {"a": (2, "2", "2024-02-02"), "d": (2, "1", "2024-01-01")}
    assert (found.may_notify(), found.must_notify()) == ({("a", 1), ("c", 1), ("d", 1), ("d", 2)}, {("d", 2)})


def _line(kind: str, name: str, partition: int, offset: int, **review: object) -> str:
    review = {"external_id": name, "published_at": "2024-01-01", **review}
    return json.dumps({"kind": kind, "review": review, "partition": partition, "offset": offset})
