"""The progress of an interrupted publishing run, from which the next one resumes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Self
from uuid import uuid4


@dataclass(slots=True)
class Checkpoint:
    """One run: the last line that the broker confirmed, and the last offset of each partition it went to."""

    path: Path | None
    run_id: str
    stamp: str
    line: int = 0
    sent: int = 0
    offsets: dict[int, int] = field(default_factory=dict)

    @classmethod
    def open(
        cls, directory: Path, file: str, *, tenant: str, source: str | None, layout: str = "", resume: bool = True
    ) -> Self:
        """The interrupted run of the same file, tenant and source, if the file is unchanged; else a new run.

        `layout`: how the file is read; read in another way, its rows have other numbers.
        """
        if file == "-":
            return cls(None, str(uuid4()), "")
        stamp = f"{_stamp(file)} {layout}".strip()
        name = hashlib.sha256(json.dumps([str(Path(file).resolve()), tenant, source]).encode()).hexdigest()[:24]
        path = directory / f"{name}.json"
        return (cls._resumed(path, stamp) if resume else None) or cls(path, str(uuid4()), stamp)

    @classmethod
    def _resumed(cls, path: Path, stamp: str) -> Self | None:
        try:
            saved = json.loads(path.read_text())
            if saved["stamp"] != stamp:
                return None
            offsets = {int(partition): int(offset) for partition, offset in saved["offsets"].items()}
            return cls(path, str(saved["run_id"]), stamp, int(saved["line"]), int(saved["sent"]), offsets)
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            return None  # missing or damaged: starting over is safe, as repeats are deduplicated

    def confirmed(self, line: int, rows: int, offsets: dict[int, int]) -> None:
        """The broker has confirmed the rows up to that line."""
        self.line, self.sent = line, self.sent + rows
        self.offsets |= offsets
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            draft = self.path.with_suffix(".new")
            values = asdict(self)
            draft.write_text(json.dumps({key: values[key] for key in ("run_id", "stamp", "line", "sent", "offsets")}))
            draft.replace(self.path)

    def done(self) -> None:
        """The run is complete: the next one starts from the beginning."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def _stamp(file: str) -> str:
    try:
        status = Path(file).stat()
    except OSError:
        return ""
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ino}"
