"""Publishing runs by their id: what was counted of one, and whether it was interrupted on this machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from operations.find.report import FoundRun
from services.inbound.ledger import InboundLedger


def find_run(ledger: InboundLedger, checkpoints: Path, run_id: str) -> FoundRun | None:
    """The run of that id; `checkpoints` is the folder in which publishing keeps those of interrupted runs."""
    totals, line = ledger.run(run_id), _interrupted_at(checkpoints, run_id)
    if not totals.received and line is None:
        return None
    return FoundRun(run_id, **asdict(totals), rejections=ledger.rejections(run_id), interrupted_at=line)


def _interrupted_at(checkpoints: Path, run_id: str) -> int | None:
    for file in checkpoints.glob("*.json"):
        try:
            saved = json.loads(file.read_text())
            if saved["run_id"] == run_id:
                return int(saved["line"])
        except (OSError, ValueError, KeyError, TypeError):
            continue  # removed just now, or damaged: publishing starts over then
    return None
