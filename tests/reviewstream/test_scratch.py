"""A worker on a machine that never had a data directory, such as a container."""

from __future__ import annotations

from pathlib import Path

from reviewstream.bootstrap import Bootstrap
from reviewstream.settings import load
from reviewstream.workers.streams import _app_settings


def test_a_streams_worker_makes_the_directory_that_its_scratch_files_go_to(tmp_path: Path) -> None:
    settings = load(data_dir=tmp_path / "never" / "seen", kafka_url="kafka://127.0.0.1:1")
    with Bootstrap(settings, process="test") as parts:
        scratch = Path(_app_settings(parts, ["nlp"]).data_dir)
    assert scratch.parent.is_dir()
