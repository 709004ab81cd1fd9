"""Logs of several processes as one: order, rotation, filters, what is written while somebody reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.logs.files import LogLine, chosen
from operations.logs.follow import Follower
from operations.logs.merge import Filter, merged
from schemas.errors import InvalidInput, Unavailable
from tests.effort import examples

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
REVIEW = "0b7c1f0e-0000-4000-8000-000000000001"


def line(seconds: float, event: str, **more: object) -> str:
    at = (NOON + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    return json.dumps({"event": event, "level": "info", "timestamp": at, **more}) + "\n"


def events(lines: list[LogLine]) -> list[str]:
    return [str(each.fields["event"]) if each.fields else each.text for each in lines]


def everything(directory: Path, only: Filter | None = None, *names: str) -> list[str]:
    return events(list(merged(directory, chosen(directory, names), only or Filter())))


def test_lines_of_all_processes_come_in_the_order_of_their_times_rotated_files_first(tmp_path: Path) -> None:
    (tmp_path / "tailer.log.1").write_text(line(1, "a") + line(4, "d"))
    (tmp_path / "tailer.log").write_text(line(6, "f"))
    (tmp_path / "streams.log").write_text(line(5, "e") + line(2, "b") + line(3, "c"))  # two threads
    assert everything(tmp_path) == ["a", "b", "c", "d", "e", "f"]
    assert everything(tmp_path, None, "tailer") == ["a", "d", "f"]


@given(
    st.lists(st.lists(st.integers(0, 60), max_size=12), max_size=4),
    st.integers(0, 60),
)
@settings(max_examples=examples(60))
def test_nothing_is_lost_and_nothing_comes_early(
    tmp_path_factory: pytest.TempPathFactory, logs: list[list[int]], since: int
) -> None:
    directory = tmp_path_factory.mktemp("logs")
    (directory / "empty.log").touch()
    for number, times in enumerate(logs):
        (directory / f"p{number}.log").write_text("".join(line(at, str(at)) for at in times))
    shown = everything(directory, Filter(NOON + timedelta(seconds=since)))
    assert shown == [str(at) for at in sorted(at for times in logs for at in times) if at >= since]


def test_text_goes_with_the_line_before_it_and_what_has_no_time_is_counted(tmp_path: Path) -> None:
    (tmp_path / "tailer.log").write_text(line(1, "failed", review=REVIEW) + "Traceback\n  here\n" + line(2, "on"))
    (tmp_path / "kafka.log").write_text("INFO starting\n\nINFO started\n")
    (tmp_path / "secantus.log").write_text('{"t": {"$date": "2026-09-01"}, "msg": "a server\'s own JSON"}\n')
    only = Filter(NOON, {REVIEW})
    assert everything(tmp_path, only) == ["failed", "Traceback", "  here"]
    assert only.untimed == {"kafka": 2, "secantus": 1}
    assert everything(tmp_path, Filter(keep_untimed=True), "kafka") == ["INFO starting", "INFO started"]


@pytest.mark.parametrize("text", ["{", '{"timestamp": 5}', '{"timestamp": "soon"}', "[1]", "\x00\xff", '"x"'])
def test_damaged_lines_are_text_and_stop_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "tailer.log").write_text(line(1, "a") + text + "\n" + line(2, "b"))
    found = list(merged(tmp_path, ["tailer"], Filter()))
    assert [each.text for each in found][1] == text
    assert [each.at for each in found] == [NOON + timedelta(seconds=s) for s in (1, 1, 2)]


def test_an_unknown_name_is_refused_with_those_that_exist(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="none yet"):
        chosen(tmp_path / "logs", ["tailer"])
    with pytest.raises(Unavailable, match="there are no logs in"):
        chosen(tmp_path / "logs", [])
    for name in ("tailer.log", "streams.log.1", "notes.txt"):
        (tmp_path / name).touch()
    with pytest.raises(InvalidInput, match="is called tailor; there are streams, tailer"):
        chosen(tmp_path, ["tailor", "tailer"])


@pytest.fixture
def follow() -> Iterator[Callable[[Follower], Follower]]:
    """Closes the followers that it is given."""
    with ExitStack() as closing:

        def keep(follower: Follower) -> Follower:
            closing.callback(follower.close)
            return follower

        yield keep


def test_a_follower_misses_nothing_through_rotations_and_repeats_nothing(
    tmp_path: Path, follow: Callable[[Follower], Follower]
) -> None:
    log = tmp_path / "tailer.log"
    half = line(1.5, "half")
    log.write_text(line(1, "a") + half[:20])
    follower = follow(Follower(tmp_path))
    assert events(list(merged(tmp_path, ["tailer"], Filter(), until=follower.starts))) == ["a"]
    with log.open("a") as file:
        file.write(half[20:] + line(2, "b"))
    assert events(follower.look()) == ["half", "b"]
    assert follower.look() == []
    with log.open("a") as file:
        file.write(line(3, "c"))
    log.replace(tmp_path / "tailer.log.1")  # as at a start
    log.write_text(line(4, "d"))
    assert events(follower.look()) == ["c", "d"]
    with log.open("a") as file:
        file.write(line(5, "e"))
    (tmp_path / "tailer.log.1").write_bytes(log.read_bytes())  # as while it runs
    log.write_text("")
    (tmp_path / "streams.log").write_text(line(6, "new"))
    assert events(follower.look()) == ["e", "new"]
    with log.open("a") as file:
        file.write(line(7, "f"))
    assert events(follower.look()) == ["f"]


def test_a_follower_shows_text_that_has_no_time_as_it_is_seen(
    tmp_path: Path, follow: Callable[[Follower], Follower]
) -> None:
    (tmp_path / "kafka.log").write_text("INFO before\n")
    follower = follow(Follower(tmp_path, ["kafka"]))
    with (tmp_path / "kafka.log").open("a") as file:
        file.write("INFO after\n")
    (found,) = filter(Filter(NOON).wanted(), follower.look())
    assert found.text == "INFO after"
    assert found.at is not None
