"""The pool with real processes: they are spawned, killed and left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, wait
from pathlib import Path

import psutil
import pytest

from nlp.analyzer import Analyzer, AnalyzerSettings
from nlp.model import Analysis
from nlp.pool import AnalysisPool
from schemas.errors import TransientError, Unavailable

REPOSITORY = Path(__file__).parents[2]
TEXTS = ["The flight with Delta to Paris was awful.", "Das Hotel war sehr schön.", "😍", ""]
HEAVY = ["The flight with Delta to Paris was not good but awful. " * 100] * 8
SECONDS = 120
LEXICON = AnalyzerSettings(tier="lexicon")


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    """What this process is told of threads, before it has a pool."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "7")
        patch.delenv("MKL_NUM_THREADS", raising=False)
        yield dict(os.environ)


@pytest.fixture(scope="module")
def pool(environment: dict[str, str]) -> Iterator[AnalysisPool]:
    with AnalysisPool(2, LEXICON) as running:
        yield running


def test_answers_are_those_of_this_process(pool: AnalysisPool, analyzer: Analyzer) -> None:
    assert pool.submit(TEXTS).result(SECONDS) == analyzer.analyze(TEXTS)


def test_this_process_keeps_its_environment(pool: AnalysisPool, environment: dict[str, str]) -> None:
    assert pool.process_ids()
    assert os.environ["OMP_NUM_THREADS"] == "7"
    assert "MKL_NUM_THREADS" not in os.environ


def test_processes_are_niced_and_use_one_thread_for_matrices(pool: AnalysisPool) -> None:
    for process in map(psutil.Process, pool.process_ids()):
        assert process.nice() == psutil.Process().nice() + 5
        assert process.environ()["OPENBLAS_NUM_THREADS"] == "1"


def test_a_killed_process_fails_its_texts_as_transient_and_the_next_ones_work(pool: AnalysisPool) -> None:
    before = pool.process_ids()
    in_flight: list[Future[list[Analysis]]] = [pool.submit(HEAVY) for _ in range(4)]

    os.kill(before[0], signal.SIGKILL)

    wait(in_flight, SECONDS)
    errors = [future.exception(0) for future in in_flight]
    assert any(errors)
    assert all(error is None or isinstance(error, TransientError) for error in errors)
    assert [analysis.language for analysis in pool.submit(TEXTS).result(SECONDS)] == ["en", "de", "und", "und"]
    assert not set(pool.process_ids()) & set(before)


def test_no_text_stands_in_the_error_of_a_killed_process(pool: AnalysisPool) -> None:
    pool.submit(TEXTS).result(SECONDS)
    future = pool.submit(HEAVY)
    for process_id in pool.process_ids():
        os.kill(process_id, signal.SIGKILL)
    assert "Delta" not in str(future.exception(SECONDS))


def test_from_the_first_text_to_the_end() -> None:
    """Submitting starts the processes; closing ends them, drops what waits, and refuses more."""
    pool = AnalysisPool(1, AnalyzerSettings(tier="lexicon", max_keywords=1))
    try:
        (analysis,) = pool.submit(["Clean rooms, clean rooms, kind staff and a view."]).result(SECONDS)
        assert [keyword.text for keyword in analysis.keywords] == ["rooms"]
        processes = [psutil.Process(process_id) for process_id in pool.process_ids()]
        futures = [pool.submit(HEAVY) for _ in range(6)]
        first = futures[0].result(SECONDS)
    finally:
        pool.close()
    assert len(first) == len(HEAVY)
    assert isinstance(futures[-1].exception(0), TransientError)
    assert psutil.wait_procs(processes, timeout=SECONDS)[1] == []
    pool.close()
    with pytest.raises(Unavailable, match="closed"):
        pool.submit(TEXTS)


def test_a_pool_needs_a_worker() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        AnalysisPool(0)


PARENT = """
import sys, time
from nlp.pool import AnalysisPool
if __name__ == "__main__":
    pool = AnalysisPool(1)
    pool.start()
    print(*pool.process_ids(), flush=True)
    sys.stdin.read()
"""


def test_the_processes_leave_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(
        [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout is not None
        children = [psutil.Process(int(number)) for number in parent.stdout.readline().split()]
        assert len(children) == 1
        parent.kill()
        _, alive = psutil.wait_procs(children, timeout=SECONDS)
        for process in alive:
            process.kill()
        assert alive == []
