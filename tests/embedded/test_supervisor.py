"""Workers under a supervisor, with Valkey as the one server, which starts in a tenth of a second."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import control
from embedded.crash_loop import LOOP_ENDS
from embedded.restart import restart
from embedded.restarts import Request, ask
from embedded.state_file import State
from embedded.unit_supervisor import Backoff
from schemas.errors import InvalidInput, Unavailable
from tests.waiting import descendants, is_gone, until

ROOT = Path(__file__).parents[2]
SUPERVISE = Path(__file__).with_name("supervise.py")
STEADY = """
import os, signal
from embedded.ready import announce_ready
assert os.environ["REVIEWSTREAM_REDIS_URL"].startswith("redis://")
announce_ready()
signal.pause()
"""
FRAIL = """
from embedded.ready import announce_ready
announce_ready()
raise SystemExit("frail worker fell over")
"""
TELLING = """
import os, signal
from embedded.ready import announce_ready
assert "elsewhere" not in os.environ["REVIEWSTREAM_REDIS_URL"]
print(os.environ.get("REVIEWSTREAM_COLOUR"), flush=True)
announce_ready()
signal.pause()
"""
# Does not end when it is asked to.
STUBBORN = """
import signal
from embedded.ready import announce_ready
signal.signal(signal.SIGTERM, signal.SIG_IGN)
announce_ready()
while True:
    signal.pause()
"""
BROKEN = "raise SystemExit('no such setting: COLOUR')"
# Says on its way out whether the server was still there.
PARTING = """
import os, signal, sys
from pathlib import Path
import redis
from embedded.ready import announce_ready
def leave(*_):
    redis.Redis.from_url(os.environ["REVIEWSTREAM_REDIS_URL"]).ping()
    print("server still there", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
announce_ready()
signal.pause()
"""


class Bench:
    """A data directory with a supervisor, and scripts to run as workers."""

    def __init__(self, root: Path) -> None:
        self.root, self.data = root, root / "data"

    def up(self, servers: str = "valkey", **scripts: str) -> State:
        argv = [sys.executable, str(SUPERVISE), str(self.data), servers]
        for name, text in scripts.items():
            (self.root / f"{name}.py").write_text(text)
            argv.append(f"{name}={self.root / name}.py")
        return control.start_detached(self.data, argv, timeout=120)

    def state(self) -> State:
        state = control.running(self.data)
        assert state is not None
        return state


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    control.request_stop(made.data)


def test_worker_gets_the_urls_and_is_ready_when_it_says_so(bench: Bench) -> None:
    state = bench.up(steady=STEADY)
    assert state.ready
    assert {name: unit.phase for name, unit in state.units.items()} == {"valkey": "ready", "steady": "ready"}


def test_killed_worker_is_started_again(bench: Bench) -> None:
    pid = bench.up(steady=STEADY).units["steady"].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: bench.state().ready and bench.state().units["steady"].pid != pid)
    assert bench.state().units["steady"].restarts == 1


def test_a_restart_ends_one_worker_in_order_and_waits_until_another_has_its_place(bench: Bench) -> None:
    before = bench.up(steady=STEADY, parting=PARTING).units
    pids = restart(bench.data, ["parting"])
    state = bench.state()
    assert pids == {"parting": state.units["parting"].pid} != {"parting": before["parting"].pid}
    assert state.ready
    assert (state.units["parting"].restarts, state.units["parting"].requested) == (0, 1)
    assert is_gone(before["parting"].pid or 0)
    assert (bench.data / "logs" / "parting.log").read_text() == "server still there\n"
    assert state.units["steady"] == before["steady"]
    assert not list((bench.data / "run" / "restart").iterdir())


def test_a_server_keeps_its_port_and_comes_before_the_workers(bench: Bench) -> None:
    before = bench.up(parting=PARTING).units
    heard: list[str] = []
    restart(bench.data, ["parting", "valkey"], on_progress=lambda name, _text: heard.append(name))
    after = bench.state().units
    assert list(dict.fromkeys(heard)) == ["valkey", "parting"]
    assert after["valkey"].port == before["valkey"].port
    assert all(after[name].pid != before[name].pid for name in before)


def test_a_restart_gives_a_worker_settings_which_it_keeps_when_it_is_killed(bench: Bench) -> None:
    bench.up(steady=STEADY, telling=TELLING)
    log = bench.data / "logs" / "telling.log"
    restart(bench.data, ["telling"], env={"REVIEWSTREAM_COLOUR": "blue", "REVIEWSTREAM_REDIS_URL": "redis://elsewhere"})
    assert log.read_text() == "None\nblue\n"
    pid = bench.state().units["telling"].pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: bench.state().ready and bench.state().units["telling"].pid != pid)
    assert log.read_text() == "None\nblue\nblue\n"


def test_a_restart_does_not_wait_for_the_pause_of_a_worker_that_falls_over(bench: Bench) -> None:
    bench.up(steady=STEADY, frail=FRAIL)
    until(lambda: bench.state().units["frail"].restarts >= LOOP_ENDS)  # from there on it waits for 15 s or more
    (bench.root / "frail.py").write_text(STEADY)
    restart(bench.data, ["frail"], timeout=10)
    assert bench.state().ready


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (BROKEN, r"waited 3 s for steady to be ready again: .*code 1.*steady\.log"),
        ("import time; time.sleep(600)", r"waited 3 s for steady to be ready again: .*see .*steady\.log"),
    ],
)
def test_a_restart_that_comes_to_nothing_says_why(bench: Bench, script: str, says: str) -> None:
    bench.up(steady=STEADY)
    (bench.root / "steady.py").write_text(script)
    with pytest.raises(Unavailable, match=says):
        restart(bench.data, ["steady"], timeout=3)


def test_a_restart_names_what_there_is(bench: Bench) -> None:
    with pytest.raises(Unavailable, match=r"nothing runs on .*; start it with `reviewstream up`"):
        restart(bench.data, ["steady"])
    bench.up(steady=STEADY)
    with pytest.raises(InvalidInput, match=r"nothing here is called teady; on .* run valkey, steady"):
        restart(bench.data, ["teady", "steady"])
    assert bench.state().units["steady"].requested == 0


def test_a_stop_during_a_restart_leaves_nothing_running(bench: Bench) -> None:
    state = bench.up(stubborn=STUBBORN)
    ask(bench.data, Request("stubborn", {}))
    until(lambda: bench.state().units["stubborn"].phase == "restarting")
    assert control.request_stop(bench.data)
    assert all(is_gone(unit.pid) for unit in state.units.values() if unit.pid)


def test_requests_of_a_stack_that_is_gone_are_dropped(bench: Bench) -> None:
    ask(bench.data, Request("steady", {"REVIEWSTREAM_COLOUR": "red"}))
    state = bench.up(steady=STEADY)
    restart(bench.data, ["valkey"])  # by then requests were looked for
    assert bench.state().units["steady"] == state.units["steady"]


def test_worker_that_falls_over_again_and_again_is_started_at_longer_and_longer_intervals(bench: Bench) -> None:
    bench.up(steady=STEADY, frail=FRAIL)
    until(lambda: bench.state().units["frail"].restarts >= 3)
    unit = bench.state().units["frail"]
    assert "frail ended with code 1" in unit.note or unit.phase != "restarting"
    assert bench.state().units["steady"].restarts == 0


def test_pauses_double_up_to_a_limit_and_start_over_after_health() -> None:
    backoff = Backoff()
    pauses = [backoff.pause(lived=0) for _ in range(9)]
    assert pauses == [0.25, 0.5, 1, 2, 4, 8, 15, 15, 15]
    assert backoff.pause(lived=31) == 0.25


def test_worker_that_never_gets_ready_fails_the_start_with_the_tail_of_its_log(bench: Bench) -> None:
    with pytest.raises(
        Unavailable, match=r"worker broken ended with code 1 .*broken\.log\n(.*\n)*no such setting: COLOUR"
    ):
        bench.up(broken=BROKEN)
    assert control.running(bench.data) is None


def test_workers_stop_before_the_servers(bench: Bench) -> None:
    bench.up(parting=PARTING)
    assert control.request_stop(bench.data)
    assert (bench.data / "logs" / "parting.log").read_text() == "server still there\n"


def test_stop_leaves_nothing_running_and_a_second_stop_is_harmless(bench: Bench) -> None:
    state = bench.up(steady=STEADY)
    pids = [unit.pid for unit in state.units.values()]
    assert control.request_stop(bench.data)
    assert all(is_gone(pid) for pid in pids if pid)
    assert not control.request_stop(bench.data)


def test_stop_while_it_still_starts_leaves_nothing_running(bench: Bench) -> None:
    argv = [sys.executable, "-m", "tests.embedded.supervise", str(bench.data), "postgres,valkey"]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.DEVNULL) as supervisor:
        until(lambda: bench.data.is_dir() and control.running(bench.data) and descendants(supervisor.pid))
        family = descendants(supervisor.pid)
        supervisor.send_signal(signal.SIGINT)
        assert supervisor.wait(120) == 0
    until(lambda: all(is_gone(pid) for pid in family))
    assert control.running(bench.data) is None


def test_state_left_behind_by_a_kill_is_not_taken_for_a_running_stack(bench: Bench) -> None:
    state = bench.up(steady=STEADY)
    os.kill(state.supervisor, signal.SIGKILL)
    until(lambda: all(is_gone(unit.pid) for unit in state.units.values() if unit.pid))
    until(lambda: control.running(bench.data) is None)
    assert (bench.data / "state.json").exists()


def test_unknown_server_is_named(bench: Bench) -> None:
    with pytest.raises(Unavailable, match="unknown server oracle"):
        bench.up(servers="oracle")
