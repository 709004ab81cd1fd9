"""The last of the files that share the stack: what its workers and its supervisor have logged meanwhile."""

from __future__ import annotations

import json

import pytest

from tests.e2e.pipeline import Pipeline


@pytest.mark.parametrize("name", ["tailer", "streams", "supervisor"])
def test_every_line_of_a_log_is_an_object_with_event_and_level_that_says_something(
    pipeline: Pipeline, name: str
) -> None:
    pipeline.until_ready()
    lines = (pipeline.data_dir / "logs" / f"{name}.log").read_text().splitlines()
    assert lines or name == "streams", "only that one has nothing to say where nothing goes wrong"
    for line in lines:
        found = json.loads(line)
        assert {"event", "level", "timestamp", "process"} <= found.keys(), line
        assert found["event"].strip("* "), line
        said = {key: value for key, value in found.items() if key not in {"level", "timestamp", "process", "logger"}}
        assert [value for value in said.values() if value not in ("***", ["***"])], line
