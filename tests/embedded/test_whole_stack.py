"""All servers under a supervisor in the background: start, kill, recover, stop. One stack for the module, in the order of a day."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from embedded import control
from embedded.stack import KINDS, EmbeddedStack
from embedded.state_file import State
from schemas.errors import Unavailable
from tests.embedded.acknowledged import DURABLE, READ, WRITE
from tests.waiting import crowding, descendants, is_gone, until

SUPERVISE = Path(__file__).with_name("supervise.py")
MEGABYTE = 1 << 20


def up(data_dir: Path) -> State:
    return control.start_detached(
        data_dir, [sys.executable, str(SUPERVISE), str(data_dir), ",".join(KINDS)], timeout=120
    )


def ready(data_dir: Path) -> State | None:
    state = control.running(data_dir)
    return state if state and state.ready else None


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Its name is one that no program must take for another, in a locale that knows ASCII only."""
    path = tmp_path_factory.mktemp("stack") / "Gäste – 評価 😀"
    with patch.dict(os.environ, {"LC_ALL": "C", "LANG": "C"}):
        up(path)
        yield path
        control.request_stop(path)


@pytest.fixture
def urls(data_dir: Path) -> dict[str, str]:
    return control.urls(data_dir)


def test_every_server_answers_its_own_protocol(data_dir: Path) -> None:
    health = control.health(data_dir)
    assert set(health) == set(KINDS)
    assert [name for name, answer in health.items() if not answer.ok] == []


def test_every_server_writes_into_the_data_directory_and_nowhere_beside_it(data_dir: Path) -> None:
    assert [path.name for path in data_dir.parent.iterdir()] == [data_dir.name]
    written = {path.name for path in data_dir.iterdir() if path.is_dir() and any(path.rglob("*"))}
    assert written >= set(KINDS)


def test_only_the_owner_can_read_what_holds_passwords(data_dir: Path) -> None:
    assert data_dir.stat().st_mode & 0o777 == 0o700
    named = ["secrets.json", "state.json", "valkey/valkey.conf", "clickhouse/password"]
    assert {name: (data_dir / name).stat().st_mode & 0o077 for name in named} == dict.fromkeys(named, 0)


def test_no_password_stands_in_a_command_line(data_dir: Path, urls: dict[str, str]) -> None:
    state = control.running(data_dir)
    assert state is not None
    passwords = {url.rpartition("@")[0].rpartition(":")[2] for url in urls.values() if "@" in url}
    lines = [Path(f"/proc/{pid}/cmdline").read_text() for pid in descendants(state.supervisor)]
    assert len(passwords) == 4
    assert not [line for line in lines for password in passwords if password in line]


def test_second_start_names_the_process_that_runs(data_dir: Path) -> None:
    state = control.running(data_dir)
    assert state is not None
    with pytest.raises(Unavailable, match=f"in use by process {state.supervisor}"):
        EmbeddedStack(data_dir).start()
    with pytest.raises(Unavailable, match=f"in use by process {state.supervisor}"):
        up(data_dir)


def test_memory_stays_far_below_three_gigabytes(data_dir: Path, record_property: pytest.RecordProperty) -> None:
    memory = {name: size // MEGABYTE for name, size in control.memory(data_dir).items()}
    record_property("resident_megabytes", memory)
    print("resident MB:", memory)
    assert set(memory) == set(KINDS)
    assert 0 < sum(memory.values()) < 1500


@pytest.mark.parametrize("name", list(KINDS))
def test_killed_server_comes_back_with_all_that_was_acknowledged(
    data_dir: Path, urls: dict[str, str], name: str
) -> None:
    before = control.running(data_dir)
    assert before is not None
    WRITE[name](urls)
    written = READ[name](urls)
    assert written >= 1000
    os.kill(before.units[name].pid or 0, signal.SIGKILL)
    until(lambda: (state := ready(data_dir)) and state.units[name].pid != before.units[name].pid, 60)
    after = control.running(data_dir)
    assert after is not None
    assert after.units[name].restarts == before.units[name].restarts + 1
    assert {other: unit.pid for other, unit in after.units.items() if other != name} == {
        other: unit.pid for other, unit in before.units.items() if other != name
    }
    assert control.urls(data_dir) == urls
    assert READ[name](urls) == (written if name in DURABLE else 0)


def test_killed_supervisor_leaves_no_process_and_loses_nothing(data_dir: Path, urls: dict[str, str]) -> None:
    state = control.running(data_dir)
    assert state is not None
    for name in DURABLE:
        WRITE[name](urls)
    written = {name: READ[name](urls) for name in DURABLE}
    family = descendants(state.supervisor)
    assert len(family) >= len(KINDS)
    os.kill(state.supervisor, signal.SIGKILL)
    until(lambda: all(is_gone(pid) for pid in family))
    until(lambda: control.running(data_dir) is None)
    up(data_dir)
    assert control.urls(data_dir) == urls
    assert {name: READ[name](urls) for name in DURABLE} == written


def test_stop_and_start_are_quick_and_keep_the_data(
    data_dir: Path, urls: dict[str, str], record_property: pytest.RecordProperty
) -> None:
    written = {name: READ[name](urls) for name in DURABLE}
    state = control.running(data_dir)
    assert state is not None
    family = descendants(state.supervisor)
    began = time.monotonic()
    assert control.request_stop(data_dir)
    stopped = time.monotonic()
    up(data_dir)
    started = time.monotonic()
    print(f"stop {stopped - began:.1f} s, start {started - stopped:.1f} s")
    record_property("stop_seconds", stopped - began)
    record_property("start_seconds", started - stopped)
    # The promise is for a machine with nothing else to do; where others queue for its cores, it takes its share longer.
    crowded = crowding()
    assert stopped - began <= 15 * crowded
    assert started - stopped <= 20 * crowded
    assert all(is_gone(pid) for pid in family)
    assert {name: READ[name](urls) for name in DURABLE} == written


def test_stop_of_a_stack_that_does_not_run_says_so(tmp_path: Path) -> None:
    assert control.request_stop(tmp_path) is False
    with pytest.raises(Unavailable, match="nothing runs on"):
        control.urls(tmp_path)
