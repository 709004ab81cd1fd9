"""What ends again and again is told apart from what ended once, and is started at long intervals."""

from __future__ import annotations

import os
import signal
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded import control, liveness
from embedded.crash_loop import LONGEST_LOOP_PAUSE, LOOP_ENDS, LOOP_SECONDS, Crashes
from tests.embedded.test_supervisor import FRAIL, Bench, bench
from tests.waiting import crowding, until

__all__ = ["bench"]
STOOD_STILL = """
from embedded.ready import announce_ready
announce_ready("127.0.0.1:4711")
raise SystemExit(86)
"""
TELLING = """
import signal, threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from embedded.ready import announce_ready
class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/livez" else 404)
        self.end_headers()
server = HTTPServer(("127.0.0.1", 0), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
announce_ready(f"127.0.0.1:{server.server_port}")
signal.pause()
"""


def ended(*moments: float) -> Crashes:
    crashes = Crashes()
    for moment in moments:
        crashes.ended(moment)
    return crashes


def test_a_few_ends_are_no_loop() -> None:
    crashes = ended(*range(LOOP_ENDS - 1))
    assert (crashes.note(), crashes.pause(0.25)) == ("", 0.25)


def test_a_worker_that_lives_for_a_while_each_time_is_in_a_loop_too() -> None:
    """The usual pauses begin again after 30 s of health: such a worker would crash every half minute for ever."""
    crashes = ended(*(40.0 * n for n in range(LOOP_ENDS)))
    assert "crash loop: ended 5 times within 300 s" in crashes.note()
    assert crashes.pause(0.25) == 15


def test_pauses_in_a_loop_double_up_to_a_minute() -> None:
    crashes = ended(*range(LOOP_ENDS))
    pauses = []
    for moment in range(LOOP_ENDS, LOOP_ENDS + 4):
        pauses.append(crashes.pause(0.25))
        crashes.ended(moment)
    assert pauses == [15, 30, 60, 60]


@given(gaps=st.lists(st.floats(LOOP_SECONDS / (LOOP_ENDS - 1) + 1, 1e6), max_size=20))
def test_ends_that_are_far_apart_never_make_a_loop(gaps: list[float]) -> None:
    crashes, now = Crashes(), 0.0
    for gap in gaps:
        now += gap
        crashes.ended(now)
        assert (crashes.note(), crashes.pause(1.0)) == ("", 1.0)


@given(moments=st.lists(st.floats(0, 1e4), max_size=30).map(sorted), otherwise=st.floats(0.25, 15))
def test_a_pause_is_never_shorter_than_without_a_loop_and_never_longer_than_a_minute(
    moments: list[float], otherwise: float
) -> None:
    assert otherwise <= ended(*moments).pause(otherwise) <= LONGEST_LOOP_PAUSE


def test_the_state_tells_of_a_loop(bench: Bench) -> None:
    bench.up(frail=FRAIL)
    until(lambda: "crash loop" in bench.state().units["frail"].note, 120)
    unit = bench.state().units["frail"]
    assert unit.note == "crash loop: ended 5 times within 300 s; frail ended with code 1"
    assert (unit.phase, unit.restarts) == ("restarting", LOOP_ENDS)
    assert control.request_stop(bench.data), "a long pause keeps nobody from stopping"


def test_a_worker_whose_watchdog_ended_it_is_started_again_and_the_note_says_why(bench: Bench) -> None:
    bench.up(still=STOOD_STILL)
    until(lambda: "still ended with code 86: its watchdog saw no progress" in bench.state().units["still"].note)
    until(lambda: bench.state().units["still"].restarts >= 2)
    assert bench.state().units["still"].port == 4711


@pytest.mark.long
def test_a_suspended_worker_is_killed_and_started_again(bench: Bench) -> None:
    unit = bench.up(telling=TELLING).units["telling"]
    pid = unit.pid
    assert pid is not None
    assert unit.port is not None
    assert liveness.lives(unit.host, unit.port)
    began = time.monotonic()
    os.kill(pid, signal.SIGSTOP)
    until(lambda: bench.state().units["telling"].pid not in {pid, None}, 120)
    assert time.monotonic() - began <= 20 * crowding()
    assert bench.state().units["telling"].restarts == 1
