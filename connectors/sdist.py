"""Fetches one source distribution through pip, so that the user's index, proxy and certificates are respected.

pip prepares an archive's metadata even when it only downloads, which would run the archive's own setup.py and fetch its
build tools. None of that is needed: a stub build backend answers pip instead.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from connectors.tls import authorities_for_requests
from schemas.errors import Unavailable

PIP_SECONDS = 300
_OPTIONS = ("--no-deps", "--no-binary", ":all:", "--no-build-isolation", "--use-pep517")
_QUIET = ("--disable-pip-version-check", "--no-input", "--no-color", "--quiet", "--retries", "2")
_BUILD_BACKEND = """
import pathlib

class __legacy__:
    @staticmethod
    def get_requires_for_build_wheel(settings=None):
        return []

    @staticmethod
    def prepare_metadata_for_build_wheel(directory, settings=None):
        info = pathlib.Path(directory) / "{name}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n")
        return info.name
"""


def fetch_sdist(requirement: str, cache: Path) -> Path:
    """The archive for `requirement`, "name==version --hash=sha256:…", from `cache` or through pip into it.

    Its bytes are compared with the hash on every call. Raises Unavailable, saying what to do, when pip cannot get it.
    """
    release, _, digest = requirement.partition(" --hash=sha256:")
    name, _, version = release.partition("==")
    archive = cache / f"{name}-{version}.tar.gz"
    if not _is_intact(archive, digest):
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix="fetch-") as work:
            _download(requirement, _BUILD_BACKEND.format(name=name, version=version), Path(work), archive)
    if not _is_intact(archive, digest):
        raise Unavailable(f"{archive.name} is not the committed one (SHA-256 {digest}); ask the index for the original")
    return archive


def _is_intact(archive: Path, digest: str) -> bool:
    return archive.is_file() and hashlib.sha256(archive.read_bytes()).hexdigest() == digest


def _download(requirement: str, backend_code: str, work: Path, archive: Path) -> None:
    (work / "requirements.txt").write_text(requirement + "\n", encoding="utf-8")
    backend = work / "backend" / "setuptools"
    backend.mkdir(parents=True)
    (backend / "__init__.py").touch()
    (backend / "build_meta.py").write_text(backend_code, encoding="utf-8")
    command = [*_pip(work), "download", *_QUIET, *_OPTIONS, "--require-hashes", "-r", str(work / "requirements.txt")]
    environment = {**os.environ, **authorities_for_requests(), "PYTHONPATH": str(backend.parent)}
    try:
        subprocess.run(
            [*command, "--dest", str(work)], env=environment, check=True, capture_output=True, timeout=PIP_SECONDS
        )
        (work / archive.name).replace(archive)
    except (subprocess.SubprocessError, OSError) as error:
        raise Unavailable(
            f"pip could not fetch {archive.name} ({_reason(error)}). Check the network and pip's index, "
            f"or put the file into {archive.parent} yourself"
        ) from error


def _pip(work: Path) -> list[str]:
    """The command of pip: our interpreter's, or that of a temporary environment, since uv's environments have none."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    try:
        venv.create(work / "venv", with_pip=True)
    except (subprocess.SubprocessError, OSError) as error:
        raise Unavailable(
            "pip is needed to fetch the data: install it, for instance with uv pip install pip"
        ) from error
    folder, suffix = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return [str(work / "venv" / folder / f"python{suffix}"), "-m", "pip"]


def _reason(error: Exception) -> str:
    lines = (getattr(error, "stderr", None) or b"").decode(errors="replace").splitlines()
    message = next((line for line in lines if line.startswith("ERROR: ")), type(error).__name__)
    return message.removeprefix("ERROR: ").partition(". ")[0][:200]
