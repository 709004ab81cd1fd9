"""Free space for the data directory, where workers keep scratch files and the embedded stack keeps everything."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from embedded.datadir import LOW_DISK_BYTES
from reviewstream.doctor.findings import Finding, Findings, Subject

FULL_BYTES = LOW_DISK_BYTES // 10
SUBJECT = Subject("data_dir")


def examine(directory: Path) -> Findings:
    """Checks the nearest existing parent, since workers create the rest."""
    there = next(path for path in (directory.absolute(), *directory.absolute().parents) if path.exists())
    if os.access(there, os.W_OK | os.X_OK):
        yield SUBJECT.ok("rights", f"{directory} is writable")
    else:
        yield SUBJECT.problem(
            "rights", f"{there} is not writable", "allow this account to write there, or set REVIEWSTREAM_DATA_DIR"
        )
    yield _free_space(shutil.disk_usage(there).free)


def _free_space(free: int) -> Finding:
    detail, fix = f"{free / 1e9:.1f} GB free", "free some space, or choose another disk by REVIEWSTREAM_DATA_DIR"
    if free < FULL_BYTES:
        return SUBJECT.problem("disk", detail, fix)
    return SUBJECT.warning("disk", detail, fix) if free < LOW_DISK_BYTES else SUBJECT.ok("disk", detail)
