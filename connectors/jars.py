"""Jars of a listing: fetched once from Maven Central by `jgo`, compared with our SHA-256 before every use."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import platformdirs
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential

from connectors.tls import authorities_for_requests
from schemas.errors import Unavailable
from telemetry.error_text import named_text

DOWNLOADS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Jar:
    """One line of the listing: `<sha256>  <group>:<artifact>:<version>`."""

    sha256: str
    group: str
    artifact: str
    version: str

    @property
    def filename(self) -> str:
        return f"{self.artifact}-{self.version}.jar"


def read_listing(listing: Path) -> list[Jar]:
    """The jars that are wanted, with the hashes they must have."""
    rows = (line.split() for line in listing.read_text().splitlines())
    return [Jar(sha256, *coordinate.split(":")) for sha256, coordinate in rows]


def jars_dir() -> Path:
    """Where jars are cached: REVIEWSTREAM_JARS_DIR, else the user's cache directory. Shared by all data directories."""
    chosen = os.environ.get("REVIEWSTREAM_JARS_DIR")
    return Path(chosen) if chosen else platformdirs.user_cache_path("reviewstream") / "jars"


def fetched(
    jars: Sequence[Jar], report: Callable[[str], None], *, what: str, otherwise: str, cache: Path | None = None
) -> list[Path]:
    """Exactly these jars, each verified now; those that are missing are fetched. `report` is called with the progress.

    Raises `Unavailable` when a jar differs from the listing or cannot be fetched; it says `what` these jars are, and
    what to do `otherwise`.
    """
    cache = (cache or jars_dir()).absolute()
    if _missing(jars, cache):  # a full cache may be read-only
        try:
            _fetch_alone(jars, cache, report)
        except (
            OSError,
            RuntimeError,
        ) as error:  # requests' errors are OSErrors; jgo raises RuntimeError for a missing file
            raise Unavailable(
                f"{what} could not be fetched from Maven Central ({named_text(error)}). Check the network "
                "(HTTPS_PROXY and the system's certificates are honoured), or copy them from another machine into "
                f"{cache}, or {otherwise}"
            ) from error
    for jar in jars:
        _verify(jar, cache / jar.filename)
    return [cache / jar.filename for jar in jars]


def _missing(jars: Sequence[Jar], cache: Path) -> list[Jar]:
    return [jar for jar in jars if not (cache / jar.filename).exists()]


def _verify(jar: Jar, path: Path) -> None:
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != jar.sha256:
        raise Unavailable(
            f"{path} is not the {jar.filename} we know: SHA-256 {found}, expected {jar.sha256}. "
            "It was not run. Delete the file to fetch it again; if that repeats, do not trust its source"
        )


def _fetch_alone(jars: Sequence[Jar], cache: Path, report: Callable[[str], None]) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    with alone(cache):
        _fetch(_missing(jars, cache), cache, report)


@contextmanager
def alone(cache: Path) -> Iterator[None]:
    """One process fetches, the others wait for it."""
    with (cache / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _trusting_the_system() -> Iterator[None]:
    """For a while: jgo has no setting for the authorities that its `requests` trusts, only the environment."""
    added = authorities_for_requests()
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


def _fetch(jars: Sequence[Jar], cache: Path, report: Callable[[str], None]) -> None:
    """Download into a scratch directory; only jars with the right hash move into the cache."""
    with (
        _trusting_the_system(),
        tempfile.TemporaryDirectory(dir=cache, prefix=".fetch") as scratch,
        ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool,
    ):
        download = partial(_download, scratch=Path(scratch))
        try:
            for done, (jar, path) in enumerate(zip(jars, pool.map(download, jars), strict=True), start=1):
                _verify(jar, path)
                shutil.move(path, cache / jar.filename)
                report(f"fetched {done} of {len(jars)} jars")
        finally:
            pool.shutdown(cancel_futures=True)


@retry(retry=retry_if_exception_type(OSError), stop=stop_after_attempt(3), wait=wait_exponential(0.3), reraise=True)
def _download(jar: Jar, scratch: Path) -> Path:
    """One jar into its own directory: the next attempt does not find what a broken connection left."""
    try:
        from jgo.maven import MavenContext
    except ImportError as error:
        raise Unavailable("the package jgo is not installed; pip install jgo") from error
    context = MavenContext(repo_cache=Path(tempfile.mkdtemp(dir=scratch)), local_repos=[])
    return Path(context.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve())
